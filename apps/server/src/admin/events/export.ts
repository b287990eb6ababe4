import type { Event, ExportFormat } from '@countersign/protocol/wire';
import { lookFor, type EventFilter } from '../../events/search.ts';
import { eventView } from '../../events/view.ts';
import type { Store } from '../../platform/store/store.ts';

/** Events as files, written while they are read: however many there are, some hundred are held at once. */

const columns = [
  'id',
  'at',
  'type',
  'actor_id',
  'actor',
  'user_id',
  'user',
  'ip',
  'client',
  'authentication_id',
  'details',
];

/**
 * A cell of CSV (RFC 4180). What a spreadsheet would take for a formula gets an apostrophe before it: logins and clients
 * are what somebody else typed.
 */
export function cellOf(text: string | null): string {
  const harmless = /^[=+\-@\t\r]/.test(text ?? '') ? `'${text}` : (text ?? '');
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

const csvLine = ({ id, at, type, actor, user, ip, client, authentication_id, details }: Event): string =>
  [id, at, type, actor?.id, actor?.login, user?.id, user?.login, ip, client, authentication_id]
    .concat(JSON.stringify(details))
    .map((value) => cellOf(value ?? null))
    .join(',') + '\r\n';

const lineOf: Record<ExportFormat, (event: Event) => string> = {
  jsonl: (event) => `${JSON.stringify(event)}\n`,
  csv: csvLine,
};

/** Newest first, from `before` on; `demand` throws where it must not go on. */
export async function* exportEvents(
  store: Store,
  filter: EventFilter,
  format: ExportFormat,
  before: number,
  demand: () => Promise<void>,
): AsyncGenerator<string, void, undefined> {
  if (format === 'csv') yield `${columns.join(',')}\r\n`;
  for await (const { found } of lookFor(store, filter, { at: before, id: '' })) {
    await demand();
    if (found.length > 0) yield found.map((row) => lineOf[format](eventView(row))).join('');
  }
}
