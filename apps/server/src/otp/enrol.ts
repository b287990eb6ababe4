import { encodeBase32, formatOtpauthUri } from '@countersign/protocol/otp';
import type { CreatedTotp } from '@countersign/protocol/wire';
import type { Asker } from '../platform/http/asker.ts';
import { Refusal } from '../platform/http/refusal.ts';
import { minute, type Platform } from '../platform/platform.ts';
import { randomId } from '../platform/random-text.ts';
import { recordSuccess } from '../platform/rate-limits/attempts.ts';
import { countCall } from '../platform/rate-limits/window.ts';
import { sealed } from '../platform/sealed-columns.ts';
import { UniqueViolation } from '../platform/store/errors.ts';
import type { Transaction } from '../platform/store/store.ts';
import type { Events } from '../events/events.ts';
import type { Outbox } from '../mail/outbox.ts';
import { rulingOn } from '../policies/current.ts';
import { demandEnrollable } from '../policies/enrolment.ts';
import { isMetBy } from '../policy/rules.ts';
import { demandEnrolling, settleEnrolment } from '../sessions/enrolling.ts';
import { browserAsker } from '../sessions/familiarity.ts';
import { actLifetime, demandStepUp, type LiveSession } from '../sessions/sessions.ts';
import { elevate } from '../sessions/store.ts';
import { readSettings } from '../settings/settings.ts';
import { demandFree, refuseWrongCode, takeRightCode } from '../users/factor-tries.ts';
import { keepHasFactor } from '../users/factors.ts';
import { countFactors, findUser, type UserRow } from '../users/store.ts';
import { shape, stepOf } from './code.ts';
import {
  activateTotp,
  deletePendingTotp,
  deleteTotp,
  findActiveTotp,
  findPendingTotp,
  insertTotp,
  type TotpRow,
} from './store.ts';
import { takeTotpCode, totpTries } from './verify.ts';

/** Verification codes of any authenticator app: set up, confirmed by a first code, cleared. */

export interface TotpNeeds {
  platform: Platform;
  events: Events;
  outbox: Outbox;
}

/** RFC 4226 section 4, R6, recommends 160 bits. */
const secretBytes = 20;
const pendingLifetime = 10 * minute;
/** What a code raises the session of somebody for who has a passkey, and needs that for any other factor. */
const again = 'act:totp';
const beginsAQuarter = { most: 20, length: 15 * minute };

/**
 * A new secret, which counts for nothing until a code of it is confirmed.
 * @throws Refusal 403 `factor_disabled` or `step_up_required`, 409 `factor_exists`, 429.
 */
export async function beginTotp(session: LiveSession, { platform }: TotpNeeds): Promise<CreatedTotp> {
  const { store, now, random, sealing } = platform;
  const { user_id } = session;
  const { organization } = await readSettings(store);
  await demandEnrollable(store, session, 'totp');
  await demandEnrolling(store, session, now(), again);
  if (await findActiveTotp.get(store, { user_id })) throw new Refusal('factor_exists');
  await countCall(store, `totp_begins:${user_id}`, beginsAQuarter, now());
  const id = randomId(random);
  const bytes = Uint8Array.from(random(secretBytes));
  const secret = encodeBase32(bytes);
  await store.transaction(async (transaction) => {
    await deletePendingTotp.run(transaction, { user_id });
    await insertTotp.run(transaction, {
      id,
      user_id,
      secret: sealing.seal(secret, sealed.totpSecrets.place(id)),
      now: now(),
      expires_at: now() + pendingLifetime,
    });
  });
  const account = { type: 'totp', issuer: organization.name, label: session.login, secret: bytes } as const;
  return { id, secret, otpauth_uri: formatOtpauthUri({ ...account, ...shape, counter: 0 }) };
}

/**
 * The first code makes the factor active, and is spent by that.
 * @throws Refusal 403 `step_up_required`, 404, 409 `factor_exists`, 422 `wrong_code`, 423 `factor_locked`.
 */
export async function confirmTotp(
  session: LiveSession,
  id: string,
  typed: string,
  asker: Asker,
  needs: TotpNeeds,
): Promise<TotpRow> {
  const { store, now, sealing } = needs.platform;
  const { user_id } = session;
  const strength = await demandEnrolling(store, session, now(), again);
  const row = await findPendingTotp.get(store, { id, user_id, now: now() });
  if (!row) throw new Refusal('not_found');
  const user = (await findUser.get(store, { id: user_id }))!;
  const key = totpTries(user_id);
  await demandFree(store, key, now());
  const step = await stepOf(typed, row, sealing, now());
  if (step === undefined) return refuseWrongCode({ key, kind: 'totp', user, asker }, needs);
  try {
    return await store.transaction(async (transaction) => {
      await takeRightCode(transaction, key, now());
      await demandEnrollable(transaction, session, 'totp');
      const proven = { acr: 'urn:countersign:aal2', amr: ['pwd', 'otp', 'mfa'] } as const;
      const enrolment = { userId: user_id, sessionId: session.id, strength };
      if (!(await settleEnrolment(transaction, enrolment, proven, now()))) {
        throw new Refusal('step_up_required', { resource: 'act:factors' });
      }
      const active = await activateTotp.get(transaction, { id, step, now: now() });
      if (!active) throw new Refusal('not_found');
      await keepHasFactor(transaction, user_id);
      await tell(transaction, user, asker, 'factor.added', needs);
      return active;
    });
  } catch (error) {
    // Two confirmed at once: one is there.
    if (error instanceof UniqueViolation) throw new Refusal('factor_exists');
    throw error;
  }
}

/**
 * "Clear TOTP settings": a valid code is the step-up, also for enrolling again right after, unless a step-up would not take
 * one by the rules of the portal. Where it could not be set up again, nothing is cleared: removing is a call of its own.
 * @throws Refusal 403 `factor_disabled`, 404 where there is none, 422 `wrong_code` or `code_already_used`, 423 `factor_locked`.
 */
export async function resetTotp(
  session: LiveSession,
  typed: string,
  asker: Asker,
  needs: TotpNeeds,
): Promise<void> {
  const { store, now } = needs.platform;
  const { user_id } = session;
  const row = await findActiveTotp.get(store, { user_id });
  if (!row) throw new Refusal('not_found');
  await demandEnrollable(store, session, 'totp');
  const user = (await findUser.get(store, { id: user_id }))!;
  await takeTotpCode(user, typed, asker, needs, async (transaction) => {
    await deleteTotp.get(transaction, { id: row.id, user_id });
    await keepHasFactor(transaction, user_id);
    const portal = { user: user_id, target: 'portal', ip: asker.ip, at: now() };
    const { effect } = await rulingOn(transaction, { ...portal, asker: browserAsker(session.browser_hash) });
    const { phones, passkeys } = (await countFactors.get(transaction, { user_id }))!;
    if (isMetBy(effect, { factor: 'totp', number: false, user_verified: false })) {
      const raised = {
        session_id: session.id,
        resource: passkeys > 0 ? again : 'act:factors',
        acr: session.acr,
        amr: session.amr,
        proof: session.proof,
        until: now() + actLifetime,
      };
      await elevate.run(transaction, raised);
    }
    // It was the last, and nothing could be set up in its place.
    else if (phones + passkeys === 0) throw new Refusal('factor_disabled');
    await tell(transaction, user, asker, 'factor.removed', needs);
  });
}

/** Without a code, after a step-up. @throws Refusal 403 `step_up_required`, 404. */
export async function removeTotp(
  session: LiveSession,
  id: string,
  asker: Asker,
  needs: TotpNeeds,
): Promise<void> {
  const { store, now } = needs.platform;
  const { user_id } = session;
  await demandStepUp(store, session, 'act:factors', now());
  const user = (await findUser.get(store, { id: user_id }))!;
  await store.transaction(async (transaction) => {
    if (!(await deleteTotp.get(transaction, { id, user_id }))) throw new Refusal('not_found');
    await keepHasFactor(transaction, user_id);
    // They were guesses at what is gone.
    await recordSuccess(transaction, totpTries(user_id));
    await tell(transaction, user, asker, 'factor.removed', needs);
  });
}

/** The event, and the mail to the owner. */
async function tell(
  transaction: Transaction,
  user: UserRow,
  asker: Asker,
  type: 'factor.added' | 'factor.removed',
  { events, outbox }: TotpNeeds,
): Promise<void> {
  await events.record(transaction, { type, actor: user, user, asker, details: { factor: 'totp' } });
  await outbox.post(transaction, user, (letters) =>
    type === 'factor.added' ? letters.totpAdded() : letters.totpRemoved(),
  );
}
