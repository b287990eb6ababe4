import type { ImportFound } from '@countersign/protocol/migration';
import { goInstead, go } from '../routing.ts';
import { readPicture } from '../scan/picture.ts';
import { t } from '../texts/texts.ts';
import { addPage, inOrder, isPage, isWhole, piecesOf } from './pages.ts';
import { joined, loadBackup, loadMigration, notForImport, problemInWords, textOfFile } from './read.ts';
import { change, presentSession, run, type Found, type Session } from './session.ts';

/** The steps from a text to what was found in it. Nothing is saved here. */

type Next = Partial<Session>;

/** What was pasted, or handed over by the Add screen. With `scanning` the camera goes on where pages are missing. */
export const takeText = (text: string, { scanning = false } = {}): Promise<void> =>
  shown(() => read(piecesOf(text), { scanning }));

let lastScanned: string | undefined;
/** Forgets what the camera saw last, when it is turned on. */
export function startScanning(): void {
  lastScanned = undefined;
  change({ scanning: true, problem: undefined, hint: undefined });
}

/** A frame of the camera: the same code is seen many times, and taken once. */
export async function takeScanned(text: string): Promise<void> {
  if (text === lastScanned || presentSession().busy) return;
  lastScanned = text;
  const other = notForImport(text);
  // The camera goes on where it is still on: it may have been turned off while this code was read.
  if (other === undefined) await takeText(text);
  else change({ problem: other, hint: undefined });
}

export const takeFile = (file: File): Promise<void> =>
  shown(async () => {
    if (file.type.startsWith('image/')) return readPictures([file]);
    return read(piecesOf(await textOfFile(file)), { isFile: true });
  });

/** Screenshots, each with one QR code or more. */
export const takePictures = (files: readonly File[]): Promise<void> => shown(() => readPictures(files));

async function readPictures(files: readonly File[]): Promise<Next> {
  const texts: string[] = [];
  for (const file of files) texts.push(...(await readPicture(file)));
  const problems = texts.map(notForImport);
  const [first] = problems;
  if (first !== undefined && !problems.includes(undefined)) return { problem: first };
  return read(texts, {});
}

/** A wrong password is said, and the file stays for another try. */
export const takePassword = (password: string): Promise<void> =>
  shown(async () => {
    const { sealed } = presentSession();
    if (!sealed) return {};
    const { readImport } = await loadMigration();
    const result = await readImport(sealed.text, password);
    if (result.kind === 'found') return foundNow({ ...result, madeAt: sealed.madeAt, inPlainFile: false });
    return { problem: result.kind === 'problem' ? problemInWords(result.problem) : t.import.passwordNeeded };
  });

/** With the QR codes that were scanned up to now; the others can follow. */
export const goOnWithoutMissing = (): Promise<void> =>
  shown(async () => {
    const { pages } = presentSession();
    if (!pages) return {};
    const result = joined(inOrder(pages));
    if (result.kind !== 'found') return {};
    const missing = { have: pages.found.size, of: pages.size };
    return { ...foundNow({ ...result, inPlainFile: false, missing }), pages };
  });

/** Runs an act, then goes to the screen of what it led to. */
async function shown(act: () => Promise<Next>): Promise<void> {
  if (!(await run(act))) return;
  const { found, sealed } = presentSession();
  if (found) (sealedIsShown() ? goInstead : go)('/import/preview');
  else if (sealed) go('/import/password');
}

const sealedIsShown = (): boolean => location.hash === '#/import/password';

const foundNow = (found: Found): Next => ({
  found,
  choices: new Map(),
  sealed: undefined,
  pages: undefined,
  scanning: false,
  outcome: undefined,
});

async function read(texts: string[], { isFile = false, scanning = false }): Promise<Next> {
  const { readImport } = await loadMigration();
  const results = [];
  for (const text of texts) results.push(await readImport(text));
  const pages = results.filter((each) => each.kind === 'found').filter(isPage);
  if (pages.length > 0) return takePages(pages, results.length - pages.length, scanning);
  const result = joined(results);
  if (result.kind === 'problem') return { problem: problemInWords(result.problem) };
  if (result.kind === 'found') return foundNow({ ...result, inPlainFile: isFile });
  return { sealed: await sealedFile(texts[0]!, result.source), found: undefined, scanning: false };
}

async function sealedFile(text: string, source: string): Promise<Session['sealed']> {
  if (source !== 'countersign') return { text, source };
  const described = (await loadBackup()).describeBackup(text);
  return { text, source, ...('createdAt' in described && { madeAt: described.createdAt }) };
}

function takePages(
  found: (ImportFound & Required<Pick<ImportFound, 'page'>>)[],
  others: number,
  scanning: boolean,
): Next {
  let { pages } = presentSession();
  let hint: string | undefined = others > 0 ? t.import.onlyPages : undefined;
  for (const page of found) {
    const added = addPage(pages, page);
    pages = added.pages;
    if (added.taken === 'again') hint = t.import.again;
    if (added.taken === 'other_batch') hint = t.import.otherBatch;
  }
  if (!isWhole(pages!))
    return { pages, hint, found: undefined, scanning: scanning || presentSession().scanning };
  const whole = joined(inOrder(pages!));
  return whole.kind === 'found' ? foundNow({ ...whole, inPlainFile: false }) : {};
}
