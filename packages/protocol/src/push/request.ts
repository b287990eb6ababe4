import { canonicalJson } from '../canonical-json.ts';
import { sha256Base64url } from '../hash.ts';
import type { JsonValue } from '../json.ts';
import type { PushRequest } from '../wire/push-request.ts';

/** The members of a push request that its digest covers: everything that the person is shown, and what makes it unique. */
const digestMembers = [
  'account',
  'confirmation',
  'context',
  'expires_at',
  'id',
  'nonce',
  'purpose',
  'resource',
  'user_verification',
] as const;

export type DigestedRequest = Pick<PushRequest, (typeof digestMembers)[number]>;

/**
 * The digest of a push request: base64url(SHA-256(RFC 8785 form of the digested members, as received)). The server
 * puts it into the request; the authenticator computes it from what it is about to show and answers only where the two
 * agree. What you see is what you sign.
 */
export async function requestDigest(request: DigestedRequest): Promise<string> {
  const digested = Object.fromEntries(digestMembers.map((name) => [name, request[name] as JsonValue]));
  return sha256Base64url(canonicalJson(digested));
}
