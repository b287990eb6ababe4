import webPush from 'web-push';
import type { PushMessage } from '@countersign/protocol/wire';
import {
  correctVapidKey,
  dropSubscription,
  findAuthenticator,
  type AuthenticatorRow,
} from '../authenticators/store.ts';
import { BlockedAddress, type GuardedFetch } from '../platform/guarded-fetch.ts';
import type { Vapid, VapidKeys } from '../platform/keys/keys.ts';
import { second, type Platform } from '../platform/platform.ts';
import { sealed } from '../platform/sealed-columns.ts';
import { findRequest, type PushRequestRow } from './store.ts';
import { pushRequestView, stateAt } from './view.ts';

/**
 * Waking the phone: standard Web Push (RFC 8030), encrypted (RFC 8291), signed (RFC 8292). A push is a wake-up and
 * nothing more: whether or not it arrives, the request exists and can be answered by the open app.
 */
export interface Delivery {
  /** Sends in the background, trying again while the request lives. Never fails the caller. */
  wake(request: PushRequestRow): void;
}

const firstRetry = second;
const longestRetry = 15 * second;

export type Outcome = 'delivered' | 'gone' | 'refused' | 'again';
/** As they are counted; `failed`: the push service was not reached. */
export const pushOutcomes: readonly (Outcome | 'failed')[] = [
  'delivered',
  'gone',
  'refused',
  'again',
  'failed',
];

/** What an answer of a push service means (RFC 8030 section 5). */
export function outcomeOf(status: number): Outcome {
  if (status >= 200 && status < 300) return 'delivered';
  if (status === 404 || status === 410) return 'gone';
  if (status === 408 || status === 429 || status >= 500) return 'again';
  return 'refused';
}

export function createDelivery(
  platform: Platform,
  vapid: Vapid,
  guardedFetch: GuardedFetch,
  count: (outcome: Outcome | 'failed') => void,
): Delivery {
  const { store, sealing, now, issuer, log } = platform;
  // RFC 8292 section 2.1: a contact, as mailto: or https:. Some services refuse everything else.
  const subject = issuer.startsWith('https:') ? issuer : `mailto:countersign@${new URL(issuer).hostname}`;

  /** Signs with the key that the subscription was made for. Where that is not known for sure, the push service tells. */
  async function sendOnce(
    request: PushRequestRow,
    authenticator: AuthenticatorRow,
  ): Promise<{ outcome: Outcome; after: number }> {
    const all = await vapid.all();
    const own = all.find(({ publicKey }) => publicKey === authenticator.vapid_public_key) ?? all[0]!;
    for (const keys of [own, ...all.filter((each) => each !== own)]) {
      const sent = await sendSigned(request, authenticator, keys);
      if (sent.outcome === 'wrong key') continue;
      if (keys !== own && sent.outcome === 'delivered') {
        const { id, push_subscription } = authenticator;
        await correctVapidKey.run(store, { id, push_subscription, vapid_public_key: keys.publicKey });
      }
      return { outcome: sent.outcome, after: sent.after };
    }
    return { outcome: 'refused', after: 0 };
  }

  async function sendSigned(
    request: PushRequestRow,
    authenticator: AuthenticatorRow,
    keys: VapidKeys,
  ): Promise<{ outcome: Outcome | 'wrong key'; after: number }> {
    const subscription = JSON.parse(
      sealing.open(authenticator.push_subscription!, sealed.pushSubscriptions.place(authenticator.id)),
    ) as webPush.PushSubscription;
    const details = webPush.generateRequestDetails(
      subscription,
      JSON.stringify(messageOf(request, issuer, now())),
      {
        vapidDetails: { subject, ...keys },
        TTL: Math.max(1, Math.ceil((request.expires_at - now()) / 1000)),
        urgency: 'high',
        topic: request.id,
      },
    );
    const response = await guardedFetch(details.endpoint, {
      method: 'POST',
      headers: details.headers,
      body: details.body,
    });
    // RFC 8292 section 4.2; one of the large services says 401.
    const isWrongKey = response.status === 401 || response.status === 403;
    const outcome = isWrongKey ? 'wrong key' : outcomeOf(response.status);
    if (outcome !== 'delivered') {
      log.info({ status: response.status, authenticator: authenticator.id }, 'push service refused');
    }
    return { outcome, after: Number(response.headers['retry-after']) * second || 0 };
  }

  /** The phone cannot be woken any more: its owner sees that in the portal, and the app makes a new subscription when opened. */
  async function drop(authenticator: AuthenticatorRow, request: PushRequestRow): Promise<void> {
    await store.transaction(async (transaction) => {
      const push_subscription = authenticator.push_subscription;
      await dropSubscription.run(transaction, { id: authenticator.id, push_subscription });
      transaction.notify(`authenticator:${authenticator.id}`);
      if (request.authentication_id) transaction.notify(`authentication:${request.authentication_id}`);
    });
  }

  async function deliver(request: PushRequestRow): Promise<void> {
    for (let pause = firstRetry; ; pause = Math.min(longestRetry, pause * 2)) {
      const authenticator = await findAuthenticator.get(store, { id: request.authenticator_id });
      if (!authenticator?.push_subscription) return;
      let after = 0;
      try {
        const sent = await sendOnce(request, authenticator);
        count(sent.outcome);
        if (sent.outcome === 'gone') return await drop(authenticator, request);
        if (sent.outcome !== 'again') return;
        after = sent.after;
      } catch (error) {
        count('failed');
        log.info({ authenticator: authenticator.id, reason: (error as Error).message }, 'push not sent');
        if (error instanceof BlockedAddress) return await drop(authenticator, request);
      }
      const wait = Math.max(pause, after);
      if (now() + wait >= request.expires_at) return;
      await new Promise((resolve) => setTimeout(resolve, wait).unref());
      const current = await findRequest.get(store, { id: request.id });
      if (!current || stateAt(current, now()) !== 'pending') return;
    }
  }

  return {
    wake: (request) => {
      deliver(request).catch((error: unknown) =>
        log.error({ err: error, request: request.id }, 'push failed'),
      );
    },
  };
}

/** The payload says who asks for what, never the number: it lies on a lock screen. */
function messageOf(request: PushRequestRow, issuer: string, now: number): PushMessage {
  const { purpose, resource, account, context } = pushRequestView(request, now);
  const titles: Partial<Record<typeof purpose, string>> = {
    // Only of a phone that is being enrolled does the server know for sure who asks.
    activation: context.familiar ? 'Finish setting up this phone' : `Move your account to ${resource.name}?`,
    test: 'Test: your phone can be reached',
    password_reset: 'Reset your password?',
    step_up: `Confirm for ${resource.name}`,
    device_login: `Log in on ${resource.name}?`,
    backchannel: `${resource.name} asks: is it you?`,
    verification: `${resource.name}: are you calling?`,
  };
  return {
    v: 1,
    kind: 'request',
    issuer,
    id: request.id,
    title: titles[purpose] ?? `Sign in to ${resource.name}?`,
    body: [account.login, context.client, context.ip].filter(Boolean).join(' · '),
  };
}
