import type { PushRequest } from '@countersign/protocol/wire';
import type { Account } from '../accounts/database.ts';
import { call } from '../server/client.ts';

/** Taking away the notifications of requests that are over. The service worker does it too. */

/** What each notification of a request carries. */
export interface NotificationData {
  /** The request. */
  id?: string;
  /** The account, where it is known. */
  account?: string;
  /** Milliseconds since 1970. */
  expiresAt?: number;
  /** It says how something ended, and stays until the person takes it away. */
  said?: boolean;
}

type Registration = Pick<ServiceWorkerRegistration, 'getNotifications'>;

/** Once it has ended. */
export async function closeNotification(requestId: string): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  const shown = (await registration?.getNotifications?.({ tag: requestId })) ?? [];
  for (const notification of shown) {
    if (!(notification.data as NotificationData | null)?.said) notification.close();
  }
}

/**
 * Asks the servers what is still pending, closes the notifications of everything else, and returns what is pending.
 * What cannot be learnt now is closed only when its time is over.
 */
export async function closeStale(
  registration: Registration,
  accounts: readonly Account[],
): Promise<{ id: string; account: Account }[]> {
  // Before the servers are asked: a request that began since then is not among what they answer, and is not over.
  const shown = (await registration.getNotifications?.()) ?? [];
  const unreached = new Set<string>();
  const pending: { id: string; account: Account }[] = [];
  await Promise.all(
    accounts.map(async (account) => {
      try {
        const { requests } = await call<{ requests: PushRequest[] }>(account, 'GET', '/requests');
        pending.push(...requests.map(({ id }) => ({ id, account })));
      } catch {
        unreached.add(account.id);
      }
    }),
  );
  for (const notification of shown) {
    const { id, account, expiresAt, said } = (notification.data ?? {}) as NotificationData;
    if (id === undefined || said || pending.some((each) => each.id === id)) continue;
    const isUnknown = account === undefined ? unreached.size > 0 : unreached.has(account);
    if (!isUnknown || (expiresAt !== undefined && expiresAt <= Date.now())) notification.close();
  }
  return pending;
}
