import { createWriteStream, existsSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { PlainError } from '../platform/plain-error.ts';
import { partOf, settle } from '../platform/replace-file.ts';
import { appliedOf, readMigrations } from '../platform/store/migrate.ts';
import { migrations as folder, type StorePlace } from '../platform/store/open.ts';
import { schemaOf } from '../platform/store/schema.ts';
import { openSnapshot, type Snapshot } from '../platform/store/snapshot.ts';
import { format, formatVersion, linesOf } from './format.ts';

/**
 * Writes the whole store into a new file, as it is at this moment; servers go on working. Resolves to how many rows each
 * table has. The file appears when it is whole and on disk, for nobody but the account of the process.
 * Rejects with a PlainError where there is no store or the file is there already.
 */
export async function createBackup(
  place: StorePlace,
  file: string,
  product: string,
): Promise<Record<string, number>> {
  if (existsSync(file)) throw new PlainError(`${file} is there already. Choose another name.`);
  await using snapshot = await openSnapshot(place);
  const migrations = appliedOf(await readMigrations(folder), snapshot.applied);
  const header = {
    format,
    version: formatVersion,
    product,
    created_at: new Date().toISOString(),
    engine: snapshot.engine,
    migrations: snapshot.applied.map(({ number, name, sha256 }) => ({ number, name, sha256 })),
  } as const;
  const part = partOf(file);
  // Before anything is read: where it cannot be written, that is known at once.
  const handle = await open(part, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw new PlainError(`${file} cannot be written: ${error.message}`);
  });
  try {
    let counts: Record<string, number> = {};
    await pipeline(
      async function* () {
        counts = yield* linesOf(header, tablesOf(snapshot, schemaOf(migrations)));
      },
      createGzip(),
      createWriteStream('', { fd: handle, flush: true }),
    );
    settle(part, file);
    return counts;
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}

async function* tablesOf(snapshot: Snapshot, tables: ReturnType<typeof schemaOf>) {
  for (const table of tables) yield { table: table.name, columns: table.columns, rows: snapshot.rows(table) };
}
