import type { FastifyReply } from 'fastify';
import type { Store } from '../store/store.ts';
import { holdOpen, pollInterval } from './stream.ts';

/** An answer that waits until there is news: for programs that read no stream. No thread waits, only a timer and a topic. */

export interface LongPoll<Value> {
  store: Store;
  /** Topics whose notice makes it read again. */
  topics: readonly string[];
  /** Reads the truth; `wakeAt` (milliseconds since 1970) is when time alone changes it. */
  read: () => Promise<{ value: Value; wakeAt?: number }>;
  isNews: (value: Value) => boolean;
  /** Milliseconds to wait at most. */
  patience: number;
  now: () => number;
}

/** Resolves to what was read last: as soon as it is news, or when patience, the caller or the server ends. */
export async function waitForNews<Value>(
  reply: FastifyReply,
  { store, topics, read, isNews, patience, now }: LongPoll<Value>,
): Promise<Value> {
  const giveUpAt = performance.now() + patience;
  let open = true;
  let dirty = false;
  let wake: () => void = () => {};
  const close = () => {
    open = false;
    wake();
  };
  const hint = () => {
    dirty = true;
    wake();
  };
  // Before the first read, so that nothing that comes after it is missed.
  const unsubscribe = topics.map((topic) => store.subscribe(topic, hint));
  const forget = holdOpen(close);
  reply.raw.on('close', close);
  try {
    for (;;) {
      dirty = false;
      const { value, wakeAt = Infinity } = await read();
      const left = giveUpAt - performance.now();
      if (isNews(value) || !open || left <= 0) return value;
      if (dirty) continue;
      const pause = Math.min(left, pollInterval, Math.max(20, wakeAt - now() + 1));
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pause);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      wake = () => {};
    }
  } finally {
    forget();
    reply.raw.off('close', close);
    unsubscribe.forEach((stop) => stop());
  }
}
