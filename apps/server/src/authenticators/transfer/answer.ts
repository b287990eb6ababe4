import type { WriteLetter } from '../../mail/outbox.ts';
import type { Transaction } from '../../platform/store/store.ts';
import { mayEnrol } from '../../policies/enrolment.ts';
import { readSettings } from '../../settings/settings.ts';
import { answerReport } from '../../users/reports/report.ts';
import { findUser, holdUser } from '../../users/store.ts';
import { completeActivation, denyActivation, recordCompletion, type CompletionNeeds } from '../completion.ts';
import { dropActivation } from '../drop.ts';
import { revoke } from '../revoke.ts';
import {
  activateAuthenticator,
  findActivation,
  findAuthenticator,
  findPendingActivation,
  finishActivation,
  type ActivationRow,
} from '../store.ts';
import { deviceOf } from '../view.ts';
import { approveTransfer, findTransferByRequest, findTransferTo, type TransferRow } from './store.ts';

/** What an answered request of purpose `activation` leads to: of a transfer both phones must approve, and either ends it. */

type State = 'approved' | 'denied' | 'reported';

/** In the transaction of the answer. False where what was approved does not hold any more. */
export async function takeActivationAnswer(
  transaction: Transaction,
  { id, authenticator_id }: { id: string; authenticator_id: string },
  state: State,
  needs: CompletionNeeds,
): Promise<boolean> {
  const asOld = await findTransferByRequest.get(transaction, { request_id: id });
  if (asOld) return takeTransferAnswer(transaction, asOld, 'old', state, needs);
  const asNew = await findTransferTo.get(transaction, { authenticator_id });
  if (asNew) return takeTransferAnswer(transaction, asNew, 'new', state, needs);
  const end = state === 'approved' ? completeActivation : denyActivation;
  return end(transaction, authenticator_id, needs);
}

async function takeTransferAnswer(
  transaction: Transaction,
  transfer: TransferRow,
  side: 'old' | 'new',
  state: State,
  needs: CompletionNeeds,
): Promise<boolean> {
  const { activation_id } = transfer;
  if (state !== 'approved') {
    const activation = (await findActivation.get(transaction, { id: activation_id }))!;
    if (state === 'reported' && side === 'old') await reportTransfer(transaction, activation, needs);
    await dropActivation(transaction, activation, state, needs);
    return true;
  }
  const user = await findUserHeld(transaction, activation_id);
  const approved = await approveTransfer.get(transaction, { activation_id, side });
  const activation = await findPendingActivation.get(transaction, {
    id: activation_id,
    now: needs.platform.now(),
  });
  if (!user || !approved || !activation) return false;
  transaction.notify(`authenticator:${transfer.authenticator_id}`);
  if (approved.old_approved === 0 || approved.new_approved === 0) return true;
  return completeTransfer(transaction, approved, activation, needs);
}

/** Two approvals of one user's phones come here one after the other. */
async function findUserHeld(transaction: Transaction, activation_id: string) {
  const activation = await findActivation.get(transaction, { id: activation_id });
  return activation && holdUser.get(transaction, { id: activation.user_id });
}

/**
 * The new phone becomes active in the place of the one that handed the account on, and of no other. No session rises by it,
 * and no browser becomes familiar: none had part in it.
 */
async function completeTransfer(
  transaction: Transaction,
  { authenticator_id: oldId }: TransferRow,
  { authenticator_id: newId, user_id }: ActivationRow,
  needs: CompletionNeeds,
): Promise<boolean> {
  const { push } = await readSettings(transaction);
  const old = await findAuthenticator.get(transaction, { id: oldId });
  const activation = await finishActivation.get(transaction, {
    authenticator_id: newId,
    now: needs.platform.now(),
  });
  const user = (await findUser.get(transaction, { id: user_id }))!;
  const mayMove = push.transfer && (await mayEnrol(transaction, { user_id, ...user }, 'push'));
  // Switched off, removed or overtaken since.
  if (!mayMove || old?.state !== 'active' || !activation) return false;
  if (!(await activateAuthenticator.get(transaction, { id: newId }))) return false;
  const actor = { id: user.id, login: user.login };
  await revoke(transaction, oldId, { by: 'replacement', actor }, needs);
  await recordCompletion(transaction, 'transfer.completed', activation, user, needs);
  transaction.notify(`authenticator:${newId}`);
  return true;
}

/** Somebody who holds the old phone, or a picture of its code, tries to take the account over. */
async function reportTransfer(
  transaction: Transaction,
  { user_id, authenticator_id }: ActivationRow,
  needs: CompletionNeeds,
): Promise<void> {
  const user = (await findUser.get(transaction, { id: user_id }))!;
  const phone = authenticator_id && (await findAuthenticator.get(transaction, { id: authenticator_id }));
  const device = phone ? deviceOf(phone).name : null;
  const letter: WriteLetter = (letters) => letters.transferReported(user, device);
  await answerReport(transaction, user, { what: 'transfer', client: device }, letter, needs);
}
