/** How far this device's clock is off, as the server's answers show. Codes of other services depend on it. */

/** The header Date has whole seconds, and an answer takes a while: less than this is no error of the clock. In milliseconds. */
const noticeable = 5_000;
/** From here on a code of 30 s may be refused, in milliseconds. */
const matters = 20_000;

/** The latest, whether it matters or not. */
let latest = 0;
let error: number | undefined;
const listeners = new Set<() => void>();

/** `serverTime`: what the server said, in milliseconds since 1970; its answer takes less than a second to arrive. */
export function noteServerTime(serverTime: number): void {
  if (Number.isNaN(serverTime)) return;
  const next = serverTime - Date.now();
  latest = next;
  const told = Math.abs(next) >= matters ? next : undefined;
  // The header Date has whole seconds: what differs by less is no news.
  if (told === error || (told !== undefined && error !== undefined && Math.abs(told - error) < 5_000)) return;
  error = told;
  listeners.forEach((listener) => listener());
}

/** The server's clock less this device's, in milliseconds, where it matters; else undefined. */
export const clockError = (): number | undefined => error;

/** For an account that is being enrolled: its first signature must bear the server's time. Zero where the clock is right. */
export const presentOffset = (): number => (Math.abs(latest) >= noticeable ? latest : 0);

export function onClockError(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
