import type { Statement, Store } from './store.ts';

/**
 * What SQLite finds wrong with its own file; empty where it is sound. Reads the whole file, and holds up no writer.
 * PostgreSQL has tools of its own for that (amcheck, data checksums) and is not asked.
 */
export async function damageOf(store: Store): Promise<string[]> {
  if (store.engine !== 'sqlite') return [];
  const text = 'SELECT integrity_check AS finding FROM pragma_integrity_check';
  // Not in the register of statements: only one engine knows it.
  const rows = await store.query({ text, names: [] as readonly string[] } as Statement, {});
  return rows.map(({ finding }) => String(finding)).filter((finding) => finding !== 'ok');
}
