/** Base32 (RFC 4648 section 6), as people copy it: lax in what does not change the bytes, strict in what does. */

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
 * Either case, with or without padding, with spaces and hyphens anywhere. Undefined where a character is none of the
 * alphabet: 0, 1 and 8 are not taken for O, I and B, since a guess that is wrong shows only when no code is accepted.
 *
 * Bits that are left over are dropped, whatever they are, and so is a last character that begins a byte and ends it
 * nowhere (lengths of 1, 3 and 6 beyond a multiple of 8): services cut random characters to a length of their liking,
 * and what they verify with are the whole bytes, as every other authenticator has it. A text of which no byte is
 * left is undefined.
 */
export function decodeBase32(text: string): Uint8Array<ArrayBuffer> | undefined {
  const characters = text.replace(/[\s-]/g, '').replace(/=+$/, '');
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
