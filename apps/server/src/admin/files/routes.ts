import {
  ExportFormat,
  Problem,
  type ApiToken,
  type Application,
  type Host,
  type HostGroup,
  type Named,
  type PolicyRule,
  type Webhook,
} from '@countersign/protocol/wire';
import { Type } from 'typebox';
import { listApiTokens } from '../../api-tokens/store.ts';
import { apiTokenView } from '../../api-tokens/tokens.ts';
import { listApplications } from '../../applications/store.ts';
import { hostGroupView } from '../../hosts/groups.ts';
import { hostView } from '../../hosts/hosts.ts';
import { listGroupsOfHostGroup, listHostGroups, listHosts } from '../../hosts/store.ts';
import { listMails, type MailRow } from '../../mail/store.ts';
import type { App } from '../../platform/http/app.ts';
import { timeText, type Platform } from '../../platform/platform.ts';
import type { Parameters, Queryable, Statement } from '../../platform/store/store.ts';
import { rulesIn } from '../../policies/current.ts';
import { listWebhooks } from '../../webhooks/store.ts';
import { webhookView } from '../../webhooks/webhooks.ts';
import { demandAdmin, type Permission } from '../access.ts';
import { createApplicationView } from '../applications/view.ts';
import { havingWords } from '../paging.ts';
import { currentVersion } from '../policies/change.ts';
import { mark, writeLine, writeNames } from './cells.ts';
import { sendExport, type ExportNeeds } from './send.ts';

/** The lists of the Admin Portal as files; people, groups and events have their own. No secret is in any of them. */

const tags = ['Administration'];

interface Export<Item> {
  permission: Permission;
  summary: string;
  /** The newest first, some at a time. */
  items(): AsyncIterable<Item[]>;
  /** The columns of the CSV: members, and what is found elsewhere under a name of its own. */
  columns: ((keyof Item & string) | [name: string, of: (item: Item) => unknown])[];
}

export function exportRoutes(app: App, needs: ExportNeeds): void {
  for (const [name, each] of Object.entries(exportsOf(needs.platform))) {
    const { permission, summary, items, columns } = each as unknown as Export<object>;
    app.get(
      `/api/v1/admin/${name}/export`,
      {
        schema: {
          tags,
          summary,
          description: 'JSON lines, or CSV (RFC 4180) in which no cell is a formula. No secret is in it.',
          querystring: Type.Object({ format: ExportFormat }),
          produces: ['application/jsonl', 'text/csv'],
          response: { 200: Type.String(), '4xx': Problem },
        },
      },
      async (request, reply) => {
        const reader = demandAdmin(request, permission);
        const { format } = request.query;
        const lines = format === 'csv' ? csvOf(items(), columns) : jsonLinesOf(items());
        const event = { type: 'list.exported', details: { what: name, format } } as const;
        return sendExport(reply, reader, { name, format, lines, event }, needs);
      },
    );
  }
}

async function* jsonLinesOf(pages: AsyncIterable<unknown[]>): AsyncGenerator<string> {
  for await (const items of pages) yield items.map((item) => `${JSON.stringify(item)}\n`).join('');
}

async function* csvOf<Item>(
  pages: AsyncIterable<Item[]>,
  columns: Export<Item>['columns'],
): AsyncGenerator<string> {
  yield mark + writeLine(columns.map((column) => (typeof column === 'string' ? column : column[0])));
  const cellsOf = (item: Item) =>
    columns.map((column) => textOf(typeof column === 'string' ? item[column] : column[1](item)));
  for await (const items of pages) yield items.map((item) => writeLine(cellsOf(item))).join('');
}

/** Several texts, or names of things, have a bar between them; what is no text otherwise is JSON. */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return JSON.stringify(value);
  return writeNames(value.map((each: string | Named) => (typeof each === 'string' ? each : each.name)));
}

const atOnce = 200;

/** All of a list, as pages of it are read: those before (`at`, `id`). */
async function* pagesOf<Row extends { id: string }, Item>(
  on: Queryable,
  list: Statement<Row>,
  filter: Parameters,
  timeOf: (row: Row) => number,
  view: (row: Row) => Item | Promise<Item>,
): AsyncGenerator<Item[]> {
  for (let place = { at: Number.MAX_SAFE_INTEGER, id: '~' }; ;) {
    const rows = await list.all(on, { ...filter, ...place, limit: atOnce });
    const last = rows.at(-1);
    if (!last) return;
    yield await Promise.all(rows.map(view));
    place = { at: timeOf(last), id: last.id };
  }
}

const all = havingWords([]);
const createdAt = ({ created_at }: { created_at: number }): number => created_at;

/** By what follows `/api/v1/admin/` in an address. */
function exportsOf({ store, issuer }: Platform) {
  const viewOfApplication = createApplicationView(store, issuer);
  const applications: Export<Application> = {
    permission: 'read',
    summary: 'Every application as a file',
    items: () => pagesOf(store, listApplications, all, createdAt, (row) => viewOfApplication(row)),
    columns: [
      'id',
      'name',
      'kind',
      'url',
      'access',
      'groups',
      'step_up',
      'session_minutes',
      ['client_id', ({ oidc }) => oidc?.client_id],
      ['redirect_uris', ({ oidc }) => oidc?.redirect_uris],
      ['entity_id', ({ saml }) => saml?.entity_id],
      ['acs_urls', ({ saml }) => saml?.acs_urls],
      'created_at',
    ],
  };
  const policies: Export<PolicyRule & { position: number }> = {
    permission: 'read',
    summary: 'The rules that hold as a file, in the order in which they are looked at',
    async *items() {
      yield rulesIn(await currentVersion(store)).map((rule, index) => ({ position: index + 1, ...rule }));
    },
    columns: ['position', 'id', 'name', 'enabled', 'who', 'what', 'networks', 'familiar', 'when', 'effect'],
  };
  const hosts: Export<Host> = {
    permission: 'read',
    summary: 'Every host as a file, revoked ones too',
    items: () =>
      pagesOf(
        store,
        listHosts,
        { ...all, group_id: null, state: null, silent_since: null },
        ({ joined_at }) => joined_at,
        hostView,
      ),
    columns: [
      'id',
      'name',
      ['group', ({ group }) => group.name],
      'state',
      'os',
      'agent_version',
      'joined_at',
      'last_seen_at',
    ],
  };
  const hostGroups: Export<HostGroup> = {
    permission: 'read',
    summary: 'Every host group as a file',
    items: () =>
      pagesOf(store, listHostGroups, all, createdAt, async (row) =>
        hostGroupView(row, await listGroupsOfHostGroup.all(store, { host_group_id: row.id })),
      ),
    columns: [
      'id',
      'name',
      'host_count',
      'access',
      'groups',
      'match_login',
      'services',
      'outage',
      'break_glass',
      'created_at',
    ],
  };
  const tokens: Export<ApiToken> = {
    permission: 'read',
    summary: 'Every API token as a file, without the token itself',
    items: () => pagesOf(store, listApiTokens, { ...all, now: 0, until: null }, createdAt, apiTokenView),
    columns: [
      'id',
      'name',
      'beginning',
      'scopes',
      ['made_by', ({ made_by }) => made_by.login],
      'created_at',
      'expires_at',
      'last_used_at',
      'last_used_ip',
    ],
  };
  const webhooks: Export<Webhook> = {
    permission: 'write_settings',
    summary: 'Every webhook as a file, with its address and without its secret',
    items: () =>
      pagesOf(store, listWebhooks, { q: '%', failing: 0 }, createdAt, (row) => webhookView(store, row)),
    columns: ['id', 'url', 'types', 'state', 'pending', 'failing_since', 'last_error', 'created_at'],
  };
  const outbox: Export<ReturnType<typeof mailLine>> = {
    permission: 'read_outbox',
    summary: 'Every mail as a file, without its text, which holds links',
    items: () => pagesOf(store, listMails, { q: '%' }, createdAt, mailLine),
    columns: ['id', 'to', 'subject', 'state', 'attempts', 'last_error', 'created_at', 'sent_at'],
  };
  return { applications, policies, hosts, 'host-groups': hostGroups, tokens, webhooks, outbox };
}

const mailLine = ({ id, recipient, subject, state, attempts, last_error, ...row }: MailRow) => ({
  id,
  to: recipient,
  subject,
  state,
  attempts,
  last_error,
  created_at: timeText(row.created_at),
  sent_at: row.sent_at === null ? null : timeText(row.sent_at),
});
