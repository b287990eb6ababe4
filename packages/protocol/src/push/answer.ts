import { equalInConstantTime } from '../hash.ts';
import { parseJws, signJws, verifyJws } from '../jws.ts';
import type { PresenceJwk } from '../presence-key.ts';
import { isFresh, numericDate } from '../time.ts';
import type { PushRequest } from '../wire/push-request.ts';
import { isNumberOfLength } from './number-match.ts';
import { requestDigest } from './request.ts';

/** The answer to a push request: what a phone signs, and how the server takes it apart again. */

const typ = 'countersign-answer+jwt';

export type Decision = 'approve' | 'deny' | 'report';

export interface AnswerClaims {
  decision: Decision;
  /** The number that was typed; present where one was asked for and the decision is `approve`. */
  number?: string;
}

/**
 * Signs a decision on `request` with the presence key. `issuer` is the one that the authenticator enrolled with.
 * @throws Error where the digest of what was received is not the digest of what is shown: the request was tampered with.
 */
export async function signAnswer(
  request: PushRequest,
  answer: AnswerClaims,
  { issuer, privateKey, now }: { issuer: string; privateKey: CryptoKey; now: number },
): Promise<string> {
  const digest = await requestDigest(request);
  if (digest !== request.digest) throw new Error('the request does not match its digest');
  return signJws(
    { typ },
    { aud: issuer, sub: request.id, iat: numericDate(now), nonce: request.nonce, digest, ...answer },
    privateKey,
  );
}

export type AnswerVerification =
  | { result: 'valid'; claims: AnswerClaims }
  | { result: 'malformed'; reason: string }
  | { result: 'invalid'; reason: string };

export interface ExpectedAnswer {
  aud: string;
  key: PresenceJwk;
  id: string;
  nonce: string;
  digest: string;
  confirmation: PushRequest['confirmation'];
}

/**
 * Checks form first (400), then what is signed (401), in the protocol's order. Whether the number is the right one, and
 * whether the request is still pending, is not decided here. A `jwk` in the header is ignored: only the enrolled key counts.
 */
export async function verifyAnswer(
  answer: string,
  expected: ExpectedAnswer,
  now: number,
): Promise<AnswerVerification> {
  const invalid = (reason: string): AnswerVerification => ({ result: 'invalid', reason });
  const malformed = (reason: string): AnswerVerification => ({ result: 'malformed', reason });
  const jws = parseJws(answer, typ);
  if (!jws) return invalid('not a well-formed JWS of this type');
  const { aud, sub, iat, nonce, digest, decision, number } = jws.claims;
  if (decision !== 'approve' && decision !== 'deny' && decision !== 'report')
    return malformed('unknown decision');
  const { confirmation } = expected;
  const numberLength = decision === 'approve' && confirmation.kind === 'number' ? confirmation.length : 0;
  if (numberLength > 0 && !isNumberOfLength(number, numberLength)) {
    return malformed(`number must be a string of ${numberLength} digits`);
  }
  if (!(await verifyJws(jws, expected.key))) return invalid('the signature does not verify');
  if (aud !== expected.aud) return invalid('made for another issuer');
  if (sub !== expected.id) return invalid('made for another request');
  if (typeof nonce !== 'string' || !equalInConstantTime(nonce, expected.nonce))
    return invalid('another nonce');
  if (typeof digest !== 'string' || !equalInConstantTime(digest, expected.digest))
    return invalid('another digest');
  if (!isFresh(iat, now)) return invalid('issued too long ago or in the future');
  return {
    result: 'valid',
    claims: numberLength > 0 ? { decision, number: number as string } : { decision },
  };
}
