import { AsyncLocalStorage } from 'node:async_hooks';
import { StoreUnavailable } from '../../apps/server/src/platform/store/errors.ts';
import type { InProcess } from './in-process.ts';

/**
 * What `work` comes to where the store is gone from the nth time on that an answer asks for it; whether it got that far.
 * What runs in the background asks as well, at any time, and does not count.
 */
export async function withoutStoreAt<T>(
  { store, server: { app } }: Pick<InProcess, 'store' | 'server'>,
  nth: number,
  work: () => Promise<T>,
): Promise<{ result: T; went: boolean }> {
  const answering = new AsyncLocalStorage<true>();
  const { emit } = app.server;
  const { query, transaction } = store;
  let asked = 0;
  const failing =
    (whole: (...all: never[]) => Promise<unknown>) =>
    (...all: never[]) =>
      answering.getStore() && asked++ >= nth
        ? Promise.reject(new StoreUnavailable('gone'))
        : whole.apply(store, all);
  const emitting = (name: string, ...more: unknown[]): boolean => {
    const go = () => Reflect.apply(emit, app.server, [name, ...more]);
    return name === 'request' ? answering.run(true, go) : go();
  };
  Object.assign(app.server, { emit: emitting });
  Object.assign(store, { query: failing(query as never), transaction: failing(transaction as never) });
  try {
    return { result: await work(), went: asked > nth };
  } finally {
    Object.assign(store, { query, transaction });
    Object.assign(app.server, { emit });
  }
}
