import { encodeBase64url } from './base64url.ts';
import { primitives } from './primitives.ts';

const utf8 = new TextEncoder();

export async function sha256(input: string | Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = typeof input === 'string' ? utf8.encode(input) : input;
  return primitives.sha256(bytes);
}

/** base64url(SHA-256(input)); a string is taken as UTF-8. */
export const sha256Base64url = async (input: string | Uint8Array<ArrayBuffer>): Promise<string> =>
  encodeBase64url(await sha256(input));

/** Whether two texts are equal, in time that depends on their lengths only. */
export function equalInConstantTime(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i % (b.length || 1));
  return difference === 0;
}
