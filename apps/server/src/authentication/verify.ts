import { normalizeCode } from '@countersign/protocol';
import type { FactorKind, FraudReportKind } from '@countersign/protocol/wire';
import type { Asker, From } from '../platform/http/asker.ts';
import { Refusal, secondsUntil } from '../platform/http/refusal.ts';
import type { Platform } from '../platform/platform.ts';
import { hashSecret } from '../platform/random-text.ts';
import { blockedUntil, recordFailure, recordSuccess } from '../platform/rate-limits/attempts.ts';
import type { Transaction } from '../platform/store/store.ts';
import type { Events } from '../events/events.ts';
import type { Outbox, WriteLetter } from '../mail/outbox.ts';
import { takeTotpCode } from '../otp/verify.ts';
import { takeAssertion } from '../passkey/verify.ts';
import { provenAlone, provenBy } from '../policy/decide.ts';
import type { Proven } from '../policy/rules.ts';
import type { Answered } from '../push/answer.ts';
import type { Cancellation } from '../push/cancel.ts';
import type { PushRequestRow } from '../push/store.ts';
import { takeRecoveryCode } from '../recovery/verify.ts';
import { loseFamiliarity } from '../sessions/familiarity.ts';
import { endSession } from '../sessions/sessions.ts';
import { deleteSessionsOfBrowser, endTokensOfUser } from '../sessions/store.ts';
import { answerReport } from '../users/reports/report.ts';
import {
  findEnrollmentCode,
  findUser,
  rememberFactor,
  useEnrollmentCode,
  type UserRow,
} from '../users/store.ts';
import { offeredFactors } from './decide.ts';
import { denyReset } from './reset/complete.ts';
import { askerOf, helperOf, isAlone } from './asker.ts';
import {
  acceptEnrollmentCode,
  claimCompletion,
  endAuthenticationsOfBrowser,
  findAuthentication,
  hostAskOf,
  makeDenied,
  makeReady,
  type AuthenticationRow,
} from './store.ts';

/** Step four of an authentication: the answer to a challenge takes effect. */

export interface VerifyNeeds {
  platform: Platform;
  events: Events;
  outbox: Outbox;
}

/** An answered push, in the transaction of the answer. False where the authentication waits no longer. */
export async function takePushAnswer(
  transaction: Transaction,
  request: PushRequestRow,
  answered: Answered,
  needs: BrowserFactorNeeds,
): Promise<boolean> {
  const id = request.authentication_id!;
  const authentication = await findAuthentication.get(transaction, { id });
  if (!authentication) return false;
  if (answered.state === 'approved') {
    const proof = {
      kind: 'push',
      more: answered.userVerified ? ['user'] : [],
      earnsFamiliarity: answered.numberTyped,
    } as const;
    if (!(await prove(transaction, authentication, proof, needs))) return false;
    // The help desk has its answer; there is nothing that anybody could complete.
    if (authentication.purpose === 'verification')
      await claimCompletion.get(transaction, { id, now: needs.platform.now() });
    return true;
  }
  if (!(await makeDenied.get(transaction, { id }))) return false;
  // Somebody sits at a signed-in browser who should not: it is signed out.
  if (authentication.session_id !== null) await endSession(transaction, authentication.session_id);
  if (authentication.purpose === 'password_reset') await denyReset(transaction, authentication, needs);
  if (answered.state === 'reported') await respondToReport(transaction, authentication, needs);
  return true;
}

interface Proof {
  kind: FactorKind;
  /** Methods beyond those that the kind always proves (RFC 8176). */
  more?: readonly string[];
  /** Whether it makes the browser one that the user is used to. */
  earnsFamiliarity: boolean;
}

/** A factor was proven: the authentication is ready. False where it waits for none any more. */
async function prove(
  transaction: Transaction,
  authentication: AuthenticationRow,
  { kind, more = [], earnsFamiliarity }: Proof,
  { platform }: Pick<VerifyNeeds, 'platform'>,
): Promise<boolean> {
  const { id, user_id, amr: before } = authentication;
  const { acr, amr } = isAlone(authentication) ? provenAlone(kind, more.includes('user')) : provenBy[kind];
  const methods = [...new Set([...(JSON.parse(before) as string[]), ...amr, ...more])];
  const proven: Proven = {
    factor: kind,
    number: kind === 'push' && earnsFamiliarity,
    user_verified: kind === 'passkey' || more.includes('user'),
  };
  const ready = await makeReady.get(transaction, {
    id,
    amr: JSON.stringify(methods),
    acr,
    proof: JSON.stringify(proven),
    earns_familiarity: earnsFamiliarity ? 1 : 0,
    now: platform.now(),
  });
  if (ready) await rememberFactor.run(transaction, { id: user_id, factor: kind });
  return ready !== undefined;
}

/** The same for a factor that is proven in the browser itself: a push that waits is overtaken. @throws Refusal 409 */
async function proveHere(
  transaction: Transaction,
  authentication: AuthenticationRow,
  user: UserRow,
  asker: From,
  proof: Proof,
  needs: BrowserFactorNeeds,
): Promise<void> {
  if (!(await prove(transaction, authentication, proof, needs))) throw new Refusal('authentication_over');
  await needs.cancellation.ofAuthentication(transaction, authentication.id);
  await needs.events.record(transaction, {
    type: 'factor.used',
    actor: user,
    user,
    asker,
    details: { factor: proof.kind, authentication: authentication.id },
  });
  transaction.notify(`authentication:${authentication.id}`);
}

export type BrowserFactorNeeds = VerifyNeeds & { cancellation: Cancellation };

/** The user, where the authentication may be answered with a factor of this kind. @throws Refusal 409 */
export async function demandOffered(
  authentication: AuthenticationRow,
  kind: Exclude<FactorKind, 'push'>,
  { platform: { store, now } }: Pick<VerifyNeeds, 'platform'>,
): Promise<UserRow> {
  if (authentication.state !== 'challenge' || authentication.expires_at <= now()) {
    throw new Refusal('authentication_over');
  }
  const { others } = await offeredFactors(store, authentication, now());
  if (!others.includes(kind)) throw new Refusal('factor_not_offered');
  return (await findUser.get(store, { id: authentication.user_id }))!;
}

/** A code of the user's verification code app. @throws Refusal 409, 422 `wrong_code` or `code_already_used`, 423. */
export async function takeTotp(
  authentication: AuthenticationRow,
  code: string,
  asker: From,
  needs: BrowserFactorNeeds,
): Promise<void> {
  const user = await demandOffered(authentication, 'totp', needs);
  const proof = { kind: 'totp', earnsFamiliarity: true } as const;
  await takeTotpCode(
    user,
    code,
    asker,
    needs,
    (transaction) => proveHere(transaction, authentication, user, asker, proof, needs),
    authentication.id,
  );
}

/** A recovery code, which is spent by it. @throws Refusal 409, 422 `wrong_code` or `code_already_used`, 423. */
export async function takeRecovery(
  authentication: AuthenticationRow,
  code: string,
  asker: From,
  needs: BrowserFactorNeeds,
): Promise<void> {
  const user = await demandOffered(authentication, 'recovery_code', needs);
  // What stands on a sheet of paper says little about the browser.
  const proof = { kind: 'recovery_code', earnsFamiliarity: false } as const;
  await takeRecoveryCode(
    user,
    code,
    asker,
    needs,
    (transaction) => proveHere(transaction, authentication, user, asker, proof, needs),
    authentication.id,
  );
}

/** An assertion by one of the user's passkeys. @throws Refusal 409, 422 `passkey_failed`. */
export async function takePasskey(
  authentication: AuthenticationRow,
  response: object,
  asker: Asker,
  needs: BrowserFactorNeeds,
): Promise<void> {
  const user = await demandOffered(authentication, 'passkey', needs);
  const proof = { kind: 'passkey', earnsFamiliarity: true } as const;
  const subject = passkeySubject(authentication);
  await takeAssertion({ response, subject, userId: user.id }, needs.platform, (transaction) =>
    proveHere(transaction, authentication, user, asker, proof, needs),
  );
}

/** Whom the challenge of a passkey's assertion is given to. */
export const passkeySubject = ({ id }: Pick<AuthenticationRow, 'id'>): string => `authentication:${id}`;

async function respondToReport(
  transaction: Transaction,
  authentication: AuthenticationRow,
  { platform, events, outbox, cancellation }: BrowserFactorNeeds,
): Promise<void> {
  const { user_id, browser_hash, session_id, ip, client, id } = authentication;
  const host = hostAskOf(authentication)?.host;
  const helper = await helperOf(transaction, authentication);
  const user = (await findUser.get(transaction, { id: user_id }))!;
  // What it had begun besides, approved or not; before the sessions, so that one which is being completed is among them.
  for (const other of await endAuthenticationsOfBrowser.all(transaction, { user_id, browser_hash })) {
    await cancellation.ofAuthentication(transaction, other.id);
    transaction.notify(`authentication:${other.id}`);
  }
  const opened = await deleteSessionsOfBrowser.all(transaction, { user_id, browser_hash });
  // Somebody was in: what applications were given then would outlive the session. Whose it is, is not known.
  if (session_id !== null || opened.length > 0) await endTokensOfUser.run(transaction, { user_id });
  for (const session of opened) {
    await endSession(transaction, session.id);
    await events.record(transaction, {
      type: 'session.ended',
      user,
      details: { why: 'reported', authentication: id },
    });
  }
  await loseFamiliarity(
    transaction,
    user_id,
    host === undefined ? askerOf(authentication) : authentication.resource!,
  );
  const [what, letter] = reportOf(authentication, user, host, helper);
  await answerReport(transaction, user, { what, ip, client, authentication: id }, letter, {
    platform,
    outbox,
  });
}

/** What it is that was reported, and what the administrators are written of it. */
function reportOf(
  { purpose, client, ip }: AuthenticationRow,
  user: UserRow,
  host: string | undefined,
  helper: UserRow | undefined,
): [FraudReportKind, WriteLetter] {
  const from = { client, ip };
  if (helper) return ['verification', (letters) => letters.verificationReported(user, helper)];
  if (host !== undefined) return ['host_login', (letters) => letters.hostLoginReported(user, host, from)];
  if (purpose === 'password_reset')
    return ['password_reset', (letters) => letters.passwordResetReported(user, from)];
  return ['sign_in', (letters) => letters.signInReported(user, from)];
}

/**
 * The one-time enrolment code of somebody who lost all factors. Wrong ones count for the user, not for the sign-in.
 * @throws Refusal 409, 422 `wrong_code` or `code_already_used`, 423 `factor_locked`.
 */
export async function takeEnrollmentCode(
  authentication: AuthenticationRow,
  typed: string,
  asker: Asker,
  { platform, events }: VerifyNeeds,
): Promise<void> {
  const { store, now } = platform;
  const { user_id } = authentication;
  if (authentication.state !== 'enrollment_required' || authentication.expires_at <= now()) {
    throw new Refusal('authentication_over');
  }
  if (authentication.enrollment_code_required !== 1) return;
  const key = `enrollment_code:${user_id}`;
  const until = await blockedUntil(store, key, now());
  if (until !== undefined) throw new Refusal('factor_locked', { retry_after: secondsUntil(until, now()) });
  const user = await findUser.get(store, { id: user_id });
  const code_hash = hashSecret(normalizeCode(typed) ?? '');
  const known = await findEnrollmentCode.get(store, { code_hash, user_id });
  if (known?.used_at != null) throw new Refusal('code_already_used');
  const details = { authentication: authentication.id };
  const accepted = await store.transaction(async (transaction) => {
    const used = await useEnrollmentCode.get(transaction, { code_hash, user_id, now: now() });
    if (!used) {
      await recordFailure(transaction, key, now());
      await events.record(transaction, { type: 'enrollment_code.wrong', user, asker, details });
      return false;
    }
    await recordSuccess(transaction, key);
    await acceptEnrollmentCode.run(transaction, { id: authentication.id });
    await events.record(transaction, { type: 'enrollment_code.used', actor: user, user, asker, details });
    transaction.notify(`authentication:${authentication.id}`);
    return true;
  });
  if (!accepted) throw new Refusal('wrong_code');
}
