import { ImportQuery, Problem } from '@countersign/protocol/wire';
import { Readable } from 'node:stream';
import { Type } from 'typebox';
import type { App } from '../../platform/http/app.ts';
import { Refusal } from '../../platform/http/refusal.ts';
import { holdOpen } from '../../platform/http/stream.ts';
import type { Sessions } from '../../sessions/sessions.ts';
import { demandAdmin } from '../access.ts';
import { sendExport } from '../files/send.ts';
import { minute } from '../../platform/platform.ts';
import type { PeopleNeeds } from '../users.ts';
import { exportGroups, exportPeople } from './export.ts';
import { importPeople } from './import.ts';
import { parsePeople } from './parse.ts';

/** People in and out by files of CSV. */

const tags = ['Administration'];
/** Bytes of a file. */
const largestFile = 32 * 1024 * 1024;
/** For a whole file to come, and for the next lines of the answer to be taken: others wait meanwhile. */
const patience = minute;

export function peopleFileRoutes(app: App, needs: PeopleNeeds & { sessions: Sessions }): void {
  importRoute(app, needs);
  const exports = {
    users: { write: exportPeople, summary: 'Everybody, as the CSV that an import reads' },
    groups: { write: exportGroups, summary: 'Every group and who is in it, as CSV' },
  };
  for (const [name, { write, summary }] of Object.entries(exports)) {
    app.get(
      `/api/v1/admin/${name}/export`,
      {
        schema: { tags, summary, produces: ['text/csv'], response: { 200: Type.String(), '4xx': Problem } },
      },
      async (request, reply) => {
        const reader = demandAdmin(request, 'read');
        const event = { type: 'users.exported', details: { what: name } } as const;
        const lines = write(needs.platform.store);
        return sendExport(reply, reader, { name, format: 'csv', lines, event }, needs);
      },
    );
  }
}

function importRoute(app: App, needs: PeopleNeeds & { sessions: Sessions }): void {
  /** Each holds a file in memory. */
  let isBusy = false;
  void app.register(async (inner) => {
    const scope = inner as unknown as App;
    // Handed over unread: nobody who may not import makes the server hold what they send.
    scope.addContentTypeParser('text/csv', (_request, payload, done) => done(null, payload));
    scope.post(
      '/api/v1/admin/users/import',
      {
        schema: {
          tags,
          summary: 'Add people from a CSV file',
          description:
            'The first line names the columns: login, email, name, and where wanted role, groups (names with | between them) and state. UTF-8, UTF-16 with a mark, or Windows-1252; up to 32 MiB and 100,000 people. The answer is a line of JSON (ImportStep) at the beginning, for each line of the file as it is done, and at the end.',
          querystring: ImportQuery,
          consumes: ['text/csv'],
          body: Type.Unknown(),
          produces: ['application/x-ndjson'],
          response: { 200: Type.String(), '4xx': Problem },
        },
      },
      async (request, reply) => {
        const by = demandAdmin(request, 'write_users');
        if (isBusy)
          throw new Refusal('too_many_requests', {
            retry_after: 10,
            detail: 'Another file is being imported.',
          });
        isBusy = true;
        try {
          const file = await parsePeople(await readFile(request.body));
          const importing = { file, query: request.query, by };
          const stop = setTimeout(() => steps.destroy(), patience).unref();
          const lines = asLines(importPeople(importing, needs), () => stop.refresh());
          const steps = Readable.from(lines);
          const forget = holdOpen(() => steps.destroy());
          steps.once('close', () => {
            clearTimeout(stop);
            isBusy = false;
            forget();
          });
          reply.header('content-type', 'application/x-ndjson; charset=utf-8');
          return await reply.send(steps as unknown as string);
        } catch (error) {
          isBusy = false;
          throw error;
        }
      },
    );
  });
}

/** `isTaken` is called as often as somebody takes a line. */
async function* asLines(steps: AsyncIterable<unknown>, isTaken: () => void): AsyncGenerator<string> {
  for await (const step of steps) {
    yield `${JSON.stringify(step)}\n`;
    isTaken();
  }
}

/** @throws Refusal 413, 415. */
async function readFile(body: unknown): Promise<Buffer> {
  if (!(body instanceof Readable))
    throw new Refusal('unsupported_media_type', { detail: 'The body must be text/csv.' });
  const tooLate = setTimeout(() => body.destroy(), patience).unref();
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > largestFile) throw new Refusal('too_large', { detail: 'The file is larger than 32 MiB.' });
      chunks.push(chunk);
    }
  } finally {
    clearTimeout(tooLate);
  }
  return Buffer.concat(chunks, size);
}
