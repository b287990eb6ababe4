import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { startMailServer, type MailServer } from '../support/mail-server.ts';
import { enrol, signIn } from '../support/people.ts';

/** Mail goes out by a real mail server, again and again until that takes it. */
forEachEngine((engine) => {
  let server: InProcess;
  let mail: MailServer;
  before(async () => {
    mail = await startMailServer();
    server = await startInProcess(engine, { SMTP_URL: mail.url });
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await mail[Symbol.asyncDispose]();
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
    await until(async () => mail.received.length === 1);
    const [told] = mail.received;
    assert.deepEqual(told!.to, ['mailed@example.com']);
    assert.match(told!.message, /Subject: A phone was added to your account/);
    assert.match(told!.message, /From: "?Countersign"? <countersign@localhost>/);
    assert.match(told!.message, /multipart\/alternative/);
    await until(async () => (await states())[0] === 'sent');
  });

  test('a mail server that refuses: the mail waits with its reason, and goes out later', async () => {
    mail.refusing = true;
    await server.addPerson('patient');
    await enrol(server, 'patient');
    await until(async () => {
      const [row] = await server.store.query(
        { text: "SELECT last_error FROM mails WHERE state = 'queued'", names: [] } as never,
        {},
      );
      return String(row?.last_error).includes('try later');
    });
    assert.equal(mail.received.length, 1);
    mail.refusing = false;
    server.advance(60_000);
    await until(async () => mail.received.length === 2);
  });

  test('a password reset while the mail server refuses: the same answer, the reason in the outbox, and the link later', async () => {
    await server.addPerson('reader', { role: 'owner' });
    await server.addPerson('locked-out');
    const { browser: owner, phone } = await enrol(server, 'reader');
    await signIn(owner, phone, 'reader', 'admin_login');
    await until(async () => mail.received.some(({ to }) => to[0] === 'reader@example.com'));
    mail.refusing = true;
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
    const kept = await waiting();
    assert.match(kept.last_error, /try later/);
    assert.deepEqual([kept.to, kept.state, kept.attempts], ['locked-out@example.com', 'queued', 1]);
    mail.refusing = false;
    server.advance(60_000);
    await until(async () => mail.received.some(({ to }) => to[0] === 'locked-out@example.com'));
    const { message } = mail.received.find(({ to }) => to[0] === 'locked-out@example.com')!;
    assert.match(message, /Subject: Reset your password at Countersign/);
    assert.equal((await waiting()).state, 'sent');
    assert.ok(!mail.received.some(({ to }) => to[0] === 'nobody@example.com'));
  });

  test('mail is in the person’s own language, and else in the organisation’s', async () => {
    const to = (login: string) => mail.received.filter((each) => each.to[0] === `${login}@example.com`);
    await server.addPerson('boss', { role: 'owner' });
    const { browser: owner, phone } = await enrol(server, 'boss');
    await signIn(owner, phone, 'boss', 'admin_login');
    const settings = { organization: { language: 'de' } };
    assert.equal((await owner.patch('/api/v1/admin/settings', settings)).body.organization.language, 'de');
    await owner.post('/api/v1/admin/users', {
      login: 'neu',
      email: 'neu@example.com',
      name: 'Jörg Neu',
      invite: true,
    });
    await until(async () => to('neu').length === 1);
    const [invitation] = to('neu');
    assert.match(invitation!.message, /Subject: Ihr Konto bei Countersign/);
    assert.match(invitation!.message, /<html lang=3D"de">/);
    assert.match(invitation!.message, /Guten Tag J=C3=B6rg Neu,/);
    // Whoever chose a language has it, whatever the organisation's is.
    const reset = async (language: string | null) => {
      assert.equal((await owner.patch('/api/v1/me', { language })).status, 200);
      const before = to('boss').length;
      await new Browser(server.url).post('/api/v1/password-resets', { email: 'boss@example.com' });
      await until(async () => to('boss').length === before + 1);
      return /Subject: (.*)\r\n/.exec(to('boss').at(-1)!.message)![1];
    };
    assert.equal(await reset('en-GB'), 'Reset your password at Countersign');
    assert.match((await reset(null))!, /Ihr_Passwort_bei_Countersign/);
    await owner.patch('/api/v1/admin/settings', { organization: { language: null } });
    assert.equal(await reset(null), 'Reset your password at Countersign');
  });
});
