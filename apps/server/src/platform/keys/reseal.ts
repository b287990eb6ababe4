import type { Platform } from '../platform.ts';
import { resealings } from './store.ts';

export interface Resealed {
  /** How many texts were sealed anew. */
  count: number;
  /** Where something stands that none of the secrets opens. */
  unopened: string[];
}

/**
 * Seals under the secret of today whatever was sealed under another, some rows a transaction, beside servers at work.
 * Where it is interrupted, what is done is done, and the next run goes on.
 */
export async function resealAll({ store, sealing }: Pick<Platform, 'store' | 'sealing'>): Promise<Resealed> {
  const prefix = sealing.prefix();
  const resealed: Resealed = { count: 0, unopened: [] };
  for (const { list, replace, place } of resealings) {
    for (let after = ''; ;) {
      const rows = await list.all(store, { prefix, after });
      if (rows.length === 0) break;
      after = rows.at(-1)!.row_key;
      const anew: { row_key: string; old: string; sealed: string }[] = [];
      for (const { row_key, sealed: old } of rows) {
        try {
          anew.push({
            row_key,
            old,
            sealed: sealing.seal(sealing.open(old, place(row_key)), place(row_key)),
          });
        } catch {
          resealed.unopened.push(place(row_key));
        }
      }
      resealed.count += await store.transaction(async (transaction) => {
        let count = 0;
        for (const row of anew) if (await replace.get(transaction, row)) count += 1;
        return count;
      });
    }
  }
  return resealed;
}
