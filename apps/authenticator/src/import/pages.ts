import type { ImportFound } from '@countersign/protocol/migration';

/** Google Authenticator shows many accounts as several QR codes. They may come in any order, and more than once. */
export interface Pages {
  batch: number;
  size: number;
  /** By index, from 0. */
  found: ReadonlyMap<number, ImportFound>;
}

type Page = ImportFound & Required<Pick<ImportFound, 'page'>>;

export const isPage = (found: ImportFound): found is Page => found.page !== undefined;

/** `again`: it was there already. `other_batch`: it belongs to another export, so it is not taken. */
export function addPage(
  pages: Pages | undefined,
  found: Page,
): { pages: Pages; taken: 'taken' | 'again' | 'other_batch' } {
  const { batch, index, size } = found.page;
  if (!pages) return { pages: { batch, size, found: new Map([[index, found]]) }, taken: 'taken' };
  if (pages.batch !== batch || pages.size !== size) return { pages, taken: 'other_batch' };
  if (pages.found.has(index)) return { pages, taken: 'again' };
  return { pages: { ...pages, found: new Map([...pages.found, [index, found]]) }, taken: 'taken' };
}

export const isWhole = (pages: Pages): boolean => pages.found.size === pages.size;

/** Everything that was found, the pages in their own order. */
export const inOrder = ({ found }: Pages): ImportFound[] =>
  [...found].sort(([a], [b]) => a - b).map(([, page]) => page);

/** A text that holds nothing but pages is read page by page, so that a missing one is seen. */
export function piecesOf(text: string): string[] {
  const lines = text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  return lines.length > 1 && lines.every((line) => /^otpauth-migration:/i.test(line)) ? lines : [text];
}
