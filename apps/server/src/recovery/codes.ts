import { generateCode, normalizeCode } from '@countersign/protocol';
import type { RecoveryCodes } from '@countersign/protocol/wire';
import type { Asker } from '../platform/http/asker.ts';
import { Refusal } from '../platform/http/refusal.ts';
import type { Platform } from '../platform/platform.ts';
import { hashSecret } from '../platform/random-text.ts';
import { recordSuccess } from '../platform/rate-limits/attempts.ts';
import type { Events } from '../events/events.ts';
import type { Outbox } from '../mail/outbox.ts';
import { demandEnrollable } from '../policies/enrolment.ts';
import { demandStepUp, type LiveSession } from '../sessions/sessions.ts';
import { countFactors, findUser, holdUser } from '../users/store.ts';
import { deleteRecoveryCodes, insertRecoveryCode } from './store.ts';

/** Recovery codes (SP 800-63B-4 section 3.1.2, look-up secrets): written down for the day when the phone is gone. */

/** 80 random bits each. */
export const recoveryShape = { length: 16, group: 4 };
const codesInASet = 10;

/** Under what a code is kept; something that no code has where the text is none. */
export const recoveryHash = (written: string): string =>
  hashSecret(normalizeCode(written, recoveryShape) ?? '');

export const recoveryTries = (userId: string): string => `recovery_code:${userId}`;

export interface RecoveryNeeds {
  platform: Platform;
  events: Events;
  outbox: Outbox;
}

/**
 * A fresh set, shown this once; the codes of the set before are good no longer. They stand in for a factor, so there must
 * be one. @throws Refusal 403 `factor_disabled` or `step_up_required`, 409 `factor_not_offered`
 */
export async function makeRecoveryCodes(
  session: LiveSession,
  asker: Asker,
  { platform, events, outbox }: RecoveryNeeds,
): Promise<RecoveryCodes> {
  const { store, now, random } = platform;
  const { user_id } = session;
  await demandEnrollable(store, session, 'recovery_code');
  await demandStepUp(store, session, 'act:factors', now());
  const codes = Array.from({ length: codesInASet }, () => generateCode(random, recoveryShape));
  await store.transaction(async (transaction) => {
    // Two sets made at once are made one after the other: the codes of one of them hold.
    await holdUser.get(transaction, { id: user_id });
    const { phones, totp, passkeys } = (await countFactors.get(transaction, { user_id }))!;
    if (phones + totp + passkeys === 0) {
      throw new Refusal('factor_not_offered', { detail: 'Set up another way of signing in first.' });
    }
    await deleteRecoveryCodes.run(transaction, { user_id });
    // Wrong ones were guesses at what is gone.
    await recordSuccess(transaction, recoveryTries(user_id));
    for (const code of codes) {
      await insertRecoveryCode.run(transaction, { code_hash: recoveryHash(code), user_id, now: now() });
    }
    const user = (await findUser.get(transaction, { id: user_id }))!;
    const details = { factor: 'recovery_code' };
    await events.record(transaction, { type: 'factor.added', actor: user, user, asker, details });
    await outbox.post(transaction, user, (letters) => letters.recoveryCodesMade());
  });
  return { codes };
}
