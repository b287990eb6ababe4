/** The app lock's own passcode, where the device cannot hold a key: the wrapping key is made from it by scrypt (RFC 7914). */
export interface PasscodeLock {
  kind: 'passcode';
  salt: Uint8Array<ArrayBuffer>;
  n: number;
  r: number;
  p: number;
  /** Wrong tries in a row, and when the next may be made (milliseconds since 1970). */
  failures: number;
  nextTryAt: number;
}

export const shortestPasscode = 6;

const freeTries = 4;
const firstWait = 30_000;
const longestWait = 3_600_000;

/** How long to wait after so many wrong tries in a row, in milliseconds: 30 s after the fifth, then twice as long each time. */
export const waitOf = (failures: number): number =>
  failures <= freeTries ? 0 : Math.min(longestWait, firstWait * 2 ** (failures - freeTries - 1));

export const newPasscodeLock = (): PasscodeLock => ({
  kind: 'passcode',
  salt: crypto.getRandomValues(new Uint8Array(16)),
  n: 32768,
  r: 8,
  p: 3,
  failures: 0,
  nextTryAt: 0,
});

export async function keyFromPasscode(
  passcode: string,
  { salt, n: N, r, p }: Pick<PasscodeLock, 'salt' | 'n' | 'r' | 'p'>,
): Promise<CryptoKey> {
  const { scryptAsync } = await import('@noble/hashes/scrypt.js');
  const raw = await scryptAsync(passcode.normalize('NFKC'), salt, { N, r, p, dkLen: 32 });
  return crypto.subtle.importKey('raw', Uint8Array.from(raw), 'AES-GCM', false, ['encrypt', 'decrypt']);
}
