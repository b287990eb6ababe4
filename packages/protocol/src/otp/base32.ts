/** Base32 (RFC 4648 section 6), as people copy it: lax in what does not change the bytes, strict in what does. */
import { withoutPadding } from '../padding.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const none = 32;
/** By character code: the five bits that the character stands for, or `none`. */
const valueOf = new Uint8Array(128).fill(none);
for (let value = 0; value < alphabet.length; value += 1) {
  valueOf[alphabet.charCodeAt(value)] = value;
  valueOf[alphabet.toLowerCase().charCodeAt(value)] = value;
}

/** Without padding, in capitals. */
export function encodeBase32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (let i = 0; i < bytes.length; i += 1) {
    bits = ((bits << 8) | bytes[i]!) & 0xffff;
    for (held += 8; held >= 5;) text += alphabet[(bits >> (held -= 5)) & 31]!;
  }
  return held === 0 ? text : text + alphabet[(bits << (5 - held)) & 31]!;
}

/**
 * Either case, with or without padding, with spaces and hyphens anywhere; no bytes for no characters. Undefined where
 * - a character is none of the alphabet: 0, 1 and 8 are not taken for O, I and B, since a guess that is wrong shows
 *   only when a service refuses the code;
 * - the length is one that no bytes have (1, 3 or 6 more than a multiple of 8): a character would then say nothing,
 *   so one is missing or one is too many, and whatever key came of it would be another one.
 *
 * The up to four bits that are left over at the end of the other lengths may be anything. Services make secrets of
 * random characters, without a thought for the last one, and use the whole bytes.
 */
export function decodeBase32(text: string): Uint8Array<ArrayBuffer> | undefined {
  const characters = withoutPadding(text.replace(/[\s-]/g, ''));
  if ([1, 3, 6].includes(characters.length % 8)) return undefined;
  const bytes = new Uint8Array(Math.floor((characters.length * 5) / 8));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (let i = 0; i < characters.length; i += 1) {
    const value = valueOf[characters.charCodeAt(i)] ?? none;
    if (value === none) return undefined;
    bits = ((bits << 5) | value) & 0xffff;
    held += 5;
    if (held >= 8) bytes[at++] = (bits >> (held -= 8)) & 0xff;
  }
  return bytes;
}
