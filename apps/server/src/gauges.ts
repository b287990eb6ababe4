import { countUnsealed } from './events/store.ts';
import { countHosts } from './hosts/store.ts';
import { countFailedMails, countQueuedMails } from './mail/store.ts';
import type { Metrics } from './platform/metrics.ts';
import { minute, type Platform } from './platform/platform.ts';
import { countAllPending, countWebhooksByState } from './webhooks/store.ts';

/** How the store stands, as operators watch it: counted when Prometheus asks, the same by whichever process is asked. */

/** Hosts ask every 10 minutes. */
const silentAfter = 30 * minute;

export function addGauges(
  metrics: Pick<Metrics, 'addGauge'>,
  { store, now }: Pick<Platform, 'store' | 'now'>,
): void {
  metrics.addGauge('store_up', 'Whether the store answers', [], async () => [
    [
      {},
      await store.ping().then(
        () => 1,
        () => 0,
      ),
    ],
  ]);
  const queues = {
    mails: countQueuedMails,
    webhook_messages: countAllPending,
    events_to_seal: countUnsealed,
  };
  metrics.addGauge('waiting', 'What waits to be done, by queue', ['queue'], () =>
    Promise.all(
      Object.entries(queues).map(
        async ([queue, statement]) => [{ queue }, (await statement.get(store))!.count] as const,
      ),
    ),
  );
  metrics.addGauge('mails_failed', 'Mails that were given up', [], async () => [
    [{}, (await countFailedMails.get(store))!.count],
  ]);
  metrics.addGauge('webhooks', 'Webhooks by state; a failing one is an active one', ['state'], async () =>
    byState(['active', 'failing', 'paused', 'disabled'], await countWebhooksByState.all(store)),
  );
  metrics.addGauge(
    'hosts',
    'Hosts by state; a silent one is active, and was not heard of lately',
    ['state'],
    async () =>
      byState(
        ['active', 'silent', 'revoked'],
        await countHosts.all(store, { silent_since: now() - silentAfter }),
      ),
  );
}

/** Of a state that nobody is in there are none, rather than nothing known. */
const byState = (states: string[], rows: readonly { state: string; count: number }[]) =>
  states.map((state) => [{ state }, rows.find((row) => row.state === state)?.count ?? 0] as const);
