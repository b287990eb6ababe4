/**
 * What the browser must load before a face shows its first page, against a budget: the gzipped JavaScript of the
 * entry and of all that it imports statically. Chunks that load when asked for (`import()`) do not count.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

interface Budget {
  page: string;
  face: string;
  /** Keys of Vite's manifest: the entry, and the lazy chunks that this page asks for at once. */
  entries: string[];
  /** Of the lazy chunks of this folder one is asked for at once, such as a language: the heaviest counts. */
  oneOf?: string;
  limit: number; // KB (1,000 bytes)
}

const budgets: Budget[] = [
  {
    page: 'authenticator, before the scanner',
    face: 'authenticator',
    entries: ['index.html'],
    oneOf: 'src/texts/languages/',
    limit: 120,
  },
  {
    page: 'portal, sign-in page',
    face: 'portal',
    entries: ['index.html'],
    oneOf: 'src/texts/languages/',
    limit: 150,
  },
];

/** Of Vite's manifest (`dist/.vite/manifest.json`), what counts here. */
export type Manifest = Record<string, { file: string; imports?: string[]; dynamicImports?: string[] }>;

/** The JavaScript files of `entries` and of what they import statically, each once. */
export function firstLoad(manifest: Manifest, entries: readonly string[]): string[] {
  const seen = new Set<string>();
  const visit = (key: string) => {
    if (seen.has(key)) return;
    seen.add(key);
    const chunk = manifest[key];
    if (chunk === undefined)
      throw new Error(`Vite's manifest has no ${key}: correct the budgets in tools/sizes.ts`);
    chunk.imports?.forEach(visit);
  };
  entries.forEach(visit);
  return [...new Set([...seen].map((key) => manifest[key]!.file))].filter((file) => file.endsWith('.js'));
}

/** Each budget with what its page weighs. A face that is not there is left out. */
export function weigh(root: string): { page: string; kilobytes: number; files: number; limit: number }[] {
  return budgets
    .filter(({ face }) => existsSync(join(root, 'apps', face, 'index.html')))
    .map(({ page, face, entries, oneOf, limit }) => {
      const folder = join(root, 'apps', face, 'dist');
      const manifest = JSON.parse(readFileSync(join(folder, '.vite/manifest.json'), 'utf8')) as Manifest;
      const weightOf = (file: string) => gzipSync(readFileSync(join(folder, file)), { level: 9 }).length;
      const heaviest = Object.keys(manifest)
        .filter((key) => oneOf !== undefined && key.startsWith(oneOf))
        .sort((a, b) => weightOf(manifest[b]!.file) - weightOf(manifest[a]!.file))
        .slice(0, 1);
      const files = firstLoad(manifest, [...entries, ...heaviest]);
      const bytes = files.map(weightOf);
      return {
        page,
        kilobytes: bytes.reduce((sum, size) => sum + size, 0) / 1000,
        files: files.length,
        limit,
      };
    });
}

/** One line for each budget, and whether all are kept. */
export function measure(root: string): { lines: string[]; kept: boolean } {
  const weights = weigh(root);
  const lines = weights.map(
    ({ page, kilobytes, files, limit }) =>
      `${page}: ${kilobytes.toFixed(1)} KB in ${files} files, at most ${limit} KB${kilobytes > limit ? ': too much' : ''}`,
  );
  return { lines, kept: weights.every(({ kilobytes, files, limit }) => files > 0 && kilobytes <= limit) };
}

if (import.meta.main) {
  const { lines, kept } = measure(join(import.meta.dirname, '..'));
  console.log(lines.join('\n') || 'no face to measure');
  process.exitCode = kept ? 0 : 1;
}
