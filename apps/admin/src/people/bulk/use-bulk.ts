import { ProblemError } from '@countersign/ui/api';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { begin, goOn, type Done, type Person, type Run } from './run.ts';

/** Signed out, slowed down, or nobody there: the next one would fare the same. */
const endsAll = (error: unknown): boolean =>
  !(error instanceof ProblemError) || error.status === 401 || error.status === 429 || error.status >= 500;

/** A run, and whether it goes on; leaving the page stops it. */
export function useBulk() {
  const client = useQueryClient();
  const [run, setRun] = useState<Run>();
  const [going, setGoing] = useState(false);
  const stop = useRef<AbortController>(null);
  useEffect(() => () => stop.current?.abort(), []);

  async function start(from: Run, act: (person: Person) => Promise<Done>): Promise<void> {
    const own = (stop.current = new AbortController());
    setRun(from);
    setGoing(true);
    const after = await goOn(from, act, { signal: own.signal, endsAll, show: setRun });
    setRun(after);
    setGoing(false);
    for (const key of ['people', 'person', 'groups', 'group', 'events', 'home'])
      void client.invalidateQueries({ queryKey: [key] });
  }

  return {
    run,
    going,
    start: (people: readonly Person[], act: (person: Person) => Promise<Done>) => start(begin(people), act),
    resume: (act: (person: Person) => Promise<Done>) => start(run!, act),
    stop: () => stop.current?.abort(),
  };
}
