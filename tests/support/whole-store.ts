import { readParts } from '../../apps/server/src/backup/format.ts';
import { readMigrations } from '../../apps/server/src/platform/store/migrate.ts';
import { migrations, type StorePlace } from '../../apps/server/src/platform/store/open.ts';
import { schemaOf } from '../../apps/server/src/platform/store/schema.ts';
import { openSnapshot } from '../../apps/server/src/platform/store/snapshot.ts';

/** All rows of all tables, each as its JSON, in an order that does not depend on the engine. */
export type WholeStore = Record<string, string[]>;

/** Where the store of an environment is. */
export const placeOf = (env: Readonly<Record<string, string>>): StorePlace => ({
  databaseUrl: env.DATABASE_URL,
  dataFolder: env.COUNTERSIGN_DATA!,
});

export async function readStore(place: StorePlace): Promise<WholeStore> {
  await using snapshot = await openSnapshot(place);
  const whole: WholeStore = {};
  for (const table of schemaOf(await readMigrations(migrations))) {
    const rows: string[] = (whole[table.name] = []);
    for await (const some of snapshot.rows(table)) rows.push(...some.map((row) => JSON.stringify(row)));
    rows.sort();
  }
  return whole;
}

export async function readBackup(file: string): Promise<WholeStore> {
  const whole: WholeStore = {};
  let rows: string[] = [];
  for await (const part of readParts(file)) {
    if ('table' in part) rows = whole[part.table] = [];
    if ('row' in part) rows.push(JSON.stringify(part.row));
  }
  for (const each of Object.values(whole)) each.sort();
  return whole;
}
