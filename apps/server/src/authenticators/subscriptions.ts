import type { PushSubscription } from '@countersign/protocol/wire';
import type { Vapid } from '../platform/keys/keys.ts';
import type { Platform } from '../platform/platform.ts';
import { sealed } from '../platform/sealed-columns.ts';
import type { Transaction } from '../platform/store/store.ts';
import type { AuthenticatorRow } from './store.ts';

type Columns = Pick<AuthenticatorRow, 'push' | 'push_subscription' | 'vapid_public_key'>;

/** How a push subscription is kept: sealed, and with the server's key that it was made for. */
export interface Subscriptions {
  /** The key that a new subscription is made for. */
  publicKey(): Promise<string>;
  /** `before` is the authenticator where it may have one already: of that address the key stays the same. */
  columns(
    transaction: Transaction,
    authenticatorId: string,
    subscription: PushSubscription | null,
    before?: Columns,
  ): Promise<Columns>;
}

export function createSubscriptions({ sealing }: Pick<Platform, 'sealing'>, vapid: Vapid): Subscriptions {
  return {
    publicKey: async () => (await vapid.current()).publicKey,
    async columns(transaction, id, subscription, before) {
      if (!subscription) return { push: 'none', push_subscription: null, vapid_public_key: null };
      const place = sealed.pushSubscriptions.place(id);
      const present =
        before?.push_subscription == null
          ? undefined
          : (JSON.parse(sealing.open(before.push_subscription, place)) as PushSubscription);
      const isKnown = present?.endpoint === subscription.endpoint;
      return {
        push: 'ok',
        push_subscription: sealing.seal(JSON.stringify(subscription), place),
        vapid_public_key: isKnown ? before!.vapid_public_key : (await vapid.current(transaction)).publicKey,
      };
    },
  };
}
