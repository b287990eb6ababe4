import { StoreUnavailable } from '../../apps/server/src/platform/store/errors.ts';
import type { Store } from '../../apps/server/src/platform/store/store.ts';

/** What `work` comes to where the store is gone from its nth call on; whether it got that far. */
export async function withoutStoreAt<T>(
  store: Store,
  nth: number,
  work: () => Promise<T>,
): Promise<{ result: T; went: boolean }> {
  const { query, transaction } = store;
  let asked = 0;
  const failing =
    (whole: (...all: never[]) => Promise<unknown>) =>
    (...all: never[]) =>
      asked++ >= nth ? Promise.reject(new StoreUnavailable('gone')) : whole.apply(store, all);
  Object.assign(store, { query: failing(query as never), transaction: failing(transaction as never) });
  try {
    return { result: await work(), went: asked > nth };
  } finally {
    Object.assign(store, { query, transaction });
  }
}
