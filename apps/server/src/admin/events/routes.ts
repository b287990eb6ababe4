import { Event, EventFilter, EventQuery, ExportFormat, Page, Problem } from '@countersign/protocol/wire';
import { Readable } from 'node:stream';
import { Type } from 'typebox';
import type { Events } from '../../events/events.ts';
import { listMatching } from '../../events/search.ts';
import { eventView } from '../../events/view.ts';
import type { App } from '../../platform/http/app.ts';
import { Refusal } from '../../platform/http/refusal.ts';
import { holdOpen, streamEvents } from '../../platform/http/stream.ts';
import { second, type Platform } from '../../platform/platform.ts';
import type { Sessions } from '../../sessions/sessions.ts';
import { demandAdmin, isStill, type Administrator } from '../access.ts';
import { readPage, searchedInParts } from '../paging.ts';
import { exportEvents } from './export.ts';
import { readFilter } from './filter.ts';
import { createNewEvents } from './live.ts';

/** The event log: searched, as it happens, and as a file. */

interface Needs {
  platform: Platform;
  sessions: Sessions;
  events: Events;
}

const tags = ['Administration'];
/** Streams and exports that one administrator, with all their tokens, may have open at once, in this process. */
const mostOpen = 4;
const liveInterval = second;

export function eventRoutes(app: App, { platform, sessions, events }: Needs): void {
  const { store, now } = platform;
  const open = new Map<string, number>();

  /** Counts one more of theirs. Returns what gives it back. @throws Refusal 429 */
  function takePlace({ actor: { id } }: Administrator): () => void {
    const count = open.get(id) ?? 0;
    if (count >= mostOpen) {
      throw new Refusal('too_many_requests', {
        detail: 'This session follows or exports events several times already. Close one of them.',
        retry_after: 10,
      });
    }
    open.set(id, count + 1);
    let given = false;
    return () => {
      if (given) return;
      given = true;
      const left = open.get(id)! - 1;
      if (left > 0) open.set(id, left);
      else open.delete(id);
    };
  }

  const mayRead = (reader: Administrator) => isStill(reader, { platform, sessions });

  app.get(
    '/api/v1/admin/events',
    {
      schema: {
        tags,
        summary: 'What happened',
        description: searchedInParts,
        querystring: EventQuery,
        response: { 200: Page(Event), '4xx': Problem },
      },
    },
    async (request) => {
      demandAdmin(request, 'read');
      const { limit, at, id } = readPage(request.query);
      const filter = await readFilter(store, request.query);
      const { rows, next } = await listMatching(store, filter, { at, id }, limit);
      return { items: rows.map(eventView), next_cursor: next ? `${next.at}.${next.id}` : null };
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
      const read = createNewEvents(store, await readFilter(store, request.query), now);
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
      const giveBack = takePlace(reader);
      try {
        const before = now();
        await store.transaction((transaction) =>
          events.record(transaction, {
            type: 'events.exported',
            actor: reader.actor,
            asker: reader.asker,
            details: { format, filter: asked },
          }),
        );
        const lines = exportEvents(store, filter, format, before, async () => {
          if (!(await mayRead(reader))) throw new Error('the session has ended');
        });
        // Read as fast as it is taken; whoever takes it slowly holds nothing but their place.
        const file = Readable.from(lines, { objectMode: false });
        const forget = holdOpen(() => file.destroy());
        file.once('close', () => {
          forget();
          giveBack();
        });
        const type = format === 'csv' ? 'text/csv; charset=utf-8; header=present' : 'application/jsonl';
        const name = `events-${new Date(before).toISOString().slice(0, 10)}.${format}`;
        return await reply
          .header('content-type', type)
          .header('content-disposition', `attachment; filename="${name}"`)
          .send(file as unknown as string);
      } catch (error) {
        giveBack();
        throw error;
      }
    },
  );
}
