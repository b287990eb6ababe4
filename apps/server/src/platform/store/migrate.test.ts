import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { engines, type Place } from '../../../../../tests/support/stores.ts';
import { migrate } from './migrate.ts';
import { openSqlite } from './sqlite.ts';
import { statement } from './store.ts';

const first = `-- Who there is; and a comment that ends like a statement;
CREATE TABLE person (
  name TEXT PRIMARY KEY, -- the login
  note TEXT NOT NULL DEFAULT 'a; b'
);

CREATE TABLE visit (person TEXT NOT NULL REFERENCES person (name), at BIGINT NOT NULL); -- newest last
CREATE INDEX visit_at ON visit (at);
`;
const second = `INSERT INTO person (name) VALUES ('root');\r\n`;

const people = statement<{ name: string; note: string }>('SELECT name, note FROM person');
const applied = statement<{ number: number; name: string; applied_at: number }>(
  'SELECT number, name, applied_at FROM migrations ORDER BY number',
);

type Write = (files: Record<string, string>) => Promise<void>;

const cases: Record<string, (place: Place, folder: string, write: Write) => Promise<void>> = {
  async 'files are applied once, in the order of their numbers'({ store }, folder, write) {
    await write({ '0001-first.sql': first, 'README.md': 'no migration' });
    assert.deepEqual(await migrate(store, folder), ['0001-first.sql']);
    await write({ '0010-second.sql': second });
    assert.deepEqual(await migrate(store, folder), ['0010-second.sql']);
    assert.deepEqual(await migrate(store, folder), []);
    assert.deepEqual(await people.all(store), [{ name: 'root', note: 'a; b' }]);
    const rows = await applied.all(store);
    assert.deepEqual(
      rows.map(({ number, name }) => [number, name]),
      [
        [1, '0001-first.sql'],
        [10, '0010-second.sql'],
      ],
    );
    assert.ok(Math.abs(rows[0]!.applied_at - Date.now()) < 60_000);
  },

  async 'of those that start at once, one applies and the others wait'(place, folder, write) {
    await write({ '0001-first.sql': first, '0002-second.sql': second });
    const stores = [place.store, await place.again(), await place.again(), await place.again()];
    const done = await Promise.all(stores.map((store) => migrate(store, folder)));
    assert.deepEqual(done.flat(), ['0001-first.sql', '0002-second.sql']);
    assert.equal((await people.all(place.store)).length, 1);
  },

  async 'a file that changed after it was applied is refused'({ store }, folder, write) {
    await write({ '0001-first.sql': first });
    await migrate(store, folder);
    await write({ '0001-first.sql': first.replaceAll('\n', '\r\n') });
    assert.deepEqual(await migrate(store, folder), [], 'other ends of the lines are no change');
    await write({ '0001-first.sql': `${first} ` });
    await assert.rejects(migrate(store, folder), /0001-first\.sql changed after it was applied/);
  },

  async 'a database of a newer version is refused'({ store }, folder, write) {
    await write({ '0001-first.sql': first, '0002-second.sql': second });
    await migrate(store, folder);
    await rm(join(folder, '0002-second.sql'));
    await assert.rejects(migrate(store, folder), /made by a newer version \(it has 0002-second\.sql\)/);
  },

  async 'a file that comes below an applied one, or is gone, is refused'({ store }, folder, write) {
    await write({ '0002-second.sql': first });
    await migrate(store, folder);
    await write({ '0001-first.sql': first });
    await assert.rejects(migrate(store, folder), /0001-first\.sql has a lower number/);
    await rm(join(folder, '0001-first.sql'));
    await rm(join(folder, '0002-second.sql'));
    await write({ '0003-third.sql': second });
    await assert.rejects(migrate(store, folder), /has 0002-second\.sql, but the file is gone/);
  },

  async 'a statement that fails leaves the database as it was'({ store }, folder, write) {
    await write({
      '0001-first.sql': first,
      '0002-second.sql': `${second}INSERT INTO nothing (x) VALUES (1);\n`,
    });
    await assert.rejects(
      migrate(store, folder),
      /migration 0002-second\.sql failed: .*nothing.*, in: INSERT/,
    );
    await assert.rejects(people.all(store), /person/);
    await write({ '0002-second.sql': second });
    assert.equal((await migrate(store, folder)).length, 2);
  },

  async 'names that say no number, or the same one, are refused'({ store }, folder, write) {
    await write({ '1-first.sql': first });
    await assert.rejects(migrate(store, folder), /1-first\.sql is no name of a migration/);
    await rm(join(folder, '1-first.sql'));
    await write({ '0001-a.sql': first, '0001-b.sql': second });
    await assert.rejects(migrate(store, folder), /two migrations have the number 1/);
  },
};

for (const [engine, open] of Object.entries(engines)) {
  describe(engine, () => {
    for (const [name, run] of Object.entries(cases)) {
      test(name, async () => {
        await using place = await open();
        await inFolder((folder, write) => run(place, folder, write));
      });
    }
  });
}

test('processes that make the same SQLite file at once do not harm each other', async () => {
  await inFolder(async (folder, write) => {
    await write({ '0001-first.sql': first, '0002-second.sql': second });
    const file = join(folder, 'test.db');
    const program = `
      const { openSqlite } = await import(process.argv[1] + '/sqlite.ts');
      const { migrate } = await import(process.argv[1] + '/migrate.ts');
      const store = openSqlite(process.argv[2]);
      console.log((await migrate(store, process.argv[3])).length);
      await store.close();`;
    const args = ['--input-type=module', '-e', program, import.meta.dirname, file, folder];
    const starts = Array.from({ length: 4 }, () => promisify(execFile)(process.execPath, args));
    const printed = (await Promise.all(starts)).map(({ stdout }) => Number(stdout));
    assert.deepEqual(
      printed.sort((a, b) => b - a),
      [2, 0, 0, 0],
    );
    const store = openSqlite(file);
    assert.equal((await people.all(store)).length, 1);
    await store.close();
  });
});

async function inFolder(run: (folder: string, write: Write) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-migrate-'));
  try {
    await run(folder, async (files) => {
      for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}
