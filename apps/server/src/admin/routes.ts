import {
  CreateUser,
  Mail,
  MailQuery,
  OptionalIfMatch,
  Page,
  PageQuery,
  PatchUser,
  Problem,
  ResetMfaResult,
  Role,
  Session,
  type Settings,
  SettingsPatch,
  UnreachablePhone,
  TaggedSettings,
  User,
  UserDetail,
  UserState,
} from '@countersign/protocol/wire';
import { Type } from 'typebox';
import { findAuthenticator, searchUnreachable } from '../authenticators/store.ts';
import { deviceOf } from '../authenticators/view.ts';
import { revoke } from '../authenticators/revoke.ts';
import { failingFor } from '../mail/outbox.ts';
import { listFailingMails, listMails } from '../mail/store.ts';
import type { App } from '../platform/http/app.ts';
import { entityTag, ifMatch } from '../platform/http/entity-tag.ts';
import { Refusal } from '../platform/http/refusal.ts';
import { timeText } from '../platform/platform.ts';
import { sessionView, type Sessions } from '../sessions/sessions.ts';
import { patchSettings, readSettings } from '../settings/settings.ts';
import { searchUsers, type PeopleFilter } from '../users/search/search.ts';
import { findUser, type UserRow } from '../users/store.ts';
import { demandAdmin, demandRankOver } from './access.ts';
import { havingWords, pageView, readPage, searchedInParts } from './paging.ts';
import { keepingWayIn } from './policies/way-in.ts';
import {
  activateUser,
  addUser,
  changeUser,
  deleteUser,
  endSessionsOfUser,
  inviteUser,
  resetMfa,
  suspendUser,
  tagOfUser,
  unlockUser,
  userDetail,
  userViews,
  type PeopleNeeds,
} from './users.ts';

/** The administrators' API: `/api/v1/admin`, for a session of an `admin_login`, or an API token. */

export type AdminNeeds = PeopleNeeds & { sessions: Sessions };

const tags = ['Administration'];
const byId = Type.Object({ id: Type.String() });

const tagged = (settings: Settings): TaggedSettings => ({ ...settings, etag: entityTag(settings) });

export function adminRoutes(app: App, needs: AdminNeeds): void {
  const { platform, sessions, events, outbox } = needs;
  const { store, now } = platform;
  const detail = async (user: UserRow) => userDetail(store, user, now());

  app.get(
    '/api/v1/admin/session',
    {
      schema: {
        tags,
        summary: 'Who is signed in to the Admin Portal',
        response: { 200: Session, '4xx': Problem },
      },
    },
    async (request) => sessionView(demandAdmin(request, 'read').session!),
  );

  app.delete(
    '/api/v1/admin/session',
    {
      schema: {
        tags,
        summary: 'Sign out of the Admin Portal',
        response: { 204: Type.Null(), '4xx': Problem },
      },
    },
    async (request, reply) => {
      const { session, actor, asker } = demandAdmin(request, 'read');
      await store.transaction(async (transaction) => {
        await sessions.signOut(transaction, session!, reply);
        await events.record(transaction, { type: 'session.ended', actor, user: actor, asker });
      });
      return reply.status(204).send(null);
    },
  );

  app.get(
    '/api/v1/admin/users',
    {
      schema: {
        tags,
        summary: 'People',
        description: searchedInParts,
        querystring: Type.Intersect([
          PageQuery,
          Type.Object({
            state: Type.Optional(UserState),
            role: Type.Optional(Role),
            /** Active people who have no second factor. */
            without_factor: Type.Optional(Type.Boolean()),
            /** Whose codes are locked after wrong ones, or whose pushes are paused after a report. */
            factor_locked: Type.Optional(Type.Boolean()),
          }),
        ]),
        response: { 200: Page(User), '4xx': Problem },
      },
    },
    async (request) => {
      demandAdmin(request, 'read');
      const { words, ...page } = readPage(request.query);
      const { state, role, without_factor, factor_locked } = request.query;
      const filters: PeopleFilter = {
        ...(state && { state }),
        ...(role && { role }),
        ...(without_factor && { without_factor: 1 as const }),
        ...(factor_locked && { now: now() }),
      };
      const search = { ...page, limit: page.limit + 1, ...havingWords(words), ...filters };
      const { rows, lookedTo } = await searchUsers(store, words, search);
      const { items, next_cursor } = pageView(
        rows,
        page.limit,
        (row) => [row.created_at, row.id],
        (row) => row,
        lookedTo,
      );
      return { items: await userViews(store, items, now()), next_cursor };
    },
  );

  app.post(
    '/api/v1/admin/users',
    {
      schema: {
        tags,
        summary: 'Add a person, with an initial password or an invitation',
        body: CreateUser,
        response: { 201: UserDetail, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const by = demandAdmin(request, 'write_users');
      return reply.status(201).send(await detail(await addUser(by, request.body, needs)));
    },
  );

  app.get(
    '/api/v1/admin/users/:id',
    { schema: { tags, summary: 'One person', params: byId, response: { 200: UserDetail, '4xx': Problem } } },
    async (request) => {
      demandAdmin(request, 'read');
      const user = await findUser.get(store, { id: request.params.id });
      if (!user) throw new Refusal('not_found');
      return detail(user);
    },
  );

  app.patch(
    '/api/v1/admin/users/:id',
    {
      schema: {
        tags,
        summary: 'Change a person',
        params: byId,
        headers: OptionalIfMatch,
        body: PatchUser,
        response: { 200: UserDetail, '4xx': Problem },
      },
    },
    async (request) => {
      const by = demandAdmin(request, 'write_users');
      const unchanged = ifMatch(request, tagOfUser);
      return detail(await changeUser(by, request.params.id, request.body, needs, unchanged));
    },
  );

  app.delete(
    '/api/v1/admin/users/:id',
    {
      schema: {
        tags,
        summary: 'Delete a person: suspended at once, gone after the days of the settings',
        description: 'Until then activating them undoes it.',
        params: byId,
        headers: OptionalIfMatch,
        response: { 200: UserDetail, '4xx': Problem },
      },
    },
    async (request) => {
      const by = demandAdmin(request, 'write_users');
      return detail(await deleteUser(by, request.params.id, needs, ifMatch(request, tagOfUser)));
    },
  );

  const acts = {
    suspend: {
      act: suspendUser,
      permission: 'write_users',
      summary: 'Suspend: ends sessions and requests at once',
    },
    activate: {
      act: activateUser,
      permission: 'write_users',
      summary: 'Lift a suspension, or undo a deletion',
    },
    invite: {
      act: inviteUser,
      permission: 'write_users',
      summary: 'Mail a new invitation to who has chosen no password yet',
    },
    'end-sessions': {
      act: endSessionsOfUser,
      permission: 'help',
      summary: 'Sign out everywhere: sessions, what applications were given, sign-ins under way',
    },
    unlock: { act: unlockUser, permission: 'help', summary: 'Forget wrong tries and lift locks' },
  } as const;
  for (const [name, { act, permission, summary }] of Object.entries(acts)) {
    app.post(
      `/api/v1/admin/users/:id/${name}`,
      { schema: { tags, summary, params: byId, response: { 200: UserDetail, '4xx': Problem } } },
      async (request) => {
        const by = demandAdmin(request, permission);
        return detail(await act(by, request.params.id, needs));
      },
    );
  }

  app.post(
    '/api/v1/admin/users/:id/reset-mfa',
    {
      schema: {
        tags,
        summary: 'Remove every factor, end the sessions, and issue a one-time enrolment code',
        params: byId,
        response: { 200: ResetMfaResult, '4xx': Problem },
      },
    },
    async (request) => {
      const by = demandAdmin(request, 'help');
      const { code, expiresAt } = await resetMfa(by, request.params.id, needs);
      return { enrollment_code: code, expires_at: timeText(expiresAt) };
    },
  );

  app.get(
    '/api/v1/admin/authenticators/unreachable',
    {
      schema: {
        tags,
        summary: 'Phones that no push reaches; they answer only while the app is open',
        description: searchedInParts,
        querystring: PageQuery,
        response: { 200: Page(UnreachablePhone), '4xx': Problem },
      },
    },
    async (request) => {
      demandAdmin(request, 'read');
      const { words, limit, at, id } = readPage(request.query);
      const search = { at, id, limit: limit + 1, ...havingWords(words) };
      const { rows, lookedTo } = await searchUnreachable(store, words, search);
      return pageView(
        rows,
        limit,
        (row) => [row.created_at, row.user_id],
        (row) => ({
          id: row.id,
          device: deviceOf(row).name,
          user: { id: row.user_id, login: row.login, name: row.name },
          push: row.push === 'none' ? ('none' as const) : ('unreachable' as const),
          created_at: timeText(row.created_at),
          last_seen_at: timeText(row.last_seen_at),
        }),
        lookedTo,
      );
    },
  );

  app.delete(
    '/api/v1/admin/authenticators/:id',
    {
      schema: {
        tags,
        summary: 'Remove a phone',
        params: byId,
        response: { 204: Type.Null(), '4xx': Problem },
      },
    },
    async (request, reply) => {
      const by = demandAdmin(request, 'help');
      await store.transaction(async (transaction) => {
        const phone = await findAuthenticator.get(transaction, { id: request.params.id });
        const user = phone && (await findUser.get(transaction, { id: phone.user_id }));
        if (!phone || !user) throw new Refusal('not_found');
        demandRankOver(by, user);
        const { actor, asker } = by;
        await revoke(transaction, phone.id, { by: 'administrator', actor, asker }, needs);
      });
      return reply.status(204).send(null);
    },
  );

  app.get(
    '/api/v1/admin/settings',
    {
      schema: {
        tags,
        summary: 'The organisation’s settings',
        response: { 200: TaggedSettings, '4xx': Problem },
      },
    },
    async (request) => {
      demandAdmin(request, 'read');
      return tagged(await readSettings(store));
    },
  );

  app.patch(
    '/api/v1/admin/settings',
    {
      schema: {
        tags,
        summary: 'Change them by a merge patch (RFC 7396); null restores a default',
        headers: OptionalIfMatch,
        body: SettingsPatch,
        response: { 200: TaggedSettings, '4xx': Problem },
      },
    },
    async (request) => {
      const { actor, asker } = demandAdmin(request, 'write_settings');
      const unchanged = ifMatch(request, entityTag);
      return store.transaction(async (transaction) => {
        const { before, after } = await keepingWayIn(transaction, now(), async () => {
          const changed = await patchSettings(transaction, request.body);
          await unchanged(transaction, changed.before);
          return changed;
        });
        await events.record(transaction, {
          type: 'settings.changed',
          actor,
          asker,
          details: { before, after },
        });
        return tagged(after);
      });
    },
  );

  app.get(
    '/api/v1/admin/outbox',
    {
      schema: {
        tags,
        summary: 'Mail, sent, waiting and kept; the owner’s only, since it holds links',
        querystring: MailQuery,
        response: { 200: Page(Mail), '4xx': Problem },
      },
    },
    async (request) => {
      demandAdmin(request, 'read_outbox');
      const { failing = false, ...query } = request.query;
      const { words, ...page } = readPage(query);
      const place = { ...page, limit: page.limit + 1, q: `%${words.join(' ')}%` };
      const rows = failing
        ? await listFailingMails.all(store, { ...place, since: now() - failingFor })
        : await listMails.all(store, place);
      return pageView(
        rows,
        page.limit,
        (row) => [row.created_at, row.id],
        (row) => ({
          id: row.id,
          to: row.recipient,
          subject: row.subject,
          ...outbox.open(row),
          state: row.state,
          attempts: row.attempts,
          last_error: row.last_error,
          created_at: timeText(row.created_at),
          sent_at: row.sent_at === null ? null : timeText(row.sent_at),
        }),
      );
    },
  );
}
