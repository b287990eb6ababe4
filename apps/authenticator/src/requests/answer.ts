import { signAnswer, type AnswerClaims } from '@countersign/protocol';
import type { PushRequest } from '@countersign/protocol/wire';
import type { Account } from '../accounts/database.ts';
import { call, serverNow } from '../server/client.ts';

/** What proves that it is the person, made for one answer; see verification/verification-key.ts. */
export type Verify = (options: object, answer: string) => Promise<object>;

export interface Answered {
  state: PushRequest['state'];
}

/**
 * Signs and sends an answer. The digest is computed from the request as it is shown; where it is not the server's, nothing
 * is sent. @throws ProblemError, OfflineError, VerificationError, Error
 */
export async function sendAnswer(
  account: Account,
  request: PushRequest,
  claims: AnswerClaims,
  verify?: Verify,
): Promise<Answered> {
  const answer = await signAnswer(request, claims, {
    issuer: account.issuer,
    privateKey: account.keys.privateKey,
    now: serverNow(account),
  });
  const wanted = claims.decision === 'approve' && request.user_verification && request.webauthn && verify;
  const webauthn = wanted ? await wanted(request.webauthn!, answer) : null;
  return call<Answered>(account, 'POST', `/requests/${request.id}/answer`, { answer, webauthn });
}
