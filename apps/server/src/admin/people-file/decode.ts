import { isUtf8 } from 'node:buffer';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Refusal } from '../../platform/http/refusal.ts';

/** What an uploaded file is written in: spreadsheets save in several encodings, and few of them say which. */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/** By its byte order mark, else UTF-8 where it is that; what is left is taken for what Windows saves by itself. */
export function encodingOf(bytes: Uint8Array): Encoding {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return isUtf8(bytes) ? 'utf-8' : 'windows-1252';
}

const chunk = 64 * 1024;

/** The text in pieces, one each turn of the event loop, without the mark. @throws Refusal 400 `malformed` */
export async function* decoded(bytes: Uint8Array, encoding: Encoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  try {
    for (let at = 0; at < bytes.length; at += chunk) {
      yield decoder.decode(bytes.subarray(at, at + chunk), { stream: true });
      await nextTurn();
    }
    yield decoder.decode();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new Refusal('malformed', { detail: 'The file begins as UTF-16 and is none.' });
  }
}
