import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { create } from 'qrcode';
import { anyAccount, sampleAccount } from '../../tools/accounts.ts';
import type { OtpAccount } from '../otp/account.ts';
import { encodeBase64 } from './base64.ts';
import { writeGoogleMigration } from './google.ts';
import { readImport } from './import.ts';
import { writeField } from './protobuf.ts';

const uriOf = (page: Iterable<number>) =>
  `otpauth-migration://offline?data=${encodeURIComponent(encodeBase64(Uint8Array.from(page)))}`;
const account = (...fields: [number: number, value: number | string | Uint8Array][]) =>
  writeField(1, Uint8Array.from(fields.flatMap(([number, value]) => writeField(number, value))));
const secret = sampleAccount().secret;

/** Written down once, by hand: 1: {1: 10 bytes, 2: "Acme:zoe", 3: "Acme", 4: 1, 5: 1, 6: 2}, 2: 1, 3: 1, 4: 0, 5: -7. */
const handmade =
  'otpauth-migration://offline?data=CiIKCkhlbGxvId6tvu8SCEFjbWU6em9lGgRBY21lIAEoATACEAEYASAAKPn%2F%2F%2F%2F%2F%2F%2F%2F%2F%2FwE%3D';

test('a page that was written by hand', async () => {
  const found = { kind: 'found', source: 'google', accounts: [sampleAccount()], skipped: [] };
  for (const uri of [
    handmade,
    `  ${handmade}\n`,
    handmade.replace('otpauth-migration', 'OTPAUTH-Migration'),
    handmade.replaceAll('%2F', '/').replace('%3D', '='),
    handmade.replaceAll('%2F', '_').replace('%3D', ''),
    handmade.replace('?data', '/?data'),
    `${handmade}&lang=en#x`,
  ]) {
    assert.deepEqual(await readImport(uri), found, uri);
  }
});

test('pluses that became spaces are pluses again', async () => {
  const expected = sampleAccount({ secret: new Uint8Array([0x0f, 0xbe, 0xfb, 0xef]) });
  const uri = writeGoogleMigration([expected], 1).pages[0]!;
  assert.match(uri, /%2B/);
  const spaced = await readImport(uri.replaceAll('%2B', ' '));
  assert.deepEqual(spaced.kind === 'found' && spaced.accounts, [expected]);
});

test('several pages say which of them each is, and have the batch in common', async () => {
  const accounts = Array.from({ length: 23 }, (_, i) => sampleAccount({ label: `zoe ${i}` }));
  const { pages, left } = writeGoogleMigration(accounts, -123456789);
  assert.equal(pages.length, 3);
  assert.deepEqual(left, []);
  for (const [index, page] of pages.entries()) {
    assert.deepEqual(await readImport(page), {
      kind: 'found',
      source: 'google',
      accounts: accounts.slice(index * 10, index * 10 + 10),
      skipped: [],
      page: { batch: -123456789, index, size: 3 },
    });
  }
  assert.deepEqual(await readImport(pages.join('\n')), {
    kind: 'found',
    source: 'google',
    accounts,
    skipped: [],
  });
});

test('what the format cannot hold is left, and nothing else', () => {
  const fits = [sampleAccount(), sampleAccount({ type: 'hotp', counter: 3, digits: 8 })];
  const beyond = [sampleAccount({ digits: 7 }), sampleAccount({ period: 60 })];
  assert.deepEqual(writeGoogleMigration([beyond[0]!, ...fits, beyond[1]!], 0).left, beyond);
  assert.deepEqual(writeGoogleMigration(beyond, 0), { pages: [], left: beyond });
  assert.deepEqual(writeGoogleMigration([], 0), { pages: [], left: [] });
});

test('long names take pages of their own, and what no QR code holds is left', () => {
  const named = (length: number) => sampleAccount({ label: 'é'.repeat(length) });
  const accounts = [...Array.from({ length: 10 }, () => named(60)), named(500), named(900), named(10)];
  const { pages, left } = writeGoogleMigration(accounts, 1);
  assert.deepEqual(left, [accounts[11]]);
  assert.ok(pages.length > 3);
  for (const page of pages) assert.ok(create(page, { errorCorrectionLevel: 'M' }).modules.size > 0);
  // One character more than the largest QR code takes.
  assert.throws(() => create('a'.repeat(2_332), { errorCorrectionLevel: 'M' }));
});

test('the defaults of a page, and unknown fields', async () => {
  const page = [
    ...account([1, secret], [3, 'Acme'], [2, 'zoe'], [8, 'an id of later versions']),
    // Fields of 64 and of 32 bits, unknown both.
    ...[0x31 + 0x40, 1, 2, 3, 4, 5, 6, 7, 8],
    ...[0x35 + 0x40, 1, 2, 3, 4],
  ];
  const read = await readImport(uriOf(page));
  assert.deepEqual(read, { kind: 'found', source: 'google', accounts: [sampleAccount()], skipped: [] });
});

test('a name keeps what stands before its colon, unless that is the issuer', async () => {
  const named = async (name: string, issuer: string) => {
    const read = await readImport(uriOf(account([1, secret], [2, name], [3, issuer])));
    assert.ok(read.kind === 'found');
    return [read.accounts[0]!.issuer, read.accounts[0]!.label];
  };
  assert.deepEqual(await named('Acme:zoe', 'Acme'), ['Acme', 'zoe']);
  assert.deepEqual(await named('Acme: zoe', ' Acme '), ['Acme', 'zoe']);
  assert.deepEqual(await named('work:zoe', 'Acme'), ['Acme', 'work:zoe']);
  assert.deepEqual(await named('Acme:zoe', ''), ['Acme', 'zoe']);
  assert.deepEqual(await named('zoe', ''), ['', 'zoe']);
});

test('what is no account of ours is skipped by name', async () => {
  const page = [
    ...account([1, secret], [2, 'md5'], [4, 4], [6, 2]),
    ...account([1, secret], [2, 'Acme:later'], [4, 9], [6, 2]),
    ...account([1, secret], [2, 'digits'], [5, 3], [6, 2]),
    ...account([1, secret], [2, 'type'], [6, 3]),
    ...account([1, secret], [2, 'negative'], [6, 1], [7, -1]),
    ...account([1, secret], [2, 'counter'], [6, 1], [7, 2 ** 60]),
    ...account([2, 'empty'], [6, 2]),
    ...account(),
    ...account([1, secret], [2, 'good'], [6, 2]),
  ];
  const read = await readImport(uriOf(page));
  assert.ok(read.kind === 'found');
  assert.deepEqual(read.accounts, [sampleAccount({ issuer: '', label: 'good' })]);
  assert.deepEqual(read.skipped, [
    { name: 'md5', reason: 'unsupported_algorithm' },
    { name: 'Acme: later', reason: 'unsupported_algorithm' },
    { name: 'digits', reason: 'bad_digits' },
    { name: 'type', reason: 'unsupported_type' },
    { name: 'negative', reason: 'bad_counter' },
    { name: 'counter', reason: 'bad_counter' },
    { name: 'empty', reason: 'no_secret' },
    { name: '', reason: 'no_secret' },
  ]);
});

test('a page that is cut off anywhere is damaged, or says that it is empty', async () => {
  const page = [...account([1, secret], [2, 'Acme:zoe'], [6, 2]), ...writeField(5, -1)];
  for (let length = 1; length < page.length; length += 1) {
    const read = await readImport(uriOf(page.slice(0, length)));
    const isWhole = length === account([1, secret], [2, 'Acme:zoe'], [6, 2]).length;
    assert.deepEqual(read.kind, isWhole ? 'found' : 'problem', String(length));
  }
  const problem = async (text: string) => {
    const read = await readImport(text);
    return read.kind === 'problem' ? read.problem : read.kind;
  };
  assert.equal(await problem('otpauth-migration://offline'), 'damaged');
  assert.equal(await problem('otpauth-migration://offline?data='), 'empty');
  assert.equal(await problem('otpauth-migration://offline?data=%%%'), 'damaged');
  assert.equal(await problem(uriOf([...Array<number>(11).fill(0x80), 1])), 'damaged');
  assert.equal(await problem(uriOf([0x0b])), 'damaged');
  assert.equal(await problem(uriOf([0])), 'damaged');
  assert.equal(await problem(uriOf([0x08, 1])), 'damaged');
  // A length beyond all memory.
  assert.equal(await problem(uriOf([0x0a, ...Array<number>(9).fill(0xff), 1])), 'damaged');
});

test('2,000 random pages come back as they were', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyAccount, { minLength: 1, maxLength: 12 }),
      fc.integer(),
      async (accounts, batch) => {
        const { pages, left } = writeGoogleMigration(accounts, batch);
        const going = accounts.filter((each) => !left.includes(each));
        const back: OtpAccount[] = [];
        for (const [index, page] of pages.entries()) {
          const read = await readImport(page);
          assert.ok(read.kind === 'found');
          assert.ok(read.accounts.length <= 10 && (page.length <= 1_400 || read.accounts.length === 1));
          back.push(...read.accounts);
          assert.deepEqual(
            read.page,
            pages.length > 1 ? { batch: batch | 0, index, size: pages.length } : undefined,
          );
        }
        assert.deepEqual(back, going);
      },
    ),
    { numRuns: 2000 },
  );
});

test('no bytes make it throw', async () => {
  const whole = [...account([1, secret], [2, 'Acme:zoe'], [6, 2], [7, 300]), ...writeField(5, -1)];
  const near = fc
    .tuple(fc.nat(whole.length - 1), fc.nat(255))
    .map(([at, byte]) => whole.map((each, i) => (i === at ? byte : each)));
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 64 }), near), async (bytes) => {
      await readImport(uriOf(bytes));
    }),
    { numRuns: 4000 },
  );
});
