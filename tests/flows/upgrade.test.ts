import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { restoreBackup } from '../../apps/server/src/backup/restore.ts';
import { readEnvironment } from '../../apps/server/src/platform/environment.ts';
import { migrate, readMigrations } from '../../apps/server/src/platform/store/migrate.ts';
import { migrations, openAndMigrate, openStore } from '../../apps/server/src/platform/store/open.ts';
import { schemaOf } from '../../apps/server/src/platform/store/schema.ts';
import { openSnapshot } from '../../apps/server/src/platform/store/snapshot.ts';
import type { Value } from '../../apps/server/src/platform/store/store.ts';
import { inserter } from '../../apps/server/src/platform/store/tables.ts';
import { Browser } from '../support/browser.ts';
import { forEachEngine, type Engine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { password, signIn } from '../support/people.ts';
import { Phone } from '../support/phone.ts';
import { sharedPostgres } from '../support/stores.ts';

/**
 * A store of the first schema, with rows in every table, becomes one of today. tests/fixtures/first-schema.jsonl is the
 * unpacked backup of such a store; first-schema.json has its secret, and the presence key of the phone of `ada`.
 * They were made once, by the version of that schema, and never change.
 */
const fixtures = join(import.meta.dirname, '../fixtures');
const firstMigration = '0001-sign-in-with-a-push.sql';

const lines = (await readFile(join(fixtures, 'first-schema.jsonl'), 'utf8'))
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Value[] | { table?: string });
const kept = JSON.parse(await readFile(join(fixtures, 'first-schema.json'), 'utf8')) as {
  secret: string;
  login: string;
  password: string;
  presence_key: JsonWebKey;
};
const first = schemaOf((await readMigrations(migrations)).slice(0, 1));

const madeAt = Date.parse((lines[0] as unknown as { created_at: string }).created_at);

/** A server of today on the store, at least a day later: limits of then are over, also where this clock is behind. */
async function startLater(engine: Engine, env: Record<string, string>): Promise<InProcess> {
  const server = await startInProcess(engine, env);
  server.advance(Math.max(0, madeAt + 24 * 60 * 60_000 - Date.now()));
  return server;
}

const rowsOf = (table: string): Value[][] => {
  const rows = lines.slice(lines.findIndex((line) => !Array.isArray(line) && line.table === table) + 1);
  const end = rows.findIndex((line) => !Array.isArray(line));
  return rows.slice(0, end) as Value[][];
};
const sorted = (rows: Value[][]) => rows.map((row) => JSON.stringify(row)).sort();

/** The phone of the fixture, with a server of today. */
async function phoneAt(server: { url: string; now: () => number }): Promise<Phone> {
  const phone = await Phone.create(server.url, 'Phone of ada', server.now);
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const { d: _, ...publicJwk } = kept.presence_key;
  phone.keys = {
    privateKey: await crypto.subtle.importKey('jwk', kept.presence_key, algorithm, false, ['sign']),
    publicKey: await crypto.subtle.importKey('jwk', { ...publicJwk, key_ops: ['verify'] }, algorithm, true, [
      'verify',
    ]),
  };
  return phone;
}

test('the fixture has rows in every table of the first schema', () => {
  for (const { name } of first) assert.ok(rowsOf(name).length > 0, name);
});

forEachEngine((engine) => {
  async function freshPlace(folder: string): Promise<Record<string, string>> {
    const database =
      engine === 'postgres' ? { DATABASE_URL: await (await sharedPostgres()).createDatabase() } : undefined;
    return { COUNTERSIGN_DATA: folder, COUNTERSIGN_SECRET: kept.secret, ...database };
  }

  test('all that there was is there after the migration, and the phone of then answers a sign-in of now', async (context) => {
    const folder = await mkdtemp(join(tmpdir(), 'countersign-upgrade-'));
    context.after(() => rm(folder, { recursive: true }));
    const env = await freshPlace(folder);
    const environment = readEnvironment(env);
    // As the first version made it: with its one migration.
    await copyFile(join(migrations, firstMigration), join(folder, firstMigration));
    const store = await openStore(environment);
    assert.deepEqual(await migrate(store, folder), [firstMigration]);
    await store.transaction(async (transaction) => {
      for (const table of first) await inserter(transaction, table)(rowsOf(table.name));
    });
    await store.close();

    await (await openAndMigrate(environment)).close();
    await using snapshot = await openSnapshot(environment);
    for (const table of first) {
      const found: Value[][] = [];
      for await (const rows of snapshot.rows(table)) found.push(...rows);
      assert.deepEqual(sorted(found), sorted(rowsOf(table.name)), table.name);
    }
    await using server = await startLater(engine, env);
    assert.equal(kept.password, password);
    const browser = new Browser(server.url);
    await signIn(browser, await phoneAt(server), kept.login);
    assert.equal((await browser.get('/api/v1/session')).body.user.login, kept.login);
  });

  test('a backup of the first version is restored, and then migrated', async (context) => {
    const folder = await mkdtemp(join(tmpdir(), 'countersign-upgrade-'));
    context.after(() => rm(folder, { recursive: true }));
    const env = await freshPlace(folder);
    const file = join(folder, 'first.backup');
    await writeFile(file, gzipSync(await readFile(join(fixtures, 'first-schema.jsonl'))));
    const { rows } = await restoreBackup(readEnvironment(env), file, { replace: false });
    assert.equal(rows.users, rowsOf('users').length);
    await using server = await startLater(engine, env);
    await signIn(new Browser(server.url), await phoneAt(server), kept.login);
  });
});
