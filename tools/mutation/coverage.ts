import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Which places of the sources a test file reaches, by what V8 wrote for each of its processes (NODE_V8_COVERAGE). */

interface Range {
  startOffset: number;
  endOffset: number;
  count: number;
}

export type Coverage = Map<string, Range[][]>;

/** `folder`: where the sources are that were run; `reports`: where V8 wrote. */
export function readCoverage(folder: string, reports: string): Coverage {
  const base = `${pathToFileURL(folder).href}/`;
  const coverage: Coverage = new Map();
  for (const name of readdirSync(reports)) {
    const { result } = JSON.parse(readFileSync(join(reports, name), 'utf8')) as {
      result: { url: string; functions: { ranges: Range[] }[] }[];
    };
    for (const { url, functions } of result) {
      if (!url.startsWith(base)) continue;
      const file = url.slice(base.length).split('?')[0]!;
      const processes = coverage.get(file) ?? [];
      processes.push(functions.flatMap(({ ranges }) => ranges));
      coverage.set(file, processes);
    }
  }
  return coverage;
}

/** Whether a place ran: of the ranges around it the smallest counts. */
export function isReached(coverage: Coverage, file: string, offset: number): boolean {
  return (coverage.get(file) ?? []).some((ranges) => {
    const around = ranges.filter(({ startOffset, endOffset }) => startOffset <= offset && offset < endOffset);
    const smallest = around.sort((a, b) => a.endOffset - a.startOffset - (b.endOffset - b.startOffset))[0];
    return smallest !== undefined && smallest.count > 0;
  });
}
