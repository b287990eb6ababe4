/** What a benchmark tells: a figure, what it is compared with, and what was asked for. */
export interface Figure {
  name: string;
  /** The median of what was measured. */
  value: number;
  unit: string;
  /** Each single measurement, in the unit. */
  samples?: number[];
  /** The bound, where there is one: the value may be at most or must be at least that. */
  target?: { atMost: number } | { atLeast: number };
  /** In one line: what it consists of. */
  note?: string;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Nearest rank. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? NaN;
}

export const holds = ({ value, target }: Figure): boolean | undefined =>
  target && ('atMost' in target ? value <= target.atMost : value >= target.atLeast);
