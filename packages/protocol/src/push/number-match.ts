/**
 * Number matching: the portal shows a number, the person types it on the phone. One try a number, so a guess of two
 * digits succeeds once in a hundred, and each try needs a new request (SP 800-63B-4 section 3.1.3.1 wants six digits).
 */

/** A uniform number of `length` decimal digits (2 to 6), leading zeros kept. `random` gives that many uniform bytes. */
export function generateNumber(length: number, random: (bytes: number) => Uint8Array): string {
  const bound = 10 ** length;
  // Rejection keeps it uniform: 2^32 is no multiple of a power of ten.
  const limit = 2 ** 32 - (2 ** 32 % bound);
  for (;;) {
    const value = new DataView(Uint8Array.from(random(4)).buffer).getUint32(0);
    if (value < limit) return String(value % bound).padStart(length, '0');
  }
}

export const isNumberOfLength = (value: unknown, length: number): value is string =>
  typeof value === 'string' && value.length === length && /^[0-9]+$/.test(value);
