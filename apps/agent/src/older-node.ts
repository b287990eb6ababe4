import { webcrypto } from 'node:crypto';

/**
 * What Node 18 (Debian 12) and 20 lack of what packages/protocol uses. It is imported before anything else, and does
 * nothing on Node 22 and later.
 */

const absent = (holder: object, name: string, value: unknown): void => {
  if (name in holder) return;
  Object.defineProperty(holder, name, { value, writable: true, configurable: true });
};

absent(globalThis, 'crypto', webcrypto);
absent(globalThis, 'CryptoKey', (webcrypto as { CryptoKey?: unknown }).CryptoKey);
absent(URL, 'parse', (url: string, base?: string) => {
  try {
    return new URL(url, base);
  } catch {
    return null;
  }
});
const loneSurrogate = /\p{Surrogate}/gu;
absent(String.prototype, 'isWellFormed', function isWellFormed(this: string) {
  return this.search(loneSurrogate) === -1;
});
absent(String.prototype, 'toWellFormed', function toWellFormed(this: string) {
  return this.replace(loneSurrogate, '\ufffd');
});
