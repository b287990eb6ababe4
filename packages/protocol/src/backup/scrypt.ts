/** Keys from passwords by scrypt (RFC 7914), with bounds on what a file may ask for. */
import { scryptAsync } from '@noble/hashes/scrypt.js';

export interface ScryptCost {
  /** A power of two. */
  n: number;
  r: number;
  p: number;
}

/**
 * 64 MiB, and four times the work of a backup of ours: a file that somebody made to hurt takes neither a phone's
 * memory nor its evening.
 */
const mostMemory = 64 * 1024 * 1024;
const mostWork = 4 * 32768 * 8 * 3;

export type CostProblem = 'damaged' | 'too_large';

/** Why these numbers of a file are no cost that we would pay; undefined where they are one. */
export function costProblem({ n, r, p }: ScryptCost): CostProblem | undefined {
  if (![n, r, p].every((value) => Number.isSafeInteger(value) && value >= 1)) return 'damaged';
  if (128 * r * (n + p) > mostMemory || n * r * p > mostWork) return 'too_large';
  return n < 2 || (n & (n - 1)) !== 0 ? 'damaged' : undefined;
}

/**
 * `length` bytes of the password's UTF-8. It gives the thread back every few milliseconds.
 * @throws Error where `costProblem` would name one.
 */
export const deriveByScrypt = async (
  password: string,
  salt: Uint8Array<ArrayBuffer>,
  { n, r, p }: ScryptCost,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await scryptAsync(password.toWellFormed(), salt, { N: n, r, p, dkLen: length }));
