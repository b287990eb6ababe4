import { PlainError } from '../platform/plain-error.ts';
import { sealedColumns } from '../platform/sealed-columns.ts';
import type { Sealing } from '../platform/sealing.ts';
import { appliedOf, type Migration } from '../platform/store/migrate.ts';
import { schemaOf, type Table } from '../platform/store/schema.ts';
import type { Value } from '../platform/store/store.ts';
import { readParts, type Header } from './format.ts';

export interface Checked {
  header: Header;
  /** That the schema of the backup was made by. */
  migrations: Migration[];
  tables: Table[];
  rows: Record<string, number>;
}

const refused = (why: string): PlainError => new PlainError(`${why} Nothing was changed.`);

/**
 * Reads a backup from its first byte to its last, and changes nothing: hash, counts, schema, every row of its form, and
 * (where there is a `sealing`) every sealed text opens. Rejects with a PlainError that says what is wrong.
 */
export async function checkBackup(
  file: string,
  known: readonly Migration[],
  sealing?: Sealing,
): Promise<Checked> {
  let checked: Checked | undefined;
  let table: Table | undefined;
  let seals: SealsOfTable = () => {};
  const open: string[] = [];
  for await (const part of readParts(file)) {
    if ('header' in part) {
      const migrations = migrationsOf(part.header, known);
      checked = { header: part.header, migrations, tables: schemaOf(migrations), rows: {} };
      open.push(...checked.tables.map(({ name }) => name));
    } else if ('table' in part) {
      table = checked!.tables.find(({ name }) => name === part.table);
      if (!table || open.shift() !== part.table || table.columns.join() !== part.columns.join())
        throw refused(`The backup has a table that its version did not have: ${part.table}.`);
      seals = sealsOf(table, sealing);
    } else if ('row' in part) {
      if (part.row.length !== table!.columns.length)
        throw refused(`The backup is damaged: a row of ${table!.name} is not whole.`);
      seals(part.row);
    } else {
      if (open.length > 0) throw refused(`The backup is damaged: it has no ${open[0]}.`);
      checked!.rows = part.end.rows;
    }
  }
  return checked!;
}

function migrationsOf({ migrations, product }: Header, known: readonly Migration[]): Migration[] {
  try {
    return appliedOf(known, migrations);
  } catch (error) {
    throw refused(`The backup (of Countersign ${product}) does not fit: ${(error as Error).message}.`);
  }
}

type SealsOfTable = (row: Value[]) => void;

/** @throws PlainError for a sealed text that does not open. */
function sealsOf(table: Table, sealing: Sealing | undefined): SealsOfTable {
  const columns = sealedColumns
    .filter((sealed) => sealed.table === table.name && table.columns.includes(sealed.column))
    .map((sealed) => ({
      place: sealed.place,
      key: table.columns.indexOf(sealed.key),
      at: table.columns.indexOf(sealed.column),
    }));
  if (!sealing || columns.length === 0) return () => {};
  return (row) => {
    for (const { place, key, at } of columns) {
      const text = row[at];
      if (typeof text !== 'string') continue;
      try {
        sealing.open(text, place(String(row[key])));
      } catch {
        throw refused(
          `The secret here does not open what is sealed in the backup (${place(String(row[key]))}). Give COUNTERSIGN_SECRET, or the file "secret" of the data folder, of the server that made it.`,
        );
      }
    }
  };
}
