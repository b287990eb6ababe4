import type { Asker } from '../platform/http/asker.ts';
import type { Platform } from '../platform/platform.ts';
import type { Transaction } from '../platform/store/store.ts';
import type { Events } from '../events/events.ts';
import { findUser } from '../users/store.ts';
import { expireActivation, revokeAuthenticator, type ActivationRow } from './store.ts';
import { listOpenTransfersOf, removeBackupOf } from './transfer/store.ts';

/** The unfinished end of an activation, and of a transfer with it. */

export interface DropNeeds {
  platform: Pick<Platform, 'now'>;
  events: Events;
  /** What waits on a phone that goes; the push domain's, handed in. */
  cancelRequests: (transaction: Transaction, authenticatorId: string) => Promise<void>;
  /** One request, of a phone that stays. */
  cancelRequest: (transaction: Transaction, requestId: string) => Promise<void>;
}

/** `overtaken`: by a newer code. `phone_removed`: the old phone, or the new one, was revoked by other means. */
export type WhyDropped =
  | 'denied'
  | 'reported'
  | 'cancelled'
  | 'expired'
  | 'overtaken'
  | 'phone_removed'
  | 'suspended'
  | 'signed_out'
  | 'password_changed';

/**
 * A phone said no, the portal or the old phone gave up, or the time is over: the pending authenticator goes, unheard of by
 * anybody; of a transfer the backup goes too, and the old phone is asked no longer. Does nothing where it has ended already.
 */
export async function dropActivation(
  transaction: Transaction,
  { id }: Pick<ActivationRow, 'id'>,
  why: WhyDropped,
  { events, platform, cancelRequests, cancelRequest }: DropNeeds,
  asker?: Asker,
): Promise<void> {
  const expired = await expireActivation.get(transaction, { id });
  if (!expired) return;
  if (expired.authenticator_id !== null) {
    await revokeAuthenticator.run(transaction, { id: expired.authenticator_id, now: platform.now() });
    await cancelRequests(transaction, expired.authenticator_id);
    transaction.notify(`authenticator:${expired.authenticator_id}`);
  }
  const transfer = await removeBackupOf.get(transaction, { activation_id: id });
  if (transfer) {
    if (transfer.request_id !== null) await cancelRequest(transaction, transfer.request_id);
    transaction.notify(`authenticator:${transfer.authenticator_id}`);
  }
  const user = await findUser.get(transaction, { id: expired.user_id });
  await events.record(transaction, {
    type: transfer ? 'transfer.dropped' : 'activation.dropped',
    user,
    asker,
    details: { activation: id, why },
  });
  transaction.notify(`activation:${id}`);
}

/** A phone is revoked: neither may it hand its account on any more, nor may it take one over. */
export async function dropTransfersOf(
  transaction: Transaction,
  authenticator_id: string,
  needs: DropNeeds,
): Promise<void> {
  for (const transfer of await listOpenTransfersOf.all(transaction, { authenticator_id })) {
    await dropActivation(transaction, transfer, 'phone_removed', needs);
  }
}
