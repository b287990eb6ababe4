import { sealedColumns, type SealedColumn } from '../sealed-columns.ts';
import { statement } from '../store/store.ts';

export interface KeyRow {
  name: string;
  sealed: string;
}

export const findKey = statement<KeyRow>(`SELECT name, sealed FROM server_keys WHERE name = :name`);
/** Of two processes that start at once, the first one's key stays. */
export const keepKey = statement(`
  INSERT INTO server_keys (name, sealed, created_at) VALUES (:name, :sealed, :created_at)
  ON CONFLICT (name) DO NOTHING`);
export const listKeys = statement<{ name: string; sealed: string }>(
  `SELECT name, sealed FROM server_keys ORDER BY name`,
);
export const insertKey = statement(
  `INSERT INTO server_keys (name, sealed, created_at) VALUES (:name, :sealed, :created_at)`,
);
export const replaceKey = statement<{ name: string }>(`
  UPDATE server_keys SET sealed = :sealed, created_at = :created_at WHERE name = :name AND sealed = :old
  RETURNING name`);
/** The current one, then the older ones. */
export const listVapidKeys = statement<KeyRow>(`
  SELECT name, sealed FROM server_keys WHERE name = 'vapid' OR name LIKE 'vapid.%'
  ORDER BY CASE name WHEN 'vapid' THEN 0 ELSE 1 END, created_at DESC`);

/** How many bytes {@link Sealing.prefix} has. */
const prefixLength = 12;

const resealing = ({ table, key, column }: SealedColumn) => ({
  /** Some of those that are sealed otherwise, in the order of their keys. */
  list: statement<{ row_key: string; sealed: string }>(`
    SELECT ${key} AS row_key, ${column} AS sealed FROM ${table}
    WHERE ${column} IS NOT NULL AND SUBSTR(${column}, 1, ${prefixLength}) <> :prefix AND ${key} > :after
    ORDER BY ${key} LIMIT 100`),
  /** Only what is still as it was read: whoever changed it meanwhile sealed it anew. */
  replace: statement<{ row_key: string }>(`
    UPDATE ${table} SET ${column} = :sealed WHERE ${key} = :row_key AND ${column} = :old
    RETURNING ${key} AS row_key`),
});

export const resealings = sealedColumns.map((column) => ({ ...resealing(column), place: column.place }));
