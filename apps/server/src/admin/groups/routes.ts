import {
  CreateGroup,
  Group,
  GroupDetail,
  GroupMember,
  List,
  Named,
  OptionalIfMatch,
  Page,
  PageQuery,
  PatchGroup,
  Problem,
} from '@countersign/protocol/wire';
import { Type } from 'typebox';
import type { Events } from '../../events/events.ts';
import { addGroup, changeGroup, removeGroup, setMember, type Keeping } from '../../groups/groups.ts';
import {
  findGroup,
  listApplicationsOfGroup,
  listGroups,
  listGroupsOfUser,
  searchMembers,
  type GroupRow,
} from '../../groups/store.ts';
import type { App } from '../../platform/http/app.ts';
import { entityTag, ifMatch } from '../../platform/http/entity-tag.ts';
import { Refusal } from '../../platform/http/refusal.ts';
import { timeText, timeTextOf, type Platform } from '../../platform/platform.ts';
import { findUser } from '../../users/store.ts';
import { demandAdmin } from '../access.ts';
import { havingWords, pageView, readPage, searchedInParts } from '../paging.ts';
import { keepingWayIn } from '../policies/way-in.ts';

/** Groups, and who is in them. */

interface Needs {
  platform: Platform;
  events: Events;
}

const tags = ['Administration'];
const byId = Type.Object({ id: Type.String() });
const tagOf = ({ name, mfa_required_from }: Pick<GroupRow, 'name' | 'mfa_required_from'>): string =>
  entityTag([name, mfa_required_from]);
const byMember = Type.Object({ id: Type.String(), user_id: Type.String() });

export function groupRoutes(app: App, given: Needs): void {
  const { platform } = given;
  const keeping: Keeping['keeping'] = (transaction, user, change) =>
    user === null || user.role === 'owner' ? keepingWayIn(transaction, platform.now(), change) : change();
  const needs = { ...given, keeping };
  const { store } = platform;
  const demandGroup = async (id: string): Promise<GroupRow> => {
    const row = await findGroup.get(store, { id });
    if (!row) throw new Refusal('not_found');
    return row;
  };
  const view = ({ created_at, mfa_required_from, ...row }: GroupRow): Group => ({
    ...row,
    mfa_required_from: timeTextOf(mfa_required_from),
    created_at: timeText(created_at),
  });
  const detail = async (row: GroupRow): Promise<GroupDetail> => ({
    ...view(row),
    etag: tagOf(row),
    applications: await listApplicationsOfGroup.all(store, { group_id: row.id }),
  });

  app.get(
    '/api/v1/admin/groups',
    {
      schema: {
        tags,
        summary: 'Groups',
        querystring: PageQuery,
        response: { 200: Page(Group), '4xx': Problem },
      },
    },
    async (request) => {
      demandAdmin(request, 'read');
      const { words, limit, at, id } = readPage(request.query);
      const rows = await listGroups.all(store, { at, id, limit: limit + 1, ...havingWords(words) });
      return pageView(rows, limit, (row) => [row.created_at, row.id], view);
    },
  );

  app.post(
    '/api/v1/admin/groups',
    {
      schema: {
        tags,
        summary: 'Add a group',
        body: CreateGroup,
        response: { 201: GroupDetail, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const by = demandAdmin(request, 'write_users');
      return reply.status(201).send(await detail(await addGroup(request.body.name, by, needs)));
    },
  );

  app.get(
    '/api/v1/admin/groups/:id',
    { schema: { tags, summary: 'One group', params: byId, response: { 200: GroupDetail, '4xx': Problem } } },
    async (request) => {
      demandAdmin(request, 'read');
      return detail(await demandGroup(request.params.id));
    },
  );

  app.patch(
    '/api/v1/admin/groups/:id',
    {
      schema: {
        tags,
        summary: 'Change a group',
        params: byId,
        headers: OptionalIfMatch,
        body: PatchGroup,
        response: { 200: GroupDetail, '4xx': Problem },
      },
    },
    async (request) => {
      const by = demandAdmin(request, 'write_users');
      const unchanged = ifMatch(request, tagOf);
      return detail(await changeGroup(request.params.id, request.body, by, needs, unchanged));
    },
  );

  app.delete(
    '/api/v1/admin/groups/:id',
    {
      schema: {
        tags,
        summary: 'Take a group away',
        description: 'An application that was for this group only is for nobody then.',
        params: byId,
        headers: OptionalIfMatch,
        response: { 204: Type.Null(), '4xx': Problem },
      },
    },
    async (request, reply) => {
      const by = demandAdmin(request, 'write_users');
      await removeGroup(request.params.id, by, needs, ifMatch(request, tagOf));
      return reply.status(204).send(null);
    },
  );

  app.get(
    '/api/v1/admin/groups/:id/members',
    {
      schema: {
        tags,
        summary: 'Who is in it',
        description: searchedInParts,
        params: byId,
        querystring: PageQuery,
        response: { 200: Page(GroupMember), '4xx': Problem },
      },
    },
    async (request) => {
      demandAdmin(request, 'read');
      const { id: group_id } = await demandGroup(request.params.id);
      const { words, limit, at, id } = readPage(request.query);
      const place = { group_id, at, id, limit: limit + 1 };
      const { rows, lookedTo } = await searchMembers(store, words, { ...place, ...havingWords(words) });
      return pageView(
        rows,
        limit,
        (row) => [row.added_at, row.id],
        (row) => ({ ...row, added_at: timeText(row.added_at) }),
        lookedTo,
      );
    },
  );

  app.put(
    '/api/v1/admin/groups/:id/members/:user_id',
    {
      schema: {
        tags,
        summary: 'Put a person into it',
        params: byMember,
        response: { 204: Type.Null(), '4xx': Problem },
      },
    },
    async (request, reply) => {
      const by = demandAdmin(request, 'write_users');
      await setMember(request.params.id, request.params.user_id, true, by, needs);
      return reply.status(204).send(null);
    },
  );

  app.delete(
    '/api/v1/admin/groups/:id/members/:user_id',
    {
      schema: {
        tags,
        summary: 'Take a person out of it',
        description: 'What applications hold of them that were for this group is worth nothing from then on.',
        params: byMember,
        response: { 204: Type.Null(), '4xx': Problem },
      },
    },
    async (request, reply) => {
      const by = demandAdmin(request, 'write_users');
      await setMember(request.params.id, request.params.user_id, false, by, needs);
      return reply.status(204).send(null);
    },
  );

  app.get(
    '/api/v1/admin/users/:id/groups',
    {
      schema: {
        tags,
        summary: 'The groups that a person is in',
        params: byId,
        response: { 200: List(Named), '4xx': Problem },
      },
    },
    async (request) => {
      demandAdmin(request, 'read');
      const user = await findUser.get(store, { id: request.params.id });
      if (!user) throw new Refusal('not_found');
      return { items: await listGroupsOfUser.all(store, { user_id: user.id }) };
    },
  );
}
