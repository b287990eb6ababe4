import { hash, verify } from '@node-rs/argon2';
import { availableParallelism } from 'node:os';
import { Refusal } from '../platform/http/refusal.ts';

/** Password hashing: argon2id with OWASP's parameters (19 MiB, t=2, p=1), as many at once as there are cores. */
export interface Hashing {
  /** @throws Refusal 429 at once where too many hashes wait already. */
  hash(password: string): Promise<string>;
  /** Whether the password is the one; `stored` null costs the same time and is never true. */
  verify(stored: string | null, password: string): Promise<boolean>;
  /** Whether a stored hash was made with other parameters than today's. */
  isOutdated(stored: string): boolean;
}

/** Argon2id, by its number: the library's enumeration is erased from its types. */
const argon2id = 2;
const parameters = { algorithm: argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const currentPrefix = '$argon2id$v=19$m=19456,t=2,p=1$';

/** Waiting hashes beyond those at work. At 70 hashes a second and core the last of them waits about a second. */
const mostWaiting = 64;

export function createHashing(cores = availableParallelism(), waitingLimit = mostWaiting): Hashing {
  const slots = createSlots(cores, waitingLimit);
  // Made at once, so that the first unknown login costs no more than a later one.
  const dummy = hash('no such password', parameters);
  return {
    hash: (password) => slots(() => hash(password.normalize('NFC'), parameters)),
    async verify(stored, password) {
      const against = stored ?? (await dummy);
      const matches = await slots(() => verify(against, password.normalize('NFC')));
      return matches && stored !== null;
    },
    isOutdated: (stored) => !stored.startsWith(currentPrefix),
  };
}

/** Lets `atOnce` tasks run and `waitingLimit` wait; refuses the rest at once. */
export function createSlots(atOnce: number, waitingLimit: number): <T>(task: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (task) => {
    if (running >= atOnce) {
      if (waiting.length >= waitingLimit) throw new Refusal('too_many_requests', { retry_after: 1 });
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running++;
    try {
      return await task();
    } finally {
      // The slot goes over to the next one that waits.
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
