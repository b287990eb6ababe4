import { createEvents, operator } from '../events/events.ts';
import type { Environment } from '../platform/environment.ts';
import { PlainError } from '../platform/plain-error.ts';
import { createSealing } from '../platform/sealing.ts';
import {
  appliedMigrations,
  appliedOf,
  applyMigrations,
  readMigrations,
  type Migration,
} from '../platform/store/migrate.ts';
import { migrations as folder, openStore } from '../platform/store/open.ts';
import { schemaOf } from '../platform/store/schema.ts';
import type { Transaction, Value } from '../platform/store/store.ts';
import { dropTables, emptyTables, hasRows, inserter } from '../platform/store/tables.ts';
import { checkBackup, type Checked } from './check.ts';
import { readParts } from './format.ts';

const atOnce = 500; // rows

/**
 * Brings a backup, of either engine, into the store of `environment`, all in one transaction: the schema that the backup
 * was made from, its rows, then what this version changed since. The file is checked whole before anything is touched,
 * and no other process may have the store open.
 * Rejects with a PlainError, and the store as it was, where the check fails, another process works on the store, or
 * the store holds something and `replace` is not set.
 */
export async function restoreBackup(
  environment: Environment,
  file: string,
  { replace }: { replace: boolean },
): Promise<Checked> {
  const known = await readMigrations(folder);
  const checked = await checkBackup(file, known, createSealing(environment.secrets));
  const store = await openStore(environment, { alone: true });
  try {
    await store.transaction(async (transaction) => {
      await clear(transaction, known, replace);
      await applyMigrations(transaction, checked.migrations);
      // What a migration itself writes is in the backup, too.
      await emptyTables(transaction, checked.tables);
      await insertAll(transaction, file, checked);
      await applyMigrations(transaction, known);
      await record(transaction, checked);
    });
    return checked;
  } finally {
    await store.close();
  }
}

/** What happened since the backup is gone from the store: that much it says itself. */
async function record(transaction: Transaction, { header, rows }: Checked): Promise<void> {
  const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
  await createEvents({ now: Date.now, random }).record(transaction, {
    type: 'store.restored',
    actor: operator,
    details: { backup_of: header.created_at, product: header.product, engine: header.engine, rows },
  });
}

async function clear(transaction: Transaction, known: readonly Migration[], replace: boolean): Promise<void> {
  const present = schemaOf(appliedOf(known, await appliedMigrations(transaction)));
  if (!replace) {
    for (const table of present) {
      if (await hasRows(transaction, table)) {
        throw new PlainError(
          `The store is not empty (${table.name}). With --replace everything in it is lost, and the backup takes its place. Nothing was changed.`,
        );
      }
    }
  }
  await dropTables(transaction, present);
}

/** The file is read again, and checked again: it may have changed. */
async function insertAll(transaction: Transaction, file: string, { tables }: Checked): Promise<void> {
  let insert: ((rows: Value[][]) => Promise<void>) | undefined;
  let rows: Value[][] = [];
  const flush = async () => {
    if (rows.length > 0) await insert!(rows);
    rows = [];
  };
  for await (const part of readParts(file)) {
    if ('row' in part) rows.push(part.row);
    if (rows.length >= atOnce || !('row' in part)) await flush();
    if ('table' in part)
      insert = inserter(
        transaction,
        tables.find(({ name }) => name === part.table)!,
      );
  }
}
