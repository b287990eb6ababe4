import { statement } from '../platform/store/store.ts';

export const findOverrides = statement<{ overrides: string }>(`SELECT overrides FROM settings WHERE id = 1`);
/** The same, and holds the row until the transaction ends, so that of two changes at once neither is lost. */
export const holdOverrides = statement<{ overrides: string }>(`
  INSERT INTO settings (id, overrides) VALUES (1, '{}')
  ON CONFLICT (id) DO UPDATE SET overrides = settings.overrides RETURNING overrides`);
export const keepOverrides = statement(`UPDATE settings SET overrides = :overrides WHERE id = 1`);
