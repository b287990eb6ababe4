/** Base64 (RFC 4648 sections 4 and 5) as other programs write it: either alphabet, with padding or without. */
import { decodeBase64url, encodeBase64url } from '../base64url.ts';
import { withoutPadding } from '../padding.ts';

/** Undefined where the text is neither, once line ends and padding are gone. */
export const decodeBase64 = (text: string): Uint8Array<ArrayBuffer> | undefined =>
  decodeBase64url(
    withoutPadding(text.replace(/[\r\n]/g, ''))
      .replaceAll('+', '-')
      .replaceAll('/', '_'),
  );

/** The alphabet of section 4, with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  const text = encodeBase64url(bytes).replaceAll('-', '+').replaceAll('_', '/');
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=');
}
