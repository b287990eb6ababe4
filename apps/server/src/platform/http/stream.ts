import type { FastifyReply } from 'fastify';
import type { Store } from '../store/store.ts';
import { second } from '../platform.ts';

/** Server-sent events (HTML Living Standard, section 9.2). */

const heartbeatInterval = 15 * second;
/** A lost hint costs at most this: every stream reads the truth again so often. */
export const pollInterval = 15 * second;

const openStreams = new Set<() => void>();

/** Ends every open stream, for a graceful stop: browsers reconnect by themselves. */
export function closeStreams(): void {
  for (const close of openStreams) close();
}

/** For what else holds an answer back: `close` is called for a graceful stop. Returns what forgets it. */
export function holdOpen(close: () => void): () => void {
  openStreams.add(close);
  return () => openStreams.delete(close);
}

export const openStreamCount = (): number => openStreams.size;

export interface StreamedEvent {
  event: string;
  data: unknown;
}

export interface Streaming {
  store: Store;
  /** Topics whose notice makes the stream read again. */
  topics: readonly string[];
  /**
   * Reads the truth and returns what is to be told; called at the start, at each notice, at `wakeAt` and now and
   * then. `end` closes the stream after these events. `wakeAt` (milliseconds since 1970) is when time alone changes it.
   */
  read: () => Promise<{ events: StreamedEvent[]; end?: boolean; wakeAt?: number }>;
  now: () => number;
  headers?: Record<string, string>;
  /** Milliseconds after which the stream ends by itself. */
  lifetime?: number;
}

/** Answers with a stream that lives until the reader goes, `read` ends it, or its lifetime is over. */
export async function streamEvents(reply: FastifyReply, streaming: Streaming): Promise<void> {
  const { store, topics, read, now, headers = {}, lifetime } = streaming;
  // The first read may refuse; it must come before the headers are out.
  let first: Awaited<ReturnType<typeof read>> | undefined;
  let dirty = false;
  let wake: () => void = () => {};
  const hint = () => {
    dirty = true;
    wake();
  };
  const unsubscribe = topics.map((topic) => store.subscribe(topic, hint));
  try {
    first = await read();
  } catch (error) {
    unsubscribe.forEach((stop) => stop());
    throw error;
  }
  reply.hijack();
  const out = reply.raw;
  out.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    ...headers,
  });
  out.write('retry: 1000\n\n');

  let open = true;
  const close = () => {
    open = false;
    wake();
  };
  const forget = holdOpen(close);
  out.on('close', close);
  out.on('error', close);
  const heartbeat = setInterval(() => out.write(':\n\n'), heartbeatInterval);
  const end = lifetime === undefined ? undefined : setTimeout(close, lifetime);
  try {
    for (let told = first; ; told = await read()) {
      for (const { event, data } of told.events)
        out.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
      if (told.end || !open) break;
      const pause = Math.min(pollInterval, Math.max(20, (told.wakeAt ?? Infinity) - now() + 1));
      if (!dirty) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, pause);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        wake = () => {};
      }
      dirty = false;
      if (!open) break;
    }
  } finally {
    // Also where a read failed (the store is away): the reader reconnects.
    clearInterval(heartbeat);
    clearTimeout(end);
    unsubscribe.forEach((stop) => stop());
    forget();
    out.end();
  }
}

/** Lets only changed data through: most notices and polls change nothing for one reader. */
export function onlyChanges<T>(): (data: T) => T[] {
  let last = '';
  return (data) => {
    const text = JSON.stringify(data);
    if (text === last) return [];
    last = text;
    return [data];
  };
}
