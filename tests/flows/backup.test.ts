import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { createBackup } from '../../apps/server/src/backup/create.ts';
import { Browser } from '../support/browser.ts';
import { forEachEngine, type Engine } from '../support/engines.ts';
import { startInProcess } from '../support/in-process.ts';
import { findPostgres } from '../support/installed.ts';
import { addPerson, enrol, refused, signIn } from '../support/people.ts';
import { Phone } from '../support/phone.ts';
import { startServer, type RunningServer } from '../support/server.ts';
import { placeOf, readBackup, readStore } from '../support/whole-store.ts';

/** `countersign backup` and `restore`: one file, whole, from either engine into either. */
const secret = { COUNTERSIGN_SECRET: 'a secret of the tests, and long enough' };

forEachEngine((engine) => {
  // Where PostgreSQL is not installed, from SQLite into SQLite at least.
  const other: Engine = engine === 'sqlite' && findPostgres() ? 'postgres' : 'sqlite';
  let server: RunningServer;
  let target: RunningServer;
  let folder: string;
  let file: string;
  let phone: Phone;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'countersign-backup-'));
    file = join(folder, 'one.backup');
    server = await startServer({ engine, env: secret });
    target = await startServer({ engine: other, env: secret });
    await target.stop();
    await addPerson(server, 'ada');
    phone = (await enrol(server, 'ada')).phone;
    const { code, stdout, stderr } = await server.cli(['backup', file]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /rows of \d+ tables are in .*one\.backup/);
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await target[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  /** A variant of the backup in a file of its own. */
  async function variant(name: string, content: Buffer): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  }
  const textOf = async () => gunzipSync(await readFile(file)).toString('utf8');

  /** The store holds what the backup does, and one event that says so. */
  async function assertRestored(place = placeOf(target.env)): Promise<void> {
    const [store, backup] = [await readStore(place), await readBackup(file)];
    const isNew = (event: string) => event.includes('"store.restored"');
    assert.equal(store.events!.filter(isNew).length, 1);
    assert.deepEqual({ ...store, events: store.events!.filter((event) => !isNew(event)) }, backup);
  }

  test('a backup is for nobody else, holds every row, and is whole', async () => {
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.deepEqual(await readdir(folder), ['one.backup'], 'nothing is left beside it');
    const held = await readBackup(file);
    assert.deepEqual(held.users, (await readStore(placeOf(server.env))).users);
    assert.equal(held.authenticators!.length, 1);
    const verified = await server.cli(['backup', 'verify', file]);
    assert.equal(verified.code, 0, verified.stderr);
    assert.match(verified.stdout, new RegExp(`is whole: .* on ${engine}, schema 0`));
    const again = await server.cli(['backup', file]);
    assert.equal(again.code, 1);
    assert.match(again.stderr, /is there already/);
  });

  test('it is one state of the store, however much is written meanwhile', async () => {
    await using busy = await startInProcess(engine);
    const place = placeOf(busy.env);
    let running = true;
    let added = 0;
    const writing = (async () => {
      while (running) await busy.addPerson(`person-${added++}`);
    })();
    for (let round = 1; round <= 5; round += 1) {
      await new Promise((resolve) => setTimeout(resolve, 30));
      const path = join(folder, `busy-${round}`);
      await createBackup(place, path, 'test');
      const { users, user_identifiers } = await readBackup(path);
      assert.equal(user_identifiers!.length, 2 * users!.length, `of ${added}`);
    }
    running = false;
    await writing;
    assert.ok(added > 20, `${added} written meanwhile`);
  });

  test('nothing that is damaged, foreign or sealed otherwise gets in, and nothing changes', async () => {
    const before = await readStore(placeOf(target.env));
    const whole = await readFile(file);
    const refuse = async (path: string, reason: RegExp, env = {}) => {
      const { code, stderr } = await target.cli(['restore', '--replace', path], '', env);
      assert.equal(code, 1, `${path}: ${stderr}`);
      assert.match(stderr, reason);
      assert.doesNotMatch(stderr, /at .*\.ts:/, 'no trace');
    };
    for (const part of [0, 1, 20, whole.length >> 1, whole.length - 9, whole.length - 1])
      await refuse(
        await variant(`cut-${part}`, whole.subarray(0, part)),
        /cut short|no backup|too early|damaged/,
      );
    for (const at of [0, 11, 100, whole.length >> 1, whole.length - 6, whole.length - 1]) {
      const flipped = Buffer.from(whole);
      flipped[at]! ^= 0x10;
      await refuse(await variant(`flipped-${at}`, flipped), /damaged|no backup/);
    }
    // What gzip itself does not see: changed, and packed anew.
    const text = await textOf();
    const packed = async (name: string, from: string | RegExp, to: string) => {
      assert.match(text, new RegExp(from));
      return variant(name, gzipSync(text.replace(from, to)));
    };
    await refuse(await packed('role', '"user"', '"owner"'), /SHA-256 is another/);
    await refuse(
      await variant('without-end', gzipSync(text.slice(0, text.lastIndexOf('{"end"')))),
      /ends too early/,
    );
    await refuse(await variant('more', gzipSync(`${text}[]\n`)), /something follows/);
    await refuse(await packed('version', '"version":1', '"version":2'), /version 2 of the format/);
    await refuse(await packed('sha256', /"sha256":"./, '"sha256":"x'), /changed after it was applied/);
    await refuse(await packed('newer', /"number":\d+/, '"number":9999'), /newer version/);
    await refuse(await variant('foreign', gzipSync('{"format":"other"}\n')), /no backup of Countersign/);
    await refuse(await variant('plain', Buffer.from('hello')), /no backup of Countersign/);
    await refuse(join(folder, 'nowhere'), /There is no file/);
    await refuse(file, /does not open what is sealed/, {
      COUNTERSIGN_SECRET: 'not the secret that has sealed it all',
    });
    assert.deepEqual(await readStore(placeOf(target.env)), before);
    const verified = await target.cli(['backup', 'verify', join(folder, 'role')]);
    assert.deepEqual([verified.code, /SHA-256/.test(verified.stderr)], [1, true]);
  });

  test('it is restored into the other engine: the same rows, and the same person signs in with the same phone', async () => {
    const occupied = await target.cli(['restore', file]);
    assert.equal(occupied.code, 1);
    assert.match(occupied.stderr, /not empty \(\w+\)\. With --replace/);
    const restored = await target.cli(['restore', '--replace', file]);
    assert.equal(restored.code, 0, restored.stderr);
    await assertRestored();

    await target.restart();
    const there = await Phone.create(target.url);
    there.keys = phone.keys;
    there.verificationKey = phone.verificationKey;
    await signIn(new Browser(target.url), there, 'ada');
    assert.equal(await target.stop(), 0);
    // And back: a backup of the restored store is one as well.
    const back = join(folder, 'back');
    assert.equal((await target.cli(['backup', back])).code, 0);
    assert.ok((await readBackup(back)).events!.length > (await readBackup(file)).events!.length);
  });

  test('a store that has nothing needs no --replace', async () => {
    await using fresh = await startServer({ engine: other, env: secret });
    await fresh.stop();
    const place = placeOf(fresh.env);
    // As it is before the first server: the tables of a new database.
    const { openStore } = await import('../../apps/server/src/platform/store/open.ts');
    const store = await openStore(place);
    for (const table of ['server_keys', 'setup_tokens'])
      await store.query({ text: `DELETE FROM ${table}`, names: [] } as never, {});
    await store.close();
    const { code, stderr } = await fresh.cli(['restore', file]);
    assert.equal(code, 0, stderr);
    await assertRestored(place);
  });

  test('while a server works on the store, nothing is restored', async () => {
    const before = await readStore(placeOf(server.env));
    const { code, stderr } = await server.cli(['restore', '--replace', file]);
    assert.equal(code, 1);
    assert.match(stderr, /in use by another process\. Stop every server/);
    assert.deepEqual((await readStore(placeOf(server.env))).users, before.users);
    refused(await new Browser(server.url).get('/api/v1/session'), 401, 'no_session');
  });

  test('a restore that fails in the middle leaves the store as it was', async () => {
    const before = await readStore(placeOf(target.env));
    // Two users of one id: every line is of its form, and the engine refuses.
    const text = await textOf();
    const lines = text.split('\n').slice(0, -2);
    const user = lines.findIndex((line) => line.startsWith('{"table":"users"')) + 1;
    lines.splice(user, 0, lines[user]!);
    const { createHash } = await import('node:crypto');
    const body = `${lines.join('\n')}\n`;
    const end = JSON.parse(text.split('\n').at(-2)!) as { end: { rows: { users: number }; sha256: string } };
    end.end.rows.users += 1;
    end.end.sha256 = createHash('sha256').update(body).digest('hex');
    const path = await variant('twice', gzipSync(`${body}${JSON.stringify(end)}\n`));
    assert.equal((await target.cli(['backup', 'verify', path])).code, 0);
    const { code } = await target.cli(['restore', '--replace', path]);
    assert.equal(code, 1);
    assert.deepEqual(await readStore(placeOf(target.env)), before);
    assert.ok(!existsSync(`${path}.part`));
  });
});
