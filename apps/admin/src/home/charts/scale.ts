/** Where the lines of a chart are: pure, so that it is tested without a browser. */

/** The top of an axis from 0: the first of 1, 2 or 5 times a power of ten that is not below the largest value; 1 at the least. */
export function topOf(largest: number): number {
  for (let power = 1; ; power *= 10)
    for (const times of [1, 2, 5]) if (times * power >= largest) return times * power;
}

/** From the bottom to the top, in whole numbers. */
export const linesOf = (top: number): number[] =>
  top === 1 ? [0, 1] : [0, top / 2, top].filter(Number.isInteger);

/** What a key does in a chart whose days are gone through like a slider; undefined where it is none of the chart's. */
export function dayAfterKey(key: string, at: number, count: number): number | undefined {
  const moves: Record<string, number> = {
    ArrowLeft: at - 1,
    ArrowDown: at - 1,
    ArrowRight: at + 1,
    ArrowUp: at + 1,
    PageDown: at - 7,
    PageUp: at + 7,
    Home: 0,
    End: count - 1,
  };
  const to = Object.hasOwn(moves, key) ? moves[key] : undefined;
  return to === undefined ? undefined : Math.max(0, Math.min(count - 1, to));
}
