import type { Event, NewEvents } from '@countersign/protocol/wire';
import { listMatching, type EventFilter } from '../../events/search.ts';
import type { EventRow } from '../../events/store.ts';
import { second } from '../../platform/platform.ts';
import type { Store } from '../../platform/store/store.ts';

/** An event has the time at which it was written, and is there when its transaction ends: a little later. */
const latest = 10 * second;
const atOnce = 200;

/** Each call resolves to what has come since the one before; the first to nothing. */
export function createNewEvents(
  store: Store,
  filter: EventFilter,
  now: () => number,
  view: (row: EventRow) => Event,
): () => Promise<NewEvents> {
  /** Those of the last seconds, by id, with their times. */
  const known = new Map<string, number>();
  let begun = false;
  return async () => {
    const from = Math.max(filter.from ?? 0, now() - latest);
    const end = { at: Number.MAX_SAFE_INTEGER, id: '~' };
    const { rows, next } = await listMatching(store, { ...filter, from }, end, atOnce);
    const fresh = rows.filter(({ id }) => !known.has(id));
    for (const [id, at] of known) if (at < from) known.delete(id);
    for (const { id, at } of rows) known.set(id, at);
    if (!begun) {
      begun = true;
      return { items: [], missed: false };
    }
    return { items: fresh.map(view), missed: next !== undefined && fresh.length === rows.length };
  };
}
