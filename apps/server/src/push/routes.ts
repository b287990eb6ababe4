import { AnswerBody, AnswerResult, Problem, PushRequest, PushRequestList } from '@countersign/protocol/wire';
import { Type } from 'typebox';
import { demandProof } from '../authenticators/proof-of-possession.ts';
import { findByThumbprint, type AuthenticatorRow } from '../authenticators/store.ts';
import type { App } from '../platform/http/app.ts';
import { askerOf } from '../platform/http/asker.ts';
import { Refusal } from '../platform/http/refusal.ts';
import { streamEvents, type StreamedEvent } from '../platform/http/stream.ts';
import { minute } from '../platform/platform.ts';
import { answerRequest, type AnswerNeeds } from './answer.ts';
import { findRequestOf, listPendingOf, markSeen } from './store.ts';
import { pushRequestView, stateAt } from './view.ts';

/** The authenticator's side: `/authenticator/v1/requests…` and `/events`. Each call carries a proof; no cookie is read. */

const streamLifetime = 15 * minute;
const byId = Type.Object({ id: Type.String() });
const tags = ['Authenticator: requests'];

export function pushRoutes(app: App, needs: AnswerNeeds): void {
  const { platform } = needs;
  const { store, now } = platform;

  app.get(
    '/authenticator/v1/requests',
    {
      schema: {
        tags,
        summary: 'Pending requests, newest first',
        response: { 200: PushRequestList, '4xx': Problem },
      },
    },
    async (request) => {
      const { id } = await demandProof(request, platform, { pendingToo: true });
      const rows = await listPendingOf.all(store, { authenticator_id: id, now: now() });
      return { requests: rows.map((row) => pushRequestView(row, now())) };
    },
  );

  app.get(
    '/authenticator/v1/requests/:id',
    {
      schema: {
        tags,
        summary: 'One request, also after its end',
        params: byId,
        response: { 200: PushRequest, '4xx': Problem },
      },
    },
    async (request) => {
      const authenticator = await demandProof(request, platform, { pendingToo: true });
      return pushRequestView(await demandRequest(request.params.id, authenticator.id), now());
    },
  );

  app.post(
    '/authenticator/v1/requests/:id/seen',
    {
      schema: {
        tags,
        summary: 'The request is on the screen',
        params: byId,
        response: { 204: Type.Null(), '4xx': Problem },
      },
    },
    async (request, reply) => {
      const authenticator = await demandProof(request, platform, { pendingToo: true });
      const { id } = await demandRequest(request.params.id, authenticator.id);
      await store.transaction(async (transaction) => {
        const seen = await markSeen.get(transaction, { id, now: now() });
        if (!seen?.authentication_id) return;
        await needs.events.record(transaction, {
          type: 'push.seen',
          user: { id: seen.user_id, login: authenticator.login },
          asker: askerOf(request),
          details: {
            request: id,
            authentication: seen.authentication_id,
            purpose: seen.purpose,
            authenticator: authenticator.id,
          },
        });
        transaction.notify(`authentication:${seen.authentication_id}`);
      });
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/authenticator/v1/requests/:id/answer',
    {
      schema: {
        tags,
        summary: 'Approve, deny or report',
        params: byId,
        body: AnswerBody,
        response: { 200: AnswerResult, '4xx': Problem },
      },
    },
    async (request) => {
      const authenticator = await demandProof(request, platform, { pendingToo: true });
      const { id } = request.params;
      return { state: await answerRequest(id, request.body, authenticator, askerOf(request), needs) };
    },
  );

  app.get(
    '/authenticator/v1/events',
    {
      schema: {
        tags,
        summary: 'Requests as they come and end',
        description: 'Server-sent events: `request` with a PushRequest, `resolved` with `{id, state}`.',
        produces: ['text/event-stream'],
        response: { 200: Type.String(), '4xx': Problem },
      },
    },
    async (request, reply) => {
      const authenticator = await demandProof(request, platform, { pendingToo: true });
      await streamEvents(reply, {
        store,
        now,
        topics: [`authenticator:${authenticator.id}`],
        read: requestReader(authenticator),
        lifetime: streamLifetime,
        headers: reply.getHeaders() as Record<string, string>,
      });
    },
  );

  async function demandRequest(id: string, authenticator_id: string) {
    const row = await findRequestOf.get(store, { id, authenticator_id });
    if (!row) throw new Refusal('request_not_found');
    return row;
  }

  /** Remembers which requests it told of, so that each comes once and each end is told. */
  function requestReader({ id: authenticator_id, thumbprint }: AuthenticatorRow) {
    const told = new Set<string>();
    return async () => {
      // Not revoked, and its user not suspended.
      const alive = await findByThumbprint.get(store, { thumbprint });
      const pending = await listPendingOf.all(store, { authenticator_id, now: now() });
      const events: StreamedEvent[] = [];
      for (const row of pending.filter(({ id }) => !told.has(id))) {
        told.add(row.id);
        events.push({ event: 'request', data: pushRequestView(row, now()) });
      }
      for (const id of [...told].filter((one) => !pending.some((row) => row.id === one))) {
        told.delete(id);
        const row = await findRequestOf.get(store, { id, authenticator_id });
        if (row) events.push({ event: 'resolved', data: { id, state: stateAt(row, now()) } });
      }
      const wakeAt = pending.length > 0 ? Math.min(...pending.map((row) => row.expires_at)) : undefined;
      return { events, wakeAt, end: alive === undefined };
    };
  }
}
