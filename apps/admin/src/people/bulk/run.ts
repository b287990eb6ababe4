/** One act on many people, one call after another, some at once: how far it has come, and what it left behind. */

export interface Person {
  id: string;
  name: string;
}

/** What became of one person; `undo` takes back exactly that. */
export interface Done {
  changed: boolean;
  undo?: () => Promise<unknown>;
}

export interface Run {
  total: number;
  changed: number;
  /** It was so already. */
  unchanged: number;
  failed: { person: Person; error: unknown }[];
  undos: { person: Person; undo: () => Promise<unknown> }[];
  /** Nobody has touched them. */
  rest: Person[];
  /** Why it went no further: it would have been the same for everybody who is left. */
  interrupted?: unknown;
}

export const begin = (people: readonly Person[]): Run => ({
  total: people.length,
  changed: 0,
  unchanged: 0,
  failed: [],
  undos: [],
  rest: [...people],
});

/** Few, so that the server's other callers get by. */
const atOnce = 4;

/**
 * Goes on with a run until nobody is left, `signal` stops it, or something is wrong that is not about one person
 * (`endsAll`). What is under way when it stops still ends. Never rejects.
 */
export async function goOn(
  from: Run,
  act: (person: Person) => Promise<Done>,
  {
    signal,
    endsAll,
    show,
  }: { signal: AbortSignal; endsAll: (error: unknown) => boolean; show: (run: Run) => void },
): Promise<Run> {
  const run: Run = { ...from, failed: [...from.failed], undos: [...from.undos] };
  delete run.interrupted;
  const queue = run.rest.toReversed();
  const workOn = async (person: Person): Promise<void> => {
    try {
      const { changed, undo } = await act(person);
      run[changed ? 'changed' : 'unchanged'] += 1;
      if (undo) run.undos.push({ person, undo });
    } catch (error) {
      if (endsAll(error)) {
        run.interrupted = error;
        queue.push(person);
      } else run.failed.push({ person, error });
    }
  };
  const work = async (): Promise<void> => {
    while (!signal.aborted && run.interrupted === undefined) {
      const person = queue.pop();
      if (!person) return;
      await workOn(person);
      show({ ...run });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  run.rest = queue.toReversed();
  return run;
}

/** Of everybody whom it was to reach. */
export const ended = ({ changed, unchanged, failed }: Run): number => changed + unchanged + failed.length;
