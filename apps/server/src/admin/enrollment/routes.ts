import {
  EnrollmentSummary,
  Id,
  Page,
  PageQuery,
  PersonWithoutFactor,
  Problem,
  RemindPeople,
} from '@countersign/protocol/wire';
import { Type } from 'typebox';
import type { Events } from '../../events/events.ts';
import { requirementView, requiredFrom } from '../../enrollment/requirement.ts';
import { isReminding, remindAll, remindOne } from '../../enrollment/reminders.ts';
import {
  countMembersByFactor,
  searchWithout,
  searchWithoutInGroup,
  type PersonWithout,
} from '../../enrollment/store.ts';
import { findGroup } from '../../groups/store.ts';
import type { Outbox } from '../../mail/outbox.ts';
import type { App } from '../../platform/http/app.ts';
import { Refusal } from '../../platform/http/refusal.ts';
import { timeTextOf, type Platform } from '../../platform/platform.ts';
import { atOnce } from '../../platform/store/many.ts';
import type { Queryable } from '../../platform/store/store.ts';
import type { Sessions } from '../../sessions/sessions.ts';
import { readSettings } from '../../settings/settings.ts';
import { countPeopleWithFactor, countPeopleWithoutFactor, mostCounted } from '../../users/factors.ts';
import { findUser } from '../../users/store.ts';
import { demandAdmin } from '../access.ts';
import { havingWords, pageView, readPage, type PageOf } from '../paging.ts';
import { mark } from '../people-file/export.ts';
import { writeLine } from '../people-file/cells.ts';
import { sendExport } from '../people-file/routes.ts';

/** Who has no second factor yet, of the organisation or of a group; and reminding them. */

interface Needs {
  platform: Platform;
  events: Events;
  outbox: Outbox;
  sessions: Sessions;
}

const tags = ['Administration'];
const byId = Type.Object({ id: Type.String() });
const ofGroup = Type.Object({ group_id: Type.Optional(Id) });

export function enrollmentRoutes(app: App, needs: Needs): void {
  const { platform, events } = needs;
  const { store, now } = platform;

  app.get(
    '/api/v1/admin/enrollment',
    {
      schema: {
        tags,
        summary: 'How many active people have a second factor, and how many have none',
        querystring: ofGroup,
        response: { 200: EnrollmentSummary, '4xx': Problem },
      },
    },
    async (request) => {
      demandAdmin(request, 'read');
      const group = await demandGroup(store, request.query.group_id);
      const settings = await readSettings(store);
      const dates = { own: null, of_groups: group?.mfa_required_from ?? null };
      return {
        ...requirementView(requiredFrom(settings, dates)),
        ...(group ? await countMembers(store, group.id) : await countPeople(store)),
        reminding: await isReminding(platform, group?.id ?? null),
      };
    },
  );

  app.get(
    '/api/v1/admin/enrollment/people',
    {
      schema: {
        tags,
        summary: 'Active people who have no second factor yet',
        querystring: Type.Intersect([PageQuery, ofGroup]),
        response: { 200: Page(PersonWithoutFactor), '4xx': Problem },
      },
    },
    async (request) => {
      demandAdmin(request, 'read');
      const group = await demandGroup(store, request.query.group_id);
      const page = readPage(request.query);
      const rows = await search(store, group?.id, { ...page, limit: page.limit + 1 });
      const view = viewWith(await readSettings(store));
      return pageView(rows, page.limit, (row) => [row.at, row.id], view);
    },
  );

  app.get(
    '/api/v1/admin/enrollment/export',
    {
      schema: {
        tags,
        summary: 'Everybody active who has no second factor yet, as CSV',
        querystring: ofGroup,
        produces: ['text/csv'],
        response: { 200: Type.String(), '4xx': Problem },
      },
    },
    async (request, reply) => {
      demandAdmin(request, 'read');
      const group = await demandGroup(store, request.query.group_id);
      const filter: Record<string, string> = group ? { group: group.id, name: group.name } : {};
      return sendExport(request, reply, 'enrollment', (on) => exportPeople(on, group?.id), needs, filter);
    },
  );

  app.post(
    '/api/v1/admin/enrollment/reminders',
    {
      schema: {
        tags,
        summary: 'Remind everybody who has no second factor yet, of a group or of all',
        description: 'In the background; whoever was reminded within the last day is left out.',
        body: RemindPeople,
        response: { 204: Type.Null(), '4xx': Problem },
      },
    },
    async (request, reply) => {
      const { actor, asker } = demandAdmin(request, 'write_users');
      const group = await demandGroup(store, request.body.group_id);
      await store.transaction(async (transaction) => {
        if (!(await remindAll(transaction, group?.id ?? null, now()))) return;
        const details = group ? { group: group.id, name: group.name } : {};
        await events.record(transaction, { type: 'enrollment.reminders_asked', actor, asker, details });
      });
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/api/v1/admin/users/:id/remind',
    {
      schema: {
        tags,
        summary: 'Remind a person to set up a second factor, by mail',
        description: 'At most once a day.',
        params: byId,
        response: { 204: Type.Null(), '4xx': Problem },
      },
    },
    async (request, reply) => {
      const { actor, asker } = demandAdmin(request, 'help');
      await store.transaction(async (transaction) => {
        const user = await findUser.get(transaction, { id: request.params.id });
        if (!user) throw new Refusal('not_found');
        await remindOne(transaction, user.id, needs);
        await events.record(transaction, { type: 'enrollment.reminded', actor, user, asker });
      });
      return reply.status(204).send(null);
    },
  );
}

/** Undefined where none is named. @throws Refusal 404 */
async function demandGroup(on: Queryable, id: string | undefined) {
  if (id === undefined) return undefined;
  const group = await findGroup.get(on, { id });
  if (!group) throw new Refusal('not_found');
  return group;
}

const countPeople = async (on: Queryable) => ({
  with_factor: await countPeopleWithFactor(on),
  without_factor: await countPeopleWithoutFactor(on),
});

async function countMembers(on: Queryable, group_id: string) {
  const count = async (has_factor: 0 | 1) =>
    (await countMembersByFactor.get(on, { group_id, has_factor, most: mostCounted }))!.people;
  return { with_factor: await count(1), without_factor: await count(0) };
}

function search(
  on: Queryable,
  group_id: string | undefined,
  { words, ...page }: PageOf,
): Promise<PersonWithout[]> {
  const place = { ...page, ...havingWords(words) };
  return group_id === undefined
    ? searchWithout(on, words, place)
    : searchWithoutInGroup(on, words, { ...place, group_id });
}

const viewWith =
  (settings: Awaited<ReturnType<typeof readSettings>>) =>
  (row: PersonWithout): PersonWithoutFactor => ({
    id: row.id,
    login: row.login,
    name: row.name,
    email: row.email,
    had_factor: row.had_factor === 1,
    reminded_at: timeTextOf(row.sent_at),
    ...requirementView(requiredFrom(settings, row)),
  });

/** Newest first, a page at a time. */
async function* exportPeople(on: Queryable, group_id: string | undefined): AsyncGenerator<string> {
  yield (
    mark + writeLine(['login', 'email', 'name', 'required', 'required_from', 'had_factor', 'reminded_at'])
  );
  const view = viewWith(await readSettings(on));
  for (let place = readPage({ limit: atOnce }); ;) {
    const page = await search(on, group_id, place);
    if (page.length === 0) return;
    yield page
      .map(view)
      .map((person) =>
        writeLine([
          person.login,
          person.email,
          person.name,
          person.required ? 'yes' : 'no',
          person.required_from ?? '',
          person.had_factor ? 'yes' : 'no',
          person.reminded_at ?? '',
        ]),
      )
      .join('');
    place = { ...place, at: page.at(-1)!.at, id: page.at(-1)!.id };
  }
}
