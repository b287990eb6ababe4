import { useRef, useState } from 'react';
import { listPeople, type PeopleFilter } from '../../server/admin-api.ts';
import type { Person } from './run.ts';

/** As many as are chosen at once, at the most: more would take longer than anybody stays on the page. */
export const mostSelected = 10_000;

/**
 * Whom an act is to be done to: ticked one by one, or all that match the filter, by their ids as of then. With another
 * filter it begins anew: what is not in sight any more is not acted on.
 */
export function useSelection(filter: PeopleFilter) {
  const [chosen, setChosen] = useState<ReadonlyMap<string, Person>>(new Map());
  const [gathering, setGathering] = useState<number>();
  const [isCut, setCut] = useState(false);
  const [error, setError] = useState<unknown>();
  const stop = useRef<AbortController>(null);

  const clear = () => {
    stop.current?.abort();
    setGathering(undefined);
    setError(undefined);
    setCut(false);
    setChosen(new Map());
  };

  const of = JSON.stringify(filter);
  const [shown, setShown] = useState(of);
  if (shown !== of) {
    setShown(of);
    clear();
  }

  /** Ticks them, or takes their ticks away. */
  const tick = (people: readonly Person[], ticked: boolean) => {
    const next = new Map(chosen);
    for (const { id, name } of people) {
      if (!ticked) next.delete(id);
      else if (next.size < mostSelected) next.set(id, { id, name });
    }
    setCut(false);
    setChosen(next);
  };

  async function chooseAll(): Promise<void> {
    stop.current?.abort();
    const own = (stop.current = new AbortController());
    const found = new Map<string, Person>();
    setError(undefined);
    setGathering(0);
    try {
      for (let cursor: string | undefined, more = true; more && found.size < mostSelected;) {
        const page = await listPeople(filter, cursor, 200);
        if (own.signal.aborted) return;
        for (const { id, name } of page.items.slice(0, mostSelected - found.size))
          found.set(id, { id, name });
        cursor = page.next_cursor ?? undefined;
        more = cursor !== undefined;
        setGathering(found.size);
        if (found.size === mostSelected && more) setCut(true);
      }
      setChosen(found);
    } catch (failure) {
      if (!own.signal.aborted) setError(failure);
    }
    setGathering(undefined);
  }

  return { chosen, gathering, isCut, error, tick, clear, chooseAll };
}

export type Selection = ReturnType<typeof useSelection>;
