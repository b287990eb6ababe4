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
  limit: number; // KB (1,000 bytes)
}

const budgets: Budget[] = [
  { page: 'authenticator, before the scanner', face: 'authenticator', entries: ['index.html'], limit: 120 },
  { page: 'portal, sign-in page', face: 'portal', entries: ['index.html'], limit: 150 },
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

/** One line for each budget, and whether all are kept. A face that is not there is left out. */
export function measure(root: string): { lines: string[]; kept: boolean } {
  const lines: string[] = [];
  let kept = true;
  for (const { page, face, entries, limit } of budgets) {
    const folder = join(root, 'apps', face);
    if (!existsSync(join(folder, 'index.html'))) continue;
    const manifest = JSON.parse(readFileSync(join(folder, 'dist/.vite/manifest.json'), 'utf8')) as Manifest;
    const files = firstLoad(manifest, entries);
    const bytes = files.map(
      (file) => gzipSync(readFileSync(join(folder, 'dist', file)), { level: 9 }).length,
    );
    const total = bytes.reduce((sum, size) => sum + size, 0) / 1000;
    kept &&= files.length > 0 && total <= limit;
    lines.push(
      `${page}: ${total.toFixed(1)} KB in ${files.length} files, at most ${limit} KB${total > limit ? ': too much' : ''}`,
    );
  }
  return { lines, kept };
}

if (import.meta.main) {
  const { lines, kept } = measure(join(import.meta.dirname, '..'));
  console.log(lines.join('\n') || 'no face to measure');
  process.exitCode = kept ? 0 : 1;
}
