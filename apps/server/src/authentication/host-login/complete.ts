import type { Transaction } from '../../platform/store/store.ts';
import { findUser, type UserRow } from '../../users/store.ts';
import { isMetBy, type Proven } from '../../policy/rules.ts';
import { askerOf } from '../asker.ts';
import { rulingFor } from '../decide.ts';
import { claimCompletion } from '../store.ts';

/** What the claim of a login on a host is worth, and to whom. */
export interface ProvenOnHost {
  user: UserRow;
  amr: string[];
  /** What becomes familiar; undefined where nothing was earned. */
  earned: string | undefined;
  /** Whether the rules of the policies take it, as they are now. */
  holds: boolean;
}

/** The last step of what a host asked: claimed once, in the transaction that writes its verdict down. */
export async function claimHostLogin(
  transaction: Transaction,
  id: string,
  now: number,
): Promise<ProvenOnHost | undefined> {
  const claimed = await claimCompletion.get(transaction, { id, now });
  if (!claimed) return undefined;
  // The host itself, where nobody can tell from which network somebody comes: that is never familiar.
  const asker = askerOf(claimed);
  const { effect } = await rulingFor(transaction, claimed, claimed.user_id, now);
  return {
    user: (await findUser.get(transaction, { id: claimed.user_id }))!,
    amr: JSON.parse(claimed.amr) as string[],
    holds: isMetBy(effect, JSON.parse(claimed.proof ?? 'null') as Proven | null),
    earned: claimed.earns_familiarity === 1 && asker !== claimed.resource ? asker : undefined,
  };
}
