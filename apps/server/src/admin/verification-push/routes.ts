import { Problem, VerificationPush } from '@countersign/protocol/wire';
import { Type } from 'typebox';
import type { ChallengeNeeds } from '../../authentication/challenge.ts';
import { askCaller, cancelAsked, demandAsked, verificationPushView } from '../../authentication/help-desk.ts';
import type { App } from '../../platform/http/app.ts';
import { Refusal } from '../../platform/http/refusal.ts';
import { onlyChanges, streamEvents } from '../../platform/http/stream.ts';
import type { Cancellation } from '../../push/cancel.ts';
import type { Sessions } from '../../sessions/sessions.ts';
import { findUser } from '../../users/store.ts';
import { demandAdmin, demandRankOver, isStill } from '../access.ts';

/** "Is it you who is calling?", asked from a person's page, for the help desk and above. */

const tags = ['Administration'];
const path = '/api/v1/admin/users/:id/verification-push';
const byId = Type.Object({ id: Type.String() });
const byPush = Type.Object({ id: Type.String(), push: Type.String() });

export function verificationPushRoutes(
  app: App,
  needs: ChallengeNeeds & { sessions: Sessions; cancellation: Cancellation },
): void {
  const { platform } = needs;
  const { store, now } = platform;
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
      const by = demandAdmin(request, 'help');
      const user = await findUser.get(store, { id: request.params.id });
      if (!user) throw new Refusal('not_found');
      demandRankOver(by, user);
      const id = await askCaller(user, by.actor, by.asker, needs);
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
    async (request) => {
      const { actor } = demandAdmin(request, 'help');
      const row = await demandAsked(store, request.params.push, request.params.id, actor);
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
      const asker = demandAdmin(request, 'help');
      const { actor, session } = asker;
      const row = await demandAsked(store, request.params.push, request.params.id, actor);
      const changes = onlyChanges<VerificationPush>();
      await streamEvents(reply, {
        store,
        now,
        topics: [`authentication:${row.id}`, ...(session ? [`session:${session.id}`] : [])],
        headers: reply.getHeaders() as Record<string, string>,
        read: async () => {
          const data = await verificationPushView(store, row, now());
          return {
            events: changes(data).map((each) => ({ event: 'verification-push', data: each })),
            end: data.state !== 'pending' || !(await isStill(asker, needs)),
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
      const { actor, asker } = demandAdmin(request, 'help');
      const row = await demandAsked(store, request.params.push, request.params.id, actor);
      await cancelAsked(row, actor, asker, needs);
      return reply.status(204).send(null);
    },
  );
}
