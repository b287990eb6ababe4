import type { Events } from '../events/events.ts';
import { findEvent } from '../events/store.ts';
import { eventView } from '../events/view.ts';
import type { Outbox } from '../mail/outbox.ts';
import type { GuardedFetch } from '../platform/guarded-fetch.ts';
import { day, hour, minute, second, type Platform } from '../platform/platform.ts';
import { listOwners } from '../users/store.ts';
import { send, type Outcome } from './message.ts';
import { pending } from './enqueue.ts';
import {
  disable,
  endDelivery,
  findFirstPending,
  giveBack,
  noteFailure,
  noteSuccess,
  postpone,
  takeDueWebhook,
  type DeliveryRow,
  type WebhookRow,
} from './store.ts';
import { originOf, secretOf } from './webhooks.ts';

/**
 * Webhooks are told in the order of the log, each by itself: one that hangs or fails holds up its own messages and no
 * others. What is not taken is told again, for a day.
 */

export interface DeliveryNeeds {
  platform: Platform;
  events: Events;
  outbox: Outbox;
  guardedFetch: GuardedFetch;
}

/** More than the messages of one turn may take, the last of which may hang for 10 seconds. */
const lease = minute;
const turn = 30 * second;
const pollInterval = 5 * second;
const firstPause = 5 * second;
const longestPause = hour;
/** Without one success for so long, and it is told no more. */
const patience = day;
/** So many are told at once by one process. */
const mostInHand = 16;
/** RFC 9110, section 15.5.11: whoever answers so wants no more. */
const gone = 410;

/** Begins to tell them, and returns what stops it (after those in hand). */
export function startWebhooks(needs: DeliveryNeeds): () => Promise<void> {
  const { store, now, log } = needs.platform;
  let goOn = () => {};
  let woken = false;
  const wake = () => {
    woken = true;
    goOn();
  };
  let running = true;
  const unsubscribe = store.subscribe(pending, wake);
  const inHand = new Set<Promise<void>>();

  async function tellDue(): Promise<void> {
    while (running && inHand.size < mostInHand) {
      const lease_end = now() + lease;
      const webhook = await takeDueWebhook.get(store, { now: now(), lease_end });
      if (!webhook) return;
      const telling = tellInTurn(webhook, lease_end, needs, () => running)
        .catch((error: unknown) => log.error({ err: error }, 'what became of a webhook was not kept'))
        .finally(() => {
          inHand.delete(telling);
          wake();
        });
      inHand.add(telling);
    }
  }

  async function somethingToTell(): Promise<void> {
    if (!woken) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pollInterval);
        goOn = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    woken = false;
  }

  const loop = (async () => {
    while (running) {
      await tellDue().catch((error: unknown) => log.error({ err: error }, 'telling webhooks failed'));
      if (running) await somethingToTell();
    }
  })();
  return async () => {
    running = false;
    unsubscribe();
    wake();
    await loop;
    await Promise.all(inHand);
  };
}

/** One message after the other, until there are none, one fails, or the turn is over. */
async function tellInTurn(
  webhook: WebhookRow,
  lease_end: number,
  needs: DeliveryNeeds,
  mayGoOn: () => boolean,
): Promise<void> {
  const { platform, guardedFetch } = needs;
  const { store, now } = platform;
  const target = { url: webhook.url, secret: secretOf(webhook, platform) };
  const until = lease_end - lease + turn;
  while (mayGoOn() && now() < until) {
    const delivery = await findFirstPending.get(store, { webhook_id: webhook.id, lease_end });
    if (!delivery) break;
    const event = await findEvent.get(store, { id: delivery.event_id });
    if (!event) {
      const error = 'the event was removed by retention';
      await endDelivery.run(store, { id: delivery.id, state: 'failed', status: null, error, now: now() });
      continue;
    }
    const data = eventView(event);
    const message = { id: event.id, type: event.type, timestamp: data.at, data };
    const outcome = await send(target, message, now(), guardedFetch);
    if (!outcome.delivered) return noteFailed(webhook, delivery, outcome, lease_end, needs);
    await store.transaction(async (transaction) => {
      const ended = { id: delivery.id, state: 'delivered', status: outcome.status!, error: null, now: now() };
      await endDelivery.run(transaction, ended);
      await noteSuccess.run(transaction, { id: webhook.id, lease_end });
    });
  }
  await giveBack.run(store, { id: webhook.id, lease_end });
}

async function noteFailed(
  { id, tries }: WebhookRow,
  delivery: DeliveryRow,
  { status = null, error = '' }: { status?: number | null } & Pick<Outcome, 'error'>,
  lease_end: number,
  { platform, events, outbox }: DeliveryNeeds,
): Promise<void> {
  const { store, now, log } = platform;
  log.warn({ webhook: id, reason: error }, 'a webhook was not delivered');
  await store.transaction(async (transaction) => {
    await noteFailure.run(transaction, { id: delivery.id, status, error });
    const next_try_at = now() + Math.min(longestPause, firstPause * 2 ** Math.min(tries, 20));
    const failed = await postpone.get(transaction, { id, lease_end, next_try_at, error, now: now() });
    if (!failed || (status !== gone && now() - failed.failing_since! < patience)) return;
    const given = await disable.get(transaction, { id });
    if (!given) return;
    const origin = originOf(given);
    await events.record(transaction, {
      type: 'webhook.disabled',
      details: { webhook: id, origin, reason: error },
    });
    for (const owner of await listOwners.all(transaction)) {
      await outbox.post(transaction, owner, (letters) => letters.webhookDisabled(origin, error));
    }
  });
}
