import type { From } from '../platform/http/asker.ts';
import { Refusal } from '../platform/http/refusal.ts';
import type { Transaction } from '../platform/store/store.ts';
import { demandFree, refuseWrongCode, takeRightCode, type TryNeeds } from '../users/factor-tries.ts';
import { countFactors, type UserRow } from '../users/store.ts';
import { recoveryHash, recoveryTries } from './codes.ts';
import { findRecoveryCode, useRecoveryCode } from './store.ts';

/**
 * Takes one of the user's recovery codes, once; `accepted` runs in the transaction that spends it. The owner is told.
 * @throws Refusal 422 `wrong_code` or `code_already_used`, 423 `factor_locked`.
 */
export async function takeRecoveryCode(
  user: UserRow,
  typed: string,
  asker: From,
  needs: TryNeeds,
  accepted: (transaction: Transaction) => Promise<void>,
  authentication?: string,
): Promise<void> {
  const { store, now } = needs.platform;
  const key = recoveryTries(user.id);
  await demandFree(store, key, now());
  const which = { code_hash: recoveryHash(typed), user_id: user.id };
  const known = await findRecoveryCode.get(store, which);
  if (!known) return refuseWrongCode({ key, kind: 'recovery_code', user, asker, authentication }, needs);
  await store.transaction(async (transaction) => {
    await takeRightCode(transaction, key, now());
    if (!(await useRecoveryCode.get(transaction, { ...which, now: now() }))) {
      throw new Refusal('code_already_used');
    }
    await accepted(transaction);
    const { recovery_codes: left } = (await countFactors.get(transaction, { user_id: user.id }))!;
    await needs.outbox.post(transaction, user, (letters) => letters.recoveryCodeUsed(left));
  });
}
