import type { Event, ExportFormat } from '@countersign/protocol/wire';
import { lookFor, type EventFilter } from '../../events/search.ts';
import { eventView } from '../../events/view.ts';
import type { Store } from '../../platform/store/store.ts';
import { writeLine } from '../files/cells.ts';

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

const csvLine = ({ id, at, type, actor, user, ip, client, authentication_id, details }: Event): string =>
  writeLine(
    [id, at, type, actor?.id, actor?.login, user?.id, user?.login, ip, client, authentication_id]
      .concat(JSON.stringify(details))
      .map((value) => value ?? ''),
  );

const lineOf: Record<ExportFormat, (event: Event) => string> = {
  jsonl: (event) => `${JSON.stringify(event)}\n`,
  csv: csvLine,
};

/** Newest first, from `before` on; nothing where a step back in time found none. */
export async function* exportEvents(
  store: Store,
  filter: EventFilter,
  format: ExportFormat,
  before: number,
): AsyncGenerator<string, void, undefined> {
  if (format === 'csv') yield writeLine(columns);
  for await (const { found } of lookFor(store, filter, { at: before, id: '' })) {
    yield found.map((row) => lineOf[format](eventView(row))).join('');
  }
}
