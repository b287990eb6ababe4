import type { From } from '../platform/http/asker.ts';
import { Refusal } from '../platform/http/refusal.ts';
import type { Platform } from '../platform/platform.ts';
import type { Transaction } from '../platform/store/store.ts';
import type { UserRow } from '../users/store.ts';
import { demandFree, refuseWrongCode, takeRightCode, type TryNeeds } from '../users/factor-tries.ts';
import { stepOf } from './code.ts';
import { findActiveTotp, spendStep } from './store.ts';

export const totpTries = (userId: string): string => `totp:${userId}`;

/**
 * Takes a code of the user's verification code app, once. `accepted` runs in the transaction that spends the code, so
 * that what it opens and the code's end are one. Wrong codes count for the user and this factor, whatever sign-in or
 * session they come from; `authentication` is the one that it answers.
 * @throws Refusal 409 `factor_not_offered` where there is none, 422 `wrong_code` or `code_already_used`, 423 `factor_locked`.
 */
export async function takeTotpCode<Result>(
  user: UserRow,
  typed: string,
  asker: From,
  needs: TryNeeds & { platform: Platform },
  accepted: (transaction: Transaction) => Promise<Result>,
  authentication?: string,
): Promise<Result> {
  const { store, now, sealing } = needs.platform;
  const row = await findActiveTotp.get(store, { user_id: user.id });
  if (!row) throw new Refusal('factor_not_offered');
  const key = totpTries(user.id);
  await demandFree(store, key, now());
  const step = await stepOf(typed, row, sealing, now());
  if (step === undefined) {
    return refuseWrongCode({ key, kind: 'totp', user, asker, authentication }, needs);
  }
  return store.transaction(async (transaction) => {
    await takeRightCode(transaction, key, now());
    if (!(await spendStep.get(transaction, { id: row.id, step }))) throw new Refusal('code_already_used');
    return accepted(transaction);
  });
}
