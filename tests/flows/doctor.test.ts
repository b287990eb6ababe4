import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openStore } from '../../apps/server/src/platform/store/open.ts';
import type { Statement } from '../../apps/server/src/platform/store/store.ts';
import { forEachEngine } from '../support/engines.ts';
import { addPerson, enrol, signIn } from '../support/people.ts';
import { startServer, type RunningServer } from '../support/server.ts';

/** `countersign doctor`, beside a running server and a stopped one. */
forEachEngine((engine) => {
  let server: RunningServer;
  before(async () => {
    server = await startServer({ engine });
  });
  after(() => server[Symbol.asyncDispose]());

  const run = async (text: string) => {
    const { COUNTERSIGN_DATA: dataFolder, DATABASE_URL: databaseUrl } = server.env;
    const store = await openStore({ dataFolder: dataFolder!, databaseUrl });
    await store.query({ text, names: [] as readonly string[] } as Statement, {});
    await store.close();
  };
  const sealOf = (stdout: string) => /seal (\d+:[\w-]{43})/.exec(stdout)?.[1];
  let noted: string;

  test('all is well after sign-ins, while the server runs; its log is whole once it has stopped', async () => {
    await addPerson(server, 'dora');
    const { browser, phone } = await enrol(server, 'dora');
    await browser.delete('/api/v1/session');
    await signIn(browser, phone, 'dora');
    const beside = await server.cli(['doctor']);
    assert.equal(beside.code, 0, beside.stdout + beside.stderr);
    await server.stop();
    const { code, stdout } = await server.cli(['doctor']);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^ok +Event log: \d+ events under \d+ seals$/m);
    assert.doesNotMatch(stdout, /wait for a seal/);
    assert.match(stdout, /^All is well\.$/m);
    noted = sealOf(stdout)!;
    await server.restart();
  });

  test('a seal that was noted is found again; another, or a later one that is gone, is a problem', async () => {
    assert.equal((await server.cli(['doctor', '--seal', noted])).code, 0);
    const [number, hash] = noted.split(':') as [string, string];
    const other = await server.cli([
      'doctor',
      '--seal',
      `${number}:${hash.replace(/^./, (c) => (c === 'A' ? 'B' : 'A'))}`,
    ]);
    assert.equal(other.code, 1);
    assert.match(other.stdout, /is not the one that was noted/);
    const later = await server.cli(['doctor', '--seal', `${Number(number) + 1000}:${hash}`]);
    assert.match(later.stdout, /the end of the log was cut off/);
    const nonsense = await server.cli(['doctor', '--seal', 'x']);
    assert.deepEqual(
      [nonsense.code, nonsense.stderr],
      [1, '--seal must be NUMBER:HASH, as doctor printed it.\n'],
    );
  });

  test('the wrong secret, and an address that no phone reaches', async () => {
    const env = { ...server.env, COUNTERSIGN_SECRET: 'quite another secret, but as long as that' };
    const wrong = await server.cli(['doctor'], '', env);
    assert.equal(wrong.code, 1);
    assert.match(wrong.stdout, /^problem +Secret: COUNTERSIGN_SECRET does not open event-log, vapid$/m);
    const local = await server.cli(['doctor', '--public']);
    assert.match(local.stdout, /^problem +Address: no phone reaches http:\/\/localhost:\d+/m);
    assert.match(local.stdout, /^ok +Address: http:\/\/localhost:\d+ answers$/m);
  });

  test('an event that was changed in the database is a problem, and the server goes on', async () => {
    await run(`UPDATE events SET ip = '192.0.2.1' WHERE type = 'authentication.completed'`);
    const { code, stdout } = await server.cli(['doctor']);
    assert.equal(code, 1);
    assert.match(
      stdout,
      /^problem +Event log: the first broken event is [\w-]{22} of 20\S+Z: it was changed$/m,
    );
    assert.match(stdout, /^problem +Event log: an event under seal \d+ of .* was changed$/m);
    assert.match(stdout, /^\d+ to mend\.$/m);
  });
});
