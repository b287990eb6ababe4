import { signAnswer, type AnswerClaims } from '@countersign/protocol';
import type { PushRequest } from '@countersign/protocol/wire';
import { changeAccount, type Account } from '../accounts/database.ts';
import { call, serverNow } from '../server/client.ts';
import { OfflineError, ProblemError } from '../server/failure.ts';
import { programOf } from './host-login.ts';

/** What proves that it is the person, made for one answer; see verification/verification-key.ts. */
export type Verify = (options: object, answer: string) => Promise<object>;

export interface Answered {
  state: PushRequest['state'];
}

export interface Sending {
  verify?: Verify;
  /** The network is away, and the answer will be sent again. */
  onWaiting?: () => void;
}

const pause = 2_000;
/** An answer that was on its way when the time ran out is asked after for so long, in milliseconds. */
const afterwards = 10_000;
const answersKept = 20;

const endStates = { approve: 'approved', deny: 'denied', report: 'reported' } as const;

/**
 * Signs and sends an answer. The digest is computed from the request as it is shown; where it is not the server's, nothing
 * is sent. Where the network goes away in the middle, the very same bytes are sent again: the server takes them once, and
 * says then what they brought about. @throws ProblemError, OfflineError, VerificationError, Error
 */
export async function sendAnswer(
  account: Account,
  request: PushRequest,
  claims: AnswerClaims,
  { verify, onWaiting }: Sending = {},
): Promise<Answered> {
  const answer = await signAnswer(request, claims, {
    issuer: account.issuer,
    privateKey: account.keys.privateKey,
    now: serverNow(account),
  });
  const wanted = claims.decision === 'approve' && request.user_verification && request.webauthn && verify;
  const webauthn = wanted ? await wanted(request.webauthn!, answer) : null;
  const until = Date.parse(request.expires_at) + afterwards;
  const answered = await sendUntil(
    account,
    request.id,
    { answer, webauthn },
    claims.decision,
    until,
    onWaiting,
  );
  if (request.purpose !== 'activation' && request.purpose !== 'test')
    await remember(account, request, claims);
  return answered;
}

async function sendUntil(
  account: Account,
  id: string,
  body: object,
  decision: keyof typeof endStates,
  until: number,
  onWaiting?: () => void,
): Promise<Answered> {
  for (let again = false; ; again = true) {
    try {
      return await call<Answered>(account, 'POST', `/requests/${id}/answer`, body);
    } catch (error) {
      const state = error instanceof ProblemError ? error.problem.state : undefined;
      // Sent before: if it ended as this answer wants it, it was this answer that ended it.
      if (again && state === endStates[decision]) return { state };
      if (!(error instanceof OfflineError) || serverNow(account) > until) throw error;
      onWaiting?.();
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

/** For the account's details: what was answered on this device. */
async function remember({ id }: Account, request: PushRequest, { decision }: AnswerClaims): Promise<void> {
  const { resource, context } = request;
  const entry = {
    at: Date.now(),
    resource: resource.name,
    client: request.purpose === 'device_login' ? programOf(context.client) : (context.client ?? context.host),
    state: endStates[decision],
  };
  await changeAccount(id, ({ answered = [] }) => ({
    answered: [entry, ...answered].slice(0, answersKept),
  })).catch(() => {
    // The answer counts; the list is a convenience.
  });
}
