import { Problem, VerificationPush } from '@countersign/protocol/wire';
import { Type } from 'typebox';
import type { ChallengeNeeds } from '../../authentication/challenge.ts';
import { askCaller, cancelAsked, demandAsked, verificationPushView } from '../../authentication/help-desk.ts';
import type { App, Reply, Request } from '../../platform/http/app.ts';
import { askerOf } from '../../platform/http/asker.ts';
import { Refusal } from '../../platform/http/refusal.ts';
import { onlyChanges, streamEvents } from '../../platform/http/stream.ts';
import type { Cancellation } from '../../push/cancel.ts';
import type { Sessions } from '../../sessions/sessions.ts';
import { findUser } from '../../users/store.ts';
import { demandAdmin, demandRankOver } from '../access.ts';

/** "Is it you who is calling?", asked from a person's page, for the help desk and above. */

const tags = ['Administration'];
const path = '/api/v1/admin/users/:id/verification-push';
const byId = Type.Object({ id: Type.String() });
const byPush = Type.Object({ id: Type.String(), push: Type.String() });

export function verificationPushRoutes(
  app: App,
  needs: ChallengeNeeds & { sessions: Sessions; cancellation: Cancellation },
): void {
  const { platform, sessions } = needs;
  const { store, now } = platform;
  const demand = async (request: Request, reply: Reply, stream = false) => {
    const session = await demandAdmin(sessions, request, reply, 'help', { stream });
    return { session, by: { id: session.user_id, login: session.login } };
  };

  app.post(
    path,
    {
      schema: {
        tags,
        summary: 'Ask the person’s phone whether it is them who is calling',
        description: 'The number is for the caller to type on the phone. Nothing is opened by the answer.',
        params: byId,
        response: { 201: VerificationPush, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const { session, by } = await demand(request, reply);
      const user = await findUser.get(store, { id: request.params.id });
      if (!user) throw new Refusal('not_found');
      demandRankOver(session, user);
      const id = await askCaller(user, by, askerOf(request), needs);
      return reply.status(201).send(await verificationPushView(store, { id }, now()));
    },
  );

  app.get(
    `${path}/:push`,
    {
      schema: {
        tags,
        summary: 'How it stands, for whoever asked',
        params: byPush,
        response: { 200: VerificationPush, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const { by } = await demand(request, reply);
      const row = await demandAsked(store, request.params.push, request.params.id, by);
      return verificationPushView(store, row, now());
    },
  );

  app.get(
    `${path}/:push/events`,
    {
      schema: {
        tags,
        summary: 'The same as it changes',
        description: 'Server-sent events: `verification-push` with a VerificationPush.',
        params: byPush,
        produces: ['text/event-stream'],
        response: { 200: Type.String(), '4xx': Problem },
      },
    },
    async (request, reply) => {
      const { session, by } = await demand(request, reply, true);
      const row = await demandAsked(store, request.params.push, request.params.id, by);
      const changes = onlyChanges<VerificationPush>();
      await streamEvents(reply, {
        store,
        now,
        topics: [`authentication:${row.id}`, `session:${session.id}`],
        headers: reply.getHeaders() as Record<string, string>,
        read: async () => {
          const data = await verificationPushView(store, row, now());
          return {
            events: changes(data).map((each) => ({ event: 'verification-push', data: each })),
            end: data.state !== 'pending' || !(await sessions.isLive(store, session.id)),
            wakeAt: Date.parse(data.expires_at),
          };
        },
      });
    },
  );

  app.delete(
    `${path}/:push`,
    {
      schema: {
        tags,
        summary: 'Take the question back',
        params: byPush,
        response: { 204: Type.Null(), '4xx': Problem },
      },
    },
    async (request, reply) => {
      const { by } = await demand(request, reply);
      const row = await demandAsked(store, request.params.push, request.params.id, by);
      await cancelAsked(row, by, askerOf(request), needs);
      return reply.status(204).send(null);
    },
  );
}
