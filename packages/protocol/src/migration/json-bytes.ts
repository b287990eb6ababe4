/** JSON of other programs, from what was decrypted. */
import type { JsonValue } from '../json.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Undefined where the bytes are not JSON in UTF-8. */
export function parseJsonBytes(bytes: Uint8Array<ArrayBuffer>): JsonValue | undefined {
  try {
    return JSON.parse(utf8.decode(bytes)) as JsonValue;
  } catch {
    return undefined;
  }
}
