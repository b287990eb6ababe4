import { decodeBase64url } from '@countersign/protocol';
import type { AuthenticatorSelf, PushSubscription as WireSubscription } from '@countersign/protocol/wire';
import { changeAccount, type Account } from '../accounts/database.ts';
import { call } from '../server/client.ts';

/** Web Push on this device. A push only wakes the app: without it, requests come while the app is open. */

export type NotificationState = 'granted' | 'denied' | 'default' | 'unsupported';

export const notificationState = (): NotificationState =>
  typeof Notification === 'undefined' || !('serviceWorker' in navigator) || !('PushManager' in globalThis)
    ? 'unsupported'
    : Notification.permission;

/** Asks the person; only from a tap. */
export async function askForNotifications(): Promise<NotificationState> {
  if (notificationState() === 'unsupported') return 'unsupported';
  return Notification.requestPermission();
}

/** The subscription for this server's key: the one that is there, or a new one; null where there can be none. */
export async function subscribe(vapidPublicKey: string): Promise<WireSubscription | null> {
  if (notificationState() !== 'granted') return null;
  const key = decodeBase64url(vapidPublicKey);
  const { pushManager } = await navigator.serviceWorker.ready;
  if (!key) return null;
  try {
    let subscription = await pushManager.getSubscription();
    const present = subscription?.options.applicationServerKey;
    // A subscription has one server key. The server's has changed: the old subscription is worth nothing.
    if (subscription && present && !isSame(new Uint8Array(present), key)) {
      await subscription.unsubscribe();
      subscription = null;
    }
    subscription ??= await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
    const { endpoint, keys } = subscription.toJSON();
    return endpoint && keys?.p256dh && keys.auth
      ? { endpoint, keys: { p256dh: keys.p256dh, auth: keys.auth } }
      : null;
  } catch {
    // No push service on this system, or it is away: the next opening tries again.
    return null;
  }
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);

/** On every opening: what the server has of this phone is brought up to date, since subscriptions change silently. */
export async function resync(account: Account, vapidPublicKey: string): Promise<void> {
  const push_subscription = await subscribe(vapidPublicKey);
  const self = await call<AuthenticatorSelf>(account, 'PATCH', '/me', {
    push_subscription,
    device: account.device,
  });
  await changeAccount(account.id, {
    state: self.authenticator.state,
    push: self.authenticator.push,
    organization: self.organization.name,
    name: self.account.name,
    hasVerificationKey: self.webauthn_registered,
    userVerification: self.user_verification,
    lastReachedAt: Date.now(),
    revoked: false,
  });
}
