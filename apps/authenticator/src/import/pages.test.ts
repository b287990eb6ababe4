import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readImport, writeGoogleMigration, type ImportFound } from '@countersign/protocol/migration';
import type { OtpAccount } from '@countersign/protocol/otp';
import { addPage, inOrder, isPage, isWhole, piecesOf, type Pages } from './pages.ts';

const accounts = Array.from({ length: 25 }, (_, i): OtpAccount => ({
  type: 'totp',
  issuer: `Service ${i}`,
  label: 'olga',
  secret: new Uint8Array(20).fill(i + 1),
  algorithm: 'SHA-1',
  digits: 6,
  period: 30,
  counter: 0,
}));

async function pagesOf(batch: number) {
  const read = await Promise.all(writeGoogleMigration(accounts, batch).pages.map((uri) => readImport(uri)));
  return read.map((each) => {
    assert.ok(each.kind === 'found' && isPage(each));
    return each;
  });
}

test('pages in any order are put together in their own', async () => {
  const read = await pagesOf(7);
  let pages: Pages | undefined;
  for (const index of [2, 0, 1]) {
    const added = addPage(pages, read[index]);
    assert.equal(added.taken, 'taken');
    pages = added.pages;
    assert.equal(isWhole(pages), index === 1);
  }
  const names = inOrder(pages!).flatMap((each: ImportFound) => each.accounts.map(({ issuer }) => issuer));
  assert.deepEqual(
    names,
    accounts.map(({ issuer }) => issuer),
  );
});

test('a page that comes again counts once, and one of another export is not taken', async () => {
  const [first, second] = await pagesOf(7);
  const [other] = await pagesOf(8);
  const { pages } = addPage(undefined, first);
  assert.equal(addPage(pages, first).taken, 'again');
  assert.deepEqual(addPage(pages, other), { pages, taken: 'other_batch' });
  assert.equal(addPage(pages, second).pages.found.size, 2);
  assert.equal(pages.found.size, 1);
});

test('only a text of nothing but pages is read page by page', () => {
  const page = 'otpauth-migration://offline?data=AA';
  assert.deepEqual(piecesOf(`${page}\r\n\n ${page} \n# note`), [page, page]);
  const mixed = `${page}\notpauth://totp/a?secret=AA`;
  assert.deepEqual(piecesOf(mixed), [mixed]);
  assert.deepEqual(piecesOf('{\n}'), ['{\n}']);
});
