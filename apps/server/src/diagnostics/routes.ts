import { DiagnosticsBody, Problem } from '@countersign/protocol/wire';
import { Type } from 'typebox';
import type { App } from '../platform/http/app.ts';
import { askerOf, sourceOf } from '../platform/http/asker.ts';
import { hour, type Platform } from '../platform/platform.ts';
import { countCall } from '../platform/rate-limits/window.ts';
import { readEntry } from './entries.ts';
import { countReport } from './store.ts';

/** What apps tell of how they fare, without a proof, a name or an address: counted up, and so of nobody. */

const callsAnHour = { most: 60, length: hour };
/** Different counters of one day. Nobody proves anything here, so a stranger must not fill the disk. */
const mostADay = 2_000;

export function diagnosticsRoutes(app: App, { store, now }: Platform): void {
  app.post(
    '/authenticator/v1/diagnostics',
    {
      schema: {
        tags: ['Authenticator: reports'],
        summary: 'Counts of named things, of nobody; what does not fit the schema is dropped',
        security: [],
        body: DiagnosticsBody,
        response: { 202: Type.Object({}), '4xx': Problem },
      },
    },
    async (request, reply) => {
      // The address is used here and nowhere else; the limiter forgets it when its hour is over.
      await countCall(store, `diagnostics:${sourceOf(askerOf(request).ip)}`, callsAnHour, now());
      const { kind, entries } = request.body;
      const counted = entries.flatMap((entry) => readEntry(kind, entry, now()) ?? []);
      // In one order, whoever reports: two reports of the same counters do not wait for each other in a circle.
      const ordered = counted.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
      if (ordered.length > 0) {
        await store.transaction(async (transaction) => {
          for (const entry of ordered) await countReport.run(transaction, { ...entry, kind, most: mostADay });
        });
      }
      return reply.status(202).send({});
    },
  );
}

const keyOf = ({ day, name, platform, app_version, code }: NonNullable<ReturnType<typeof readEntry>>) =>
  [day, name, platform, app_version, code].join(' ');
