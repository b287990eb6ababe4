import type { Platform } from './platform.ts';

/**
 * Random bytes of the system's generator, fetched so many at a time: one call for each id costs ten times what the bytes do.
 * Each is handed out once, and none stays behind.
 */
const poolSize = 4096;

export function createRandom(): Platform['random'] {
  const pool = new Uint8Array(poolSize);
  let used = poolSize;
  return (bytes) => {
    if (bytes > poolSize) return crypto.getRandomValues(new Uint8Array(bytes));
    if (used + bytes > poolSize) {
      crypto.getRandomValues(pool);
      used = 0;
    }
    const taken = pool.slice(used, used + bytes);
    pool.fill(0, used, (used += bytes));
    return taken;
  };
}
