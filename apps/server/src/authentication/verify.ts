import { normalizeCode } from '@countersign/protocol';
import type { Asker } from '../platform/http/asker.ts';
import { Refusal, secondsUntil } from '../platform/http/refusal.ts';
import type { Platform } from '../platform/platform.ts';
import { hashSecret } from '../platform/random-text.ts';
import { blockedUntil, recordFailure, recordSuccess } from '../platform/rate-limits/attempts.ts';
import type { Transaction } from '../platform/store/store.ts';
import type { Events } from '../events/events.ts';
import type { Outbox } from '../mail/outbox.ts';
import type { Answered } from '../push/answer.ts';
import type { PushRequestRow } from '../push/store.ts';
import { browserAsker, loseFamiliarity } from '../sessions/familiarity.ts';
import { endSession } from '../sessions/sessions.ts';
import { deleteSessionsOfBrowser } from '../sessions/store.ts';
import { answerReport } from '../users/report.ts';
import { findEnrollmentCode, findUser, useEnrollmentCode } from '../users/store.ts';
import {
  acceptEnrollmentCode,
  findAuthentication,
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
  needs: VerifyNeeds,
): Promise<boolean> {
  const { now } = needs.platform;
  const id = request.authentication_id!;
  const authentication = await findAuthentication.get(transaction, { id });
  if (!authentication) return false;
  if (answered.state === 'approved') {
    const amr = [
      ...new Set([
        ...(JSON.parse(authentication.amr) as string[]),
        'swk',
        'pop',
        'mfa',
        ...(answered.userVerified ? ['user'] : []),
      ]),
    ];
    const ready = await makeReady.get(transaction, {
      id,
      amr: JSON.stringify(amr),
      earns_familiarity: answered.numberTyped ? 1 : 0,
      now: now(),
    });
    return ready !== undefined;
  }
  if (!(await makeDenied.get(transaction, { id }))) return false;
  // Somebody sits at a signed-in browser who should not: it is signed out.
  if (authentication.session_id !== null) await endSession(transaction, authentication.session_id);
  if (answered.state === 'reported') await respondToReport(transaction, authentication, needs);
  return true;
}

async function respondToReport(
  transaction: Transaction,
  { user_id, browser_hash, ip, client, id }: AuthenticationRow,
  { platform, events, outbox }: VerifyNeeds,
): Promise<void> {
  const user = (await findUser.get(transaction, { id: user_id }))!;
  for (const session of await deleteSessionsOfBrowser.all(transaction, { user_id, browser_hash })) {
    await endSession(transaction, session.id);
    await events.record(transaction, {
      type: 'session.ended',
      user,
      details: { why: 'reported', authentication: id },
    });
  }
  await loseFamiliarity(transaction, user_id, browserAsker(browser_hash));
  const letter = {
    subject: `${user.login} reported a sign-in that was not theirs`,
    paragraphs: [
      `${user.name} (${user.login}) answered a sign-in request with "This wasn't me". It came from ${client ?? 'an unknown client'} at ${ip ?? 'an unknown address'}.`,
      'Whoever asked knows the password. Sign-ins from unfamiliar browsers get no push for 30 minutes; see to it that the password is changed.',
    ],
  };
  await answerReport(transaction, user, letter, { platform, outbox });
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
  const accepted = await store.transaction(async (transaction) => {
    const used = await useEnrollmentCode.get(transaction, { code_hash, user_id, now: now() });
    if (!used) {
      await recordFailure(transaction, key, now());
      await events.record(transaction, { type: 'enrollment_code.wrong', user, asker });
      return false;
    }
    await recordSuccess(transaction, key);
    await acceptEnrollmentCode.run(transaction, { id: authentication.id });
    await events.record(transaction, { type: 'enrollment_code.used', actor: user, user, asker });
    transaction.notify(`authentication:${authentication.id}`);
    return true;
  });
  if (!accepted) throw new Refusal('wrong_code');
}
