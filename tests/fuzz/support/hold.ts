/**
 * How every fuzz test runs: first over the corpus of past interesting inputs, then over made ones. In `npm test` the seed
 * is fixed, so that one commit gives one result; `npm run test:long` takes a fresh one. A failure names its seed.
 */
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Of `npm test`. */
const steadySeed = 20_260_101;

export const seed = Number(process.env.COUNTERSIGN_FUZZ_SEED ?? steadySeed);

/** How many inputs a property gets: `normally` in `npm test`, COUNTERSIGN_FUZZ_RUNS of them where that is given. */
export const runsOf = (normally: number): number => Number(process.env.COUNTERSIGN_FUZZ_RUNS ?? normally);

/** The inputs in `tests/fuzz/corpus/NAME.json`. */
export function corpus<T>(name: string): T[] {
  return JSON.parse(readFileSync(join(import.meta.dirname, '..', 'corpus', `${name}.json`), 'utf8')) as T[];
}

interface Plan<T> {
  inputs: fc.Arbitrary<T>;
  /** Tried before any other. */
  first?: T[];
  /** In `npm test`. */
  runs: number;
}

/** Holds `check` for every input; it throws where one breaks the rule. */
export async function hold<T>(
  { inputs, first = [], runs }: Plan<T>,
  check: (input: T) => void | Promise<void>,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(inputs, async (input) => check(input)),
    { seed, numRuns: runsOf(runs), examples: first.map((input) => [input] as [T]) },
  );
}
