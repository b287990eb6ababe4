import { join } from 'node:path';
import { weigh } from '../tools/sizes.ts';
import type { Figure } from './figures.ts';

/** What a browser must load before a page shows: gzipped JavaScript. */
export async function measureWeights(): Promise<Figure[]> {
  return weigh(join(import.meta.dirname, '..')).map(({ page, kilobytes, limit }) => ({
    name: `${page}, JavaScript`,
    value: kilobytes,
    unit: 'KB gz',
    target: { atMost: limit },
  }));
}
