import type { Asker } from '../platform/http/asker.ts';
import type { Transaction } from '../platform/store/store.ts';
import type { Outbox } from '../mail/outbox.ts';
import { keepHasFactor } from '../users/factors.ts';
import { findUser } from '../users/store.ts';
import { dropTransfersOf, type DropNeeds } from './drop.ts';
import { dropOfflineSeed, revokeAuthenticator, type AuthenticatorRow } from './store.ts';
import { deviceOf } from './view.ts';

/** Who took the phone away, in the words of the mail to its owner. */
export type RevokedBy = 'portal' | 'app' | 'replacement' | 'administrator' | 'not_my_phone';

export interface Revocation {
  by: RevokedBy;
  actor: { id: string; login: string };
  asker?: Asker;
}

/**
 * Revokes an authenticator: its key is dead from now on, its streams end, its owner is told by mail. What waits on it
 * is cancelled by `cancelRequests` (the push domain's, handed in), and transfers from or to it end. Undefined where it was revoked already.
 */
export async function revoke(
  transaction: Transaction,
  id: string,
  { by, actor, asker }: Revocation,
  needs: DropNeeds & { outbox: Outbox },
): Promise<AuthenticatorRow | undefined> {
  await dropTransfersOf(transaction, id, needs);
  const row = await revokeAuthenticator.get(transaction, { id, now: needs.platform.now() });
  if (!row) return undefined;
  await needs.cancelRequests(transaction, id);
  await keepHasFactor(transaction, row.user_id);
  await dropOfflineSeed.run(transaction, { user_id: row.user_id });
  transaction.notify(`authenticator:${id}`);
  const user = (await findUser.get(transaction, { id: row.user_id }))!;
  const { name: device } = deviceOf(row);
  await needs.events.record(transaction, {
    type: by === 'replacement' ? 'authenticator.replaced' : 'authenticator.removed',
    actor,
    user,
    asker,
    details: { authenticator: id, device, by },
  });
  await needs.outbox.post(transaction, user, (letters) => letters.phoneRemoved(device, by));
  return row;
}
