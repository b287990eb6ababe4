import { Event, EventFilter, EventQuery, ExportFormat, Page, Problem } from '@countersign/protocol/wire';
import { Type } from 'typebox';
import { listMatching } from '../../events/search.ts';
import { eventView, wholeEventView } from '../../events/view.ts';
import type { App } from '../../platform/http/app.ts';
import { streamEvents } from '../../platform/http/stream.ts';
import { second } from '../../platform/platform.ts';
import { demandAdmin, hasScope, isStill, type Administrator } from '../access.ts';
import { sendExport, takePlace, type ExportNeeds } from '../files/send.ts';
import { readPage, searchedInParts } from '../paging.ts';
import { exportEvents } from './export.ts';
import { readFilter } from './filter.ts';
import { createNewEvents } from './live.ts';

/** The event log: searched, as it happens, and as a file. */

const tags = ['Administration'];
const liveInterval = second;

export function eventRoutes(app: App, needs: ExportNeeds): void {
  const { platform, sessions } = needs;
  const { store, now } = platform;
  const viewFor = (reader: Administrator) => (hasScope(reader, 'users:read') ? wholeEventView : eventView);
  const mayRead = (reader: Administrator) => isStill(reader, { platform, sessions });

  app.get(
    '/api/v1/admin/events',
    {
      schema: {
        tags,
        summary: 'What happened',
        description: `${searchedInParts} What a sign-in was decided on (\`details.basis\`, with the factors of the person) is for sessions, and for tokens with the scope \`users:read\` too; no file and no webhook has it.`,
        querystring: EventQuery,
        response: { 200: Page(Event), '4xx': Problem },
      },
    },
    async (request) => {
      const reader = demandAdmin(request, 'read');
      const { limit, at, id } = readPage(request.query);
      const filter = await readFilter(store, request.query);
      const { rows, next } = await listMatching(store, filter, { at, id }, limit);
      return { items: rows.map(viewFor(reader)), next_cursor: next ? `${next.at}.${next.id}` : null };
    },
  );

  app.get(
    '/api/v1/admin/events/stream',
    {
      schema: {
        tags,
        summary: 'The same as it happens',
        description: 'Server-sent events: `events` with NewEvents. It ends with the session.',
        querystring: EventFilter,
        produces: ['text/event-stream'],
        response: { 200: Type.String(), '4xx': Problem },
      },
    },
    async (request, reply) => {
      const reader = demandAdmin(request, 'read');
      const read = createNewEvents(store, await readFilter(store, request.query), now, viewFor(reader));
      const giveBack = takePlace(reader);
      try {
        await streamEvents(reply, {
          store,
          now,
          topics: reader.session ? [`session:${reader.session.id}`] : [],
          headers: reply.getHeaders() as Record<string, string>,
          read: async () => {
            if (!(await mayRead(reader))) return { events: [], end: true };
            const data = await read();
            const isNews = data.items.length > 0;
            return { events: isNews ? [{ event: 'events', data }] : [], wakeAt: now() + liveInterval };
          },
        });
      } finally {
        giveBack();
      }
    },
  );

  app.get(
    '/api/v1/admin/events/export',
    {
      schema: {
        tags,
        summary: 'The same as a file: JSON lines, or CSV (RFC 4180) in which no cell is a formula',
        querystring: Type.Intersect([EventFilter, Type.Object({ format: ExportFormat })]),
        produces: ['application/jsonl', 'text/csv'],
        response: { 200: Type.String(), '4xx': Problem },
      },
    },
    async (request, reply) => {
      const reader = demandAdmin(request, 'read');
      const { format, ...asked } = request.query;
      const filter = await readFilter(store, asked);
      const lines = exportEvents(store, filter, format, now());
      const event = { type: 'events.exported', details: { format, filter: asked } } as const;
      return sendExport(reply, reader, { name: 'events', format, lines, event }, needs);
    },
  );
}
