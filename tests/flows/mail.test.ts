import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { SMTPServer } from 'smtp-server';
import { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { enrol, signIn } from '../support/people.ts';

/** Mail goes out by a real mail server, again and again until that takes it. */
forEachEngine((engine) => {
  let server: InProcess;
  const received: { to: string[]; message: string }[] = [];
  let refusing = false;
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: (_address, _session, done) =>
      done(refusing ? Object.assign(new Error('try later'), { responseCode: 451 }) : null),
    onData(stream, session, done) {
      const keep = async () => {
        const message = await text(stream);
        received.push({ to: session.envelope.rcptTo.map(({ address }) => address), message });
        done();
      };
      void keep();
    },
  });
  before(async () => {
    await once(smtp.listen(0, '127.0.0.1'), 'listening');
    server = await startInProcess(engine, {
      SMTP_URL: `smtp://127.0.0.1:${(smtp.server.address() as AddressInfo).port}`,
    });
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await new Promise<void>((resolve) => smtp.close(() => resolve()));
  });
  async function states(): Promise<string[]> {
    const rows = await server.store.query(
      { text: 'SELECT state FROM mails ORDER BY created_at', names: [] } as never,
      {},
    );
    return rows.map(({ state }) => String(state));
  }
  async function until(condition: () => Promise<boolean>): Promise<void> {
    for (const giveUp = performance.now() + 20_000; !(await condition());) {
      assert.ok(performance.now() < giveUp, 'in vain');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  test('enrolling a phone is told by mail, as text and as HTML', async () => {
    await server.addPerson('mailed');
    await enrol(server, 'mailed');
    await until(async () => received.length === 1);
    const [mail] = received;
    assert.deepEqual(mail!.to, ['mailed@example.com']);
    assert.match(mail!.message, /Subject: A phone was added to your account/);
    assert.match(mail!.message, /From: "?Countersign"? <countersign@localhost>/);
    assert.match(mail!.message, /multipart\/alternative/);
    await until(async () => (await states())[0] === 'sent');
  });

  test('a mail server that refuses: the mail waits with its reason, and goes out later', async () => {
    refusing = true;
    await server.addPerson('patient');
    await enrol(server, 'patient');
    await until(async () => {
      const [row] = await server.store.query(
        { text: "SELECT last_error FROM mails WHERE state = 'queued'", names: [] } as never,
        {},
      );
      return String(row?.last_error).includes('try later');
    });
    assert.equal(received.length, 1);
    refusing = false;
    server.advance(60_000);
    await until(async () => received.length === 2);
  });

  test('a password reset while the mail server refuses: the same answer, the reason in the outbox, and the link later', async () => {
    await server.addPerson('reader', { role: 'owner' });
    await server.addPerson('locked-out');
    const { browser: owner, phone } = await enrol(server, 'reader');
    await signIn(owner, phone, 'reader', 'admin_login');
    await until(async () => received.some(({ to }) => to[0] === 'reader@example.com'));
    refusing = true;
    const answers = [];
    for (const email of ['locked-out@example.com', 'nobody@example.com']) {
      const { status, body } = await new Browser(server.url).post('/api/v1/password-resets', { email });
      answers.push({ status, body });
    }
    assert.deepEqual(answers, [
      { status: 202, body: {} },
      { status: 202, body: {} },
    ]);
    const waiting = async () =>
      (await owner.get('/api/v1/admin/outbox?q=locked-out')).body.items.find(
        ({ subject }: { subject: string }) => subject.startsWith('Reset your password'),
      );
    await until(async () => (await waiting()).last_error !== null);
    const mail = await waiting();
    assert.match(mail.last_error, /try later/);
    assert.deepEqual([mail.to, mail.state, mail.attempts], ['locked-out@example.com', 'queued', 1]);
    refusing = false;
    server.advance(60_000);
    await until(async () => received.some(({ to }) => to[0] === 'locked-out@example.com'));
    const { message } = received.find(({ to }) => to[0] === 'locked-out@example.com')!;
    assert.match(message, /Subject: Reset your password at Countersign/);
    assert.equal((await waiting()).state, 'sent');
    assert.ok(!received.some(({ to }) => to[0] === 'nobody@example.com'));
  });
});
