import { giveUp } from '../../authentication/store.ts';
import type { Transaction } from '../../platform/store/store.ts';
import type { Cancellation } from '../../push/cancel.ts';
import type { HostLoginRow } from '../store.ts';
import type { Ending } from './outcomes.ts';
import { cancelPretended, isPretended } from './pretended.ts';
import { end, type SettleNeeds } from './settle.ts';

export type CancelNeeds = SettleNeeds & { cancellation: Cancellation };

/** Whoever waited goes away, or is sent away: nothing may be approved any more. Does nothing to what has ended. */
export async function cancelLogin(
  transaction: Transaction,
  login: HostLoginRow,
  ending: Exclude<Ending, 'allowed'>,
  needs: CancelNeeds,
): Promise<void> {
  if (isPretended(login)) return cancelPretended(transaction, login);
  if (!(await giveUp.get(transaction, { id: login.id }))) return;
  await needs.cancellation.ofAuthentication(transaction, login.id);
  await end(transaction, login, ending, needs);
}
