import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { SMTPServer } from 'smtp-server';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { enrol } from '../support/people.ts';

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
});
