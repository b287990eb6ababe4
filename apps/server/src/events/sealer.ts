import { second, type Platform } from '../platform/platform.ts';
import type { LogKey } from './log-key.ts';
import { sealBatch, type ChainEnd, type WhenSealed } from './seal.ts';
import { findUnsealed } from './store.ts';

/** Puts new events under a seal, at most a second after they were written. Every process does; they take turns. */

const interval = second / 2;

/** Begins, and returns what seals the rest and stops it. */
export function startSealer(
  { store, now, log }: Platform,
  key: LogKey,
  sealed?: WhenSealed,
): () => Promise<void> {
  let current = Promise.resolve();
  let last: ChainEnd = { number: 0, hash: '' };
  let notedHour = -1;

  async function sealAll(): Promise<void> {
    for (let more = (await findUnsealed.get(store)) !== undefined; more;) {
      const end = await store.transaction((transaction) => sealBatch(transaction, key, now(), { sealed }));
      if (!end) return;
      if (end.number <= last.number) {
        log.error(
          { before: last, after: end },
          'the end of the event log was cut off: see "countersign doctor"',
        );
      }
      last = { number: end.number, hash: end.hash };
      note(last);
      more = end.more;
    }
  }

  /** Once an hour into the process's own log, which is kept elsewhere: what the store's end can be compared with. */
  function note(end: ChainEnd): void {
    const hour = Math.floor(now() / (3600 * second));
    if (hour === notedHour) return;
    notedHour = hour;
    log.info({ seal: end.number, hash: end.hash }, 'event log sealed');
  }

  const seal = () => {
    current = current
      .then(sealAll)
      .catch((error: unknown) => log.error({ err: error }, 'the event log was not sealed'));
    return current;
  };
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    void seal().finally(() => (busy = false));
  }, interval);
  return async () => {
    clearInterval(timer);
    await seal();
  };
}
