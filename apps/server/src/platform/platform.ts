import type { Logger } from 'pino';
import type { Sealing } from './sealing.ts';
import type { Store } from './store/store.ts';

/** What every domain is given: the outside world as values, so that tests choose the time and the randomness. */
export interface Platform {
  store: Store;
  /** Milliseconds since 1970. */
  now: () => number;
  /** That many random bytes. */
  random: (bytes: number) => Uint8Array<ArrayBuffer>;
  sealing: Sealing;
  /** The server's public origin, such as `https://id.example.com`: the only source of links, never the Host header. */
  issuer: string;
  log: Logger;
}

/** Milliseconds. */
export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

/** RFC 3339 in UTC, for bodies. */
export const timeText = (at: number): string => new Date(at).toISOString();
/** The same where there may be none. */
export const timeTextOf = (at: number | null): string | null => (at === null ? null : timeText(at));
/** The day of a moment, in UTC, as `YYYY-MM-DD`. */
export const dayOf = (at: number): string => timeText(at).slice(0, 10);
