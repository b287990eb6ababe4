import {
  CreatedWebhook,
  CreateWebhook,
  OptionalIfMatch,
  Page,
  PageQuery,
  PatchWebhook,
  Problem,
  Webhook,
  WebhookDelivery,
  WebhookQuery,
  WebhookTest,
} from '@countersign/protocol/wire';
import { Type } from 'typebox';
import type { Events } from '../../events/events.ts';
import type { GuardedFetch } from '../../platform/guarded-fetch.ts';
import type { App } from '../../platform/http/app.ts';
import { ifMatch } from '../../platform/http/entity-tag.ts';
import { minute, timeText, type Platform } from '../../platform/platform.ts';
import { countCall } from '../../platform/rate-limits/window.ts';
import { findWebhook, listDeliveries, listWebhooks, type DeliveryRow } from '../../webhooks/store.ts';
import {
  addWebhook,
  changeSecret,
  changeWebhook,
  demand,
  removeWebhook,
  tagOfWebhook,
  testWebhook,
  webhookView,
} from '../../webhooks/webhooks.ts';
import { demandAdmin } from '../access.ts';
import { pageView, readPage } from '../paging.ts';

/** Webhooks: who is told of events. Only those see them who may change settings: an address may hold a secret. */

interface Needs {
  platform: Platform;
  events: Events;
  guardedFetch: GuardedFetch;
}

const tags = ['Administration'];
const byId = Type.Object({ id: Type.String() });
/** Each of them is a call to somebody else's server. */
const tests = { most: 10, length: minute };

const deliveryView = ({
  ended_at,
  created_at,
  webhook_id: _webhook,
  ...row
}: DeliveryRow): WebhookDelivery => ({
  ...row,
  created_at: timeText(created_at),
  ended_at: ended_at === null ? null : timeText(ended_at),
});

export function webhookRoutes(app: App, needs: Needs): void {
  const { platform, guardedFetch } = needs;
  const { store, now } = platform;
  app.get(
    '/api/v1/admin/webhooks',
    {
      schema: {
        tags,
        summary: 'Who is told of events',
        querystring: WebhookQuery,
        response: { 200: Page(Webhook), '4xx': Problem },
      },
    },
    async (request) => {
      demandAdmin(request, 'write_settings');
      const { words, limit, at, id } = readPage(request.query);
      const place = { at, id, limit: limit + 1, failing: request.query.failing ? 1 : 0 };
      const rows = await listWebhooks.all(store, { ...place, q: `%${words.join(' ')}%` });
      const page = pageView(
        rows,
        limit,
        (row) => [row.created_at, row.id],
        (row) => row,
      );
      return { ...page, items: await Promise.all(page.items.map((row) => webhookView(store, row))) };
    },
  );

  app.post(
    '/api/v1/admin/webhooks',
    {
      schema: {
        tags,
        summary: 'Tell an address of events from now on',
        description: 'The secret is in this answer and in no other.',
        body: CreateWebhook,
        response: { 201: CreatedWebhook, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const { row, secret } = await addWebhook(request.body, demandAdmin(request, 'write_settings'), needs);
      return reply.status(201).send({ ...(await webhookView(store, row)), secret });
    },
  );

  app.get(
    '/api/v1/admin/webhooks/:id',
    { schema: { tags, summary: 'One of them', params: byId, response: { 200: Webhook, '4xx': Problem } } },
    async (request) => {
      demandAdmin(request, 'write_settings');
      return webhookView(store, await demand(findWebhook.get(store, { id: request.params.id })));
    },
  );

  app.patch(
    '/api/v1/admin/webhooks/:id',
    {
      schema: {
        tags,
        summary: 'Change it; it is tried again at once',
        params: byId,
        headers: OptionalIfMatch,
        body: PatchWebhook,
        response: { 200: Webhook, '4xx': Problem },
      },
    },
    async (request) => {
      const by = demandAdmin(request, 'write_settings');
      const unchanged = ifMatch(request, tagOfWebhook);
      return webhookView(store, await changeWebhook(request.params.id, request.body, by, needs, unchanged));
    },
  );

  app.delete(
    '/api/v1/admin/webhooks/:id',
    {
      schema: {
        tags,
        summary: 'Tell it no more',
        params: byId,
        headers: OptionalIfMatch,
        response: { 204: Type.Null(), '4xx': Problem },
      },
    },
    async (request, reply) => {
      const by = demandAdmin(request, 'write_settings');
      await removeWebhook(request.params.id, by, needs, ifMatch(request, tagOfWebhook));
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/api/v1/admin/webhooks/:id/secret',
    {
      schema: {
        tags,
        summary: 'Sign with another secret from now on',
        description: 'The secret is in this answer and in no other.',
        params: byId,
        response: { 201: CreatedWebhook, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const by = demandAdmin(request, 'write_settings');
      const { row, secret } = await changeSecret(request.params.id, by, needs);
      return reply.status(201).send({ ...(await webhookView(store, row)), secret });
    },
  );

  app.post(
    '/api/v1/admin/webhooks/:id/test',
    {
      schema: {
        tags,
        summary: 'Send a message of type `webhook.test` now',
        params: byId,
        response: { 200: WebhookTest, '4xx': Problem },
      },
    },
    async (request) => {
      const { actor } = demandAdmin(request, 'write_settings');
      await countCall(store, `webhook_tests:${actor.id}`, tests, now());
      const { delivered, status, error } = await testWebhook(request.params.id, platform, guardedFetch);
      return { delivered, status: status ?? null, error: error ?? null };
    },
  );

  app.get(
    '/api/v1/admin/webhooks/:id/deliveries',
    {
      schema: {
        tags,
        summary: 'What it was told, and what waits; the newest first, for a week',
        params: byId,
        querystring: PageQuery,
        response: { 200: Page(WebhookDelivery), '4xx': Problem },
      },
    },
    async (request) => {
      demandAdmin(request, 'write_settings');
      const { id: webhook_id } = await demand(findWebhook.get(store, { id: request.params.id }));
      const { limit, at, id } = readPage(request.query);
      const rows = await listDeliveries.all(store, { webhook_id, at, id, limit: limit + 1 });
      return pageView(rows, limit, (row) => [row.created_at, row.id], deliveryView);
    },
  );
}
