import { statement } from '../store/store.ts';

export const findKey = statement<{ sealed: string }>(`SELECT sealed FROM server_keys WHERE name = :name`);
/** Of two processes that start at once, the first one's key stays. */
export const keepKey = statement(`
  INSERT INTO server_keys (name, sealed, created_at) VALUES (:name, :sealed, :created_at)
  ON CONFLICT (name) DO NOTHING`);
export const listKeys = statement<{ name: string; sealed: string }>(
  `SELECT name, sealed FROM server_keys ORDER BY name`,
);
