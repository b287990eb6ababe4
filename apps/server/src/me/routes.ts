import {
  Activity,
  ChangePassword,
  List,
  Me,
  PatchMe,
  Problem,
  SignedInBrowser,
} from '@countersign/protocol/wire';
import { Type } from 'typebox';
import { endSignIns } from '../authentication/end-everything.ts';
import type { Events } from '../events/events.ts';
import { listEventsOfUser } from '../events/store.ts';
import type { Outbox } from '../mail/outbox.ts';
import { reportActivity, type ReportNeeds } from './report.ts';
import { changePassword } from '../password/change.ts';
import type { Hashing } from '../password/hashing.ts';
import type { App } from '../platform/http/app.ts';
import { askerOf } from '../platform/http/asker.ts';
import { Refusal } from '../platform/http/refusal.ts';
import { timeText, type Platform } from '../platform/platform.ts';
import { demandSession } from '../sessions/access.ts';
import {
  demandStepUp,
  endSession,
  idleLifetime,
  type LiveSession,
  type Sessions,
} from '../sessions/sessions.ts';
import { deleteSessionOfUser, listSessionsOfUser } from '../sessions/store.ts';
import { readSettings } from '../settings/settings.ts';
import { updateProfile } from '../users/store.ts';
import { isPushEnabled, searchTextOf } from '../users/users.ts';
import { keepWords } from '../users/search/words.ts';

/** The signed-in user's own account: `/api/v1/me`. Their phones are in authenticators/, their other factors in factors/ beside this. */

export interface MeNeeds extends ReportNeeds {
  platform: Platform;
  sessions: Sessions;
  events: Events;
  outbox: Outbox;
  hashing: Hashing;
}

const tags = ['Me'];
const byId = Type.Object({ id: Type.String() });
const activityShown = 50;

export function meRoutes(app: App, needs: MeNeeds): void {
  const { platform, sessions, events } = needs;
  const { store, now } = platform;

  app.get(
    '/api/v1/me',
    { schema: { tags, summary: 'Who is signed in', response: { 200: Me, '4xx': Problem } } },
    async (request, reply) => meView(await demandSession(sessions, request, reply, { passwordChange: true })),
  );

  app.patch(
    '/api/v1/me',
    {
      schema: {
        tags,
        summary: 'Change the own name or language',
        body: PatchMe,
        response: { 200: Me, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const session = await demandSession(sessions, request, reply);
      const name = request.body.name?.trim() ?? session.name;
      const { language = session.language } = request.body;
      const search = searchTextOf({ ...session, name });
      await store.transaction(async (transaction) => {
        await updateProfile.run(transaction, { id: session.user_id, name, language, search });
        await keepWords(transaction, session.user_id, search);
        const user = { id: session.user_id, login: session.login };
        const before = { name: session.name, language: session.language };
        const details = { before, after: { name, language } };
        await events.record(transaction, {
          type: 'user.changed',
          actor: user,
          user,
          asker: askerOf(request),
          details,
        });
      });
      return meView({ ...session, name, language });
    },
  );

  app.post(
    '/api/v1/me/password',
    {
      schema: {
        tags,
        summary: 'Change the own password',
        body: ChangePassword,
        response: { 204: Type.Null(), '4xx': Problem },
      },
    },
    async (request, reply) => {
      const session = await demandSession(sessions, request, reply, { passwordChange: true });
      await demandStepUp(store, session, 'act:password', now());
      await changePassword(session, request.body, askerOf(request), {
        ...needs,
        endSignIns: (transaction, userId) => endSignIns(transaction, userId, needs.cancellation),
      });
      return reply.status(204).send(null);
    },
  );

  app.get(
    '/api/v1/me/sessions',
    {
      schema: {
        tags,
        summary: 'Signed-in browsers',
        response: { 200: List(SignedInBrowser), '4xx': Problem },
      },
    },
    async (request, reply) => {
      const session = await demandSession(sessions, request, reply);
      const rows = await listSessionsOfUser.all(store, {
        user_id: session.user_id,
        now: now(),
        idle_since: now() - idleLifetime,
      });
      const items = rows.map((row) => ({
        id: row.id,
        current: row.id === session.id,
        kind: row.kind,
        client: row.client,
        ip: row.ip,
        acr: row.acr,
        created_at: timeText(row.created_at),
        last_seen_at: timeText(row.last_seen_at),
        expires_at: timeText(row.expires_at),
      }));
      return { items };
    },
  );

  app.delete(
    '/api/v1/me/sessions/:id',
    {
      schema: {
        tags,
        summary: 'Sign a browser out',
        params: byId,
        response: { 204: Type.Null(), '4xx': Problem },
      },
    },
    async (request, reply) => {
      const session = await demandSession(sessions, request, reply);
      const { id } = request.params;
      await store.transaction(async (transaction) => {
        if (id === session.id) await sessions.signOut(transaction, session, reply);
        else {
          const ended = await deleteSessionOfUser.get(transaction, { id, user_id: session.user_id });
          if (!ended) throw new Refusal('not_found');
          await endSession(transaction, id);
        }
        const user = { id: session.user_id, login: session.login };
        await events.record(transaction, {
          type: 'session.ended',
          actor: user,
          user,
          asker: askerOf(request),
        });
      });
      return reply.status(204).send(null);
    },
  );

  app.get(
    '/api/v1/me/activity',
    { schema: { tags, summary: 'What happened lately', response: { 200: List(Activity), '4xx': Problem } } },
    async (request, reply) => {
      const { user_id } = await demandSession(sessions, request, reply);
      const rows = await listEventsOfUser.all(store, { user_id, limit: activityShown });
      const items = rows.map(({ id, at, type, client, ip }) => ({ id, at: timeText(at), type, client, ip }));
      return { items };
    },
  );

  app.post(
    '/api/v1/me/activity/:id/report',
    {
      schema: {
        tags,
        summary: 'This wasn’t me',
        description: 'Ends every other session and sign-in, and demands another password.',
        params: byId,
        response: { 204: Type.Null(), '4xx': Problem },
      },
    },
    async (request, reply) => {
      const session = await demandSession(sessions, request, reply, { passwordChange: true });
      await reportActivity(session, request.params.id, askerOf(request), needs);
      return reply.status(204).send(null);
    },
  );

  async function meView(session: LiveSession) {
    const settings = await readSettings(store);
    return {
      id: session.user_id,
      login: session.login,
      email: session.email,
      name: session.name,
      role: session.role,
      push_enabled: isPushEnabled(session, settings),
      user_verification: settings.push.user_verification,
      language: session.language,
    };
  }
}
