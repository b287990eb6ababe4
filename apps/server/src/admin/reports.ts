import { isJsonObject, parseStrictJson } from '@countersign/protocol';
import { AppReport, Page, PageQuery, Problem, ReportKind } from '@countersign/protocol/wire';
import { Type } from 'typebox';
import { listReports, type ReportRow } from '../diagnostics/store.ts';
import type { App } from '../platform/http/app.ts';
import { Refusal } from '../platform/http/refusal.ts';
import type { Platform } from '../platform/platform.ts';
import { demandAdmin } from './access.ts';
import { readPage } from './paging.ts';

/** What apps told of how they fare, for administrators: a list of counters, newest day first. */

type Place = Pick<ReportRow, 'day' | 'kind' | 'name' | 'platform' | 'app_version' | 'code'>;
const members = ['day', 'kind', 'name', 'platform', 'app_version', 'code'] as const;

export function reportRoutes(app: App, { store }: Pick<Platform, 'store'>): void {
  app.get(
    '/api/v1/admin/diagnostics',
    {
      schema: {
        tags: ['Administration'],
        summary: 'What apps report of how they fare: counters of a day, of nobody in particular',
        querystring: Type.Intersect([PageQuery, Type.Object({ kind: Type.Optional(ReportKind) })]),
        response: { 200: Page(AppReport), '4xx': Problem },
      },
    },
    async (request) => {
      demandAdmin(request, 'read');
      const { cursor, kind = null, ...query } = request.query;
      const { limit, words } = readPage(query);
      const { kind: after_kind, ...after } = cursor === undefined ? beforeAll : parseCursor(cursor);
      // Names have a low line between their words, which LIKE takes for any character.
      const page = { ...after, after_kind, kind, q: `${words.join('_')}%`, limit: limit + 1 };
      const rows = await listReports.all(store, page);
      const shown = rows.slice(0, limit);
      const last = rows.length > limit ? shown.at(-1) : undefined;
      return {
        items: shown.map((row) => ({ ...row, code: row.code === '' ? null : row.code })),
        next_cursor: last ? cursorOf(last) : null,
      };
    },
  );
}

/** Later than any day. */
const beforeAll: Place = {
  day: '9999-99-99',
  kind: 'diagnostic',
  name: '',
  platform: 'other',
  app_version: '',
  code: '',
};

/** The place of the last row shown. */
const cursorOf = (row: Place): string =>
  Buffer.from(JSON.stringify(members.map((member) => row[member]))).toString('base64url');

/** @throws Refusal 400 `malformed` for a cursor that is none of this list. */
function parseCursor(cursor: string): Place {
  const values = parseStrictJson(`{"place":${Buffer.from(cursor, 'base64url').toString('utf8')}}`);
  const place = isJsonObject(values) ? values.place : undefined;
  if (Array.isArray(place) && place.length === members.length) {
    const isPlain = (value: unknown) => typeof value === 'string' && /^[\w.+-]{0,60}$/.test(value);
    if (place.every(isPlain)) {
      return Object.fromEntries(members.map((member, at) => [member, place[at]])) as unknown as Place;
    }
  }
  throw new Refusal('malformed', { errors: [{ path: '/cursor', message: 'is no cursor of this list' }] });
}
