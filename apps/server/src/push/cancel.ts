import type { Platform } from '../platform/platform.ts';
import type { Transaction } from '../platform/store/store.ts';
import { notifyEnd } from './answer.ts';
import {
  cancelOfAuthentication,
  cancelOfAuthenticator,
  cancelOfUser,
  cancelRequest,
  endApprovedBy,
  type PushRequestRow,
} from './store.ts';

/** Pending requests that nobody waits for any more: given up, overtaken by another factor, device revoked, user suspended. */
export function createCancellation({ now }: Pick<Platform, 'now'>) {
  const tell = (transaction: Transaction, rows: PushRequestRow[]) =>
    rows.forEach((row) => notifyEnd(transaction, row));
  return {
    ofAuthentication: async (transaction: Transaction, authentication_id: string): Promise<void> =>
      tell(transaction, await cancelOfAuthentication.all(transaction, { authentication_id, now: now() })),
    ofRequest: async (transaction: Transaction, id: string): Promise<void> =>
      tell(transaction, await cancelRequest.all(transaction, { id, now: now() })),
    ofAuthenticator: async (transaction: Transaction, authenticator_id: string): Promise<void> => {
      tell(transaction, await cancelOfAuthenticator.all(transaction, { authenticator_id, now: now() }));
      await endApprovedBy.run(transaction, { authenticator_id });
    },
    ofUser: async (transaction: Transaction, user_id: string): Promise<void> =>
      tell(transaction, await cancelOfUser.all(transaction, { user_id, now: now() })),
  };
}

export type Cancellation = ReturnType<typeof createCancellation>;
