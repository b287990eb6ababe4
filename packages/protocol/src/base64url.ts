/** Base64url without padding (RFC 4648 section 5, RFC 7515 section 2), strict: one text for each value. */

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const none = 64;
/** By character code: the six bits that the character stands for, or `none`. */
const valueOf = new Uint8Array(128).fill(none);
for (let value = 0; value < alphabet.length; value += 1) valueOf[alphabet.charCodeAt(value)] = value;

export function encodeBase64url(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (let i = 0; i < bytes.length; i += 1) {
    bits = ((bits << 8) | bytes[i]!) & 0xffff;
    for (held += 8; held >= 6;) text += alphabet[(bits >> (held -= 6)) & 63]!;
  }
  return held === 0 ? text : text + alphabet[(bits << (6 - held)) & 63]!;
}

/** Undefined where the text is not base64url, is padded, or has stray bits at its end (a second spelling of the same bytes). */
export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length % 4 === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (let i = 0; i < text.length; i += 1) {
    const value = valueOf[text.charCodeAt(i)] ?? none;
    if (value === none) return undefined;
    bits = ((bits << 6) | value) & 0xffff;
    held += 6;
    if (held >= 8) bytes[at++] = (bits >> (held -= 8)) & 0xff;
  }
  return (bits & ((1 << held) - 1)) === 0 ? bytes : undefined;
}
