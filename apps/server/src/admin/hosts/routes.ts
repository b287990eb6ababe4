import {
  CreateHostGroup,
  Host,
  HostAccount,
  HostDetail,
  HostGroup,
  HostQuery,
  JoinToken,
  OptionalIfMatch,
  Page,
  PageQuery,
  PatchHost,
  PatchHostGroup,
  Problem,
  SetHostAccount,
} from '@countersign/protocol/wire';
import { Type } from 'typebox';
import {
  addHostGroup,
  changeHostGroup,
  hostGroupView,
  makeJoinToken,
  removeHostGroup,
  setAccount,
} from '../../hosts/groups.ts';
import {
  changeHost,
  hostDetail,
  hostView,
  removeHost,
  revoke,
  silence,
  tagOfHost,
} from '../../hosts/hosts.ts';
import type { CancelNeeds } from '../../hosts/login/cancel.ts';
import {
  findHost,
  findHostGroup,
  listGroupsOfHostGroup,
  listHostAccounts,
  listHostGroups,
  listHosts,
  type HostGroupRow,
} from '../../hosts/store.ts';
import type { App } from '../../platform/http/app.ts';
import { ifMatch } from '../../platform/http/entity-tag.ts';
import { Refusal } from '../../platform/http/refusal.ts';
import type { Queryable } from '../../platform/store/store.ts';
import { demandAdmin } from '../access.ts';
import { havingWords, pageView, readPage } from '../paging.ts';

/** Hosts and their groups: who may log in where, what is asked, and which machines have joined. */

const tags = ['Administration'];
const byId = Type.Object({ id: Type.String() });

export function hostAdminRoutes(app: App, needs: CancelNeeds): void {
  const { platform } = needs;
  const { store, now } = platform;
  const demandGroup = async (id: string): Promise<HostGroupRow> => {
    const row = await findHostGroup.get(store, { id });
    if (!row) throw new Refusal('not_found');
    return row;
  };
  const viewOf = async (row: HostGroupRow, on: Queryable = store): Promise<HostGroup> =>
    hostGroupView(row, await listGroupsOfHostGroup.all(on, { host_group_id: row.id }));
  const tagOf = async (row: HostGroupRow, on: Queryable) => (await viewOf(row, on)).etag;

  app.get(
    '/api/v1/admin/host-groups',
    {
      schema: {
        tags,
        summary: 'Host groups',
        querystring: PageQuery,
        response: { 200: Page(HostGroup), '4xx': Problem },
      },
    },
    async (request) => {
      demandAdmin(request, 'read');
      const { words, limit, at, id } = readPage(request.query);
      const rows = await listHostGroups.all(store, { at, id, limit: limit + 1, ...havingWords(words) });
      const views = new Map(await Promise.all(rows.map(async (row) => [row.id, await viewOf(row)] as const)));
      return pageView(
        rows,
        limit,
        (row) => [row.created_at, row.id],
        (row) => views.get(row.id)!,
      );
    },
  );

  app.post(
    '/api/v1/admin/host-groups',
    {
      schema: {
        tags,
        summary: 'Add a host group',
        body: CreateHostGroup,
        response: { 201: HostGroup, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const by = demandAdmin(request, 'write_settings');
      return reply.status(201).send(await viewOf(await addHostGroup(request.body, by, needs)));
    },
  );

  app.get(
    '/api/v1/admin/host-groups/:id',
    {
      schema: {
        tags,
        summary: 'One host group',
        params: byId,
        response: { 200: HostGroup, '4xx': Problem },
      },
    },
    async (request) => {
      demandAdmin(request, 'read');
      return viewOf(await demandGroup(request.params.id));
    },
  );

  app.patch(
    '/api/v1/admin/host-groups/:id',
    {
      schema: {
        tags,
        summary: 'Change a host group',
        description: 'Logins under way are denied where what decides about them changes.',
        params: byId,
        headers: OptionalIfMatch,
        body: PatchHostGroup,
        response: { 200: HostGroup, '4xx': Problem },
      },
    },
    async (request) => {
      const by = demandAdmin(request, 'write_settings');
      const unchanged = ifMatch(request, tagOf);
      return viewOf(await changeHostGroup(request.params.id, request.body, by, needs, unchanged));
    },
  );

  app.delete(
    '/api/v1/admin/host-groups/:id',
    {
      schema: {
        tags,
        summary: 'Take a host group away, with its revoked hosts',
        params: byId,
        headers: OptionalIfMatch,
        response: { 204: Type.Null(), '4xx': Problem },
      },
    },
    async (request, reply) => {
      const by = demandAdmin(request, 'write_settings');
      await removeHostGroup(request.params.id, by, needs, ifMatch(request, tagOf));
      return reply.status(204).send(null);
    },
  );

  app.get(
    '/api/v1/admin/host-groups/:id/accounts',
    {
      schema: {
        tags,
        summary: 'Which person a local user is there',
        params: byId,
        querystring: PageQuery,
        response: { 200: Page(HostAccount), '4xx': Problem },
      },
    },
    async (request) => {
      demandAdmin(request, 'read');
      const group = await demandGroup(request.params.id);
      const { words, limit, at, id } = readPage(request.query);
      const place = { host_group_id: group.id, at, id, limit: limit + 1 };
      const rows = await listHostAccounts.all(store, { ...place, ...havingWords(words) });
      return pageView(
        rows,
        limit,
        (row) => [row.created_at, row.id],
        ({ local_user, user_id, login, name }) => ({ local_user, user: { id: user_id, login, name } }),
      );
    },
  );

  app.put(
    '/api/v1/admin/host-groups/:id/accounts',
    {
      schema: {
        tags,
        summary: 'Say which person a local user is there, or that it is nobody’s',
        description:
          'Who is somebody else already is refused (`local_user_taken`), unless `replaces` names that person.',
        params: byId,
        body: SetHostAccount,
        response: { 204: Type.Null(), '4xx': Problem },
      },
    },
    async (request, reply) => {
      const by = demandAdmin(request, 'write_settings');
      await setAccount(request.params.id, request.body, by, needs);
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/api/v1/admin/host-groups/:id/join-tokens',
    {
      schema: {
        tags,
        summary: 'Make a token with which one machine joins, within an hour',
        description: 'It is told here and never again.',
        params: byId,
        response: { 201: JoinToken, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const by = demandAdmin(request, 'write_settings');
      return reply.status(201).send(await makeJoinToken(request.params.id, by, needs));
    },
  );

  app.get(
    '/api/v1/admin/hosts',
    {
      schema: {
        tags,
        summary: 'Hosts, revoked ones too',
        querystring: HostQuery,
        response: { 200: Page(Host), '4xx': Problem },
      },
    },
    async (request) => {
      demandAdmin(request, 'read');
      const { words, limit, at, id } = readPage(request.query);
      const { group_id = null, state = null, silent = false } = request.query;
      const silent_since = silent ? now() - silence : null;
      const place = { at, id, group_id, state, silent_since, limit: limit + 1 };
      const rows = await listHosts.all(store, { ...place, ...havingWords(words) });
      return pageView(rows, limit, (row) => [row.joined_at, row.id], hostView);
    },
  );

  app.get(
    '/api/v1/admin/hosts/:id',
    {
      schema: {
        tags,
        summary: 'One host, with the last logins there',
        params: byId,
        response: { 200: HostDetail, '4xx': Problem },
      },
    },
    async (request) => {
      demandAdmin(request, 'read');
      const row = await findHost.get(store, { id: request.params.id });
      if (!row) throw new Refusal('not_found');
      return hostDetail(store, row);
    },
  );

  app.patch(
    '/api/v1/admin/hosts/:id',
    {
      schema: {
        tags,
        summary: 'Rename a host, or move it to another group',
        params: byId,
        headers: OptionalIfMatch,
        body: PatchHost,
        response: { 200: HostDetail, '4xx': Problem },
      },
    },
    async (request) => {
      const by = demandAdmin(request, 'write_settings');
      const unchanged = ifMatch(request, tagOfHost);
      return hostDetail(store, await changeHost(request.params.id, request.body, by, needs, unchanged));
    },
  );

  app.post(
    '/api/v1/admin/hosts/:id/revoke',
    {
      schema: {
        tags,
        summary: 'Revoke a host: its key is dead, and what waits there ends',
        params: byId,
        response: { 200: HostDetail, '4xx': Problem },
      },
    },
    async (request) => {
      const by = demandAdmin(request, 'write_settings');
      return hostDetail(store, await revoke(request.params.id, by, needs));
    },
  );

  app.delete(
    '/api/v1/admin/hosts/:id',
    {
      schema: {
        tags,
        summary: 'Forget a revoked host',
        params: byId,
        headers: OptionalIfMatch,
        response: { 204: Type.Null(), '4xx': Problem },
      },
    },
    async (request, reply) => {
      const by = demandAdmin(request, 'write_settings');
      await removeHost(request.params.id, by, needs, ifMatch(request, tagOfHost));
      return reply.status(204).send(null);
    },
  );
}
