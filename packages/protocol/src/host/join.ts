import { normalizeCode, type CodeShape } from '../activation/code.ts';
import { encodeBase64url } from '../base64url.ts';
import { canonicalJson } from '../canonical-json.ts';
import { equalInConstantTime, sha256Base64url } from '../hash.ts';
import type { JsonValue } from '../json.ts';

/**
 * Joining a host (docs/hosts.md, "Joining"). Both sides know a token that never travels: each proves it by a MAC over what
 * it says, so that nobody between them can put keys of their own in the place of theirs.
 */

/** 200 random bits; the first 16 characters are the token's name. */
export const joinTokenShape: CodeShape = { length: 40, group: 5 };
const idLength = 16;

/** What the server keeps of a token. `key` is as good as the token. */
export interface JoinKey {
  id: string;
  key: string;
}

/** Undefined where the text is no join token. */
export async function readJoinToken(written: string): Promise<JoinKey | undefined> {
  const token = normalizeCode(written, joinTokenShape);
  return token === undefined
    ? undefined
    : { id: token.slice(0, idLength), key: await sha256Base64url(token) };
}

/** HMAC-SHA-256 over the RFC 8785 form, base64url. */
export async function joinMac(message: JsonValue, { key }: Pick<JoinKey, 'key'>): Promise<string> {
  const utf8 = new TextEncoder();
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const imported = await crypto.subtle.importKey('raw', utf8.encode(key), algorithm, false, ['sign']);
  return encodeBase64url(
    new Uint8Array(await crypto.subtle.sign('HMAC', imported, utf8.encode(canonicalJson(message)))),
  );
}

/** Whether `mac` is that of `message`. */
export const isJoinMac = async (
  mac: string,
  message: JsonValue,
  key: Pick<JoinKey, 'key'>,
): Promise<boolean> => equalInConstantTime(mac, await joinMac(message, key));
