import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { anyAccount, sampleAccount } from '../../tools/accounts.ts';
import { aegisContent, aegisEntry, encryptedAegisVault, plainAegisVault } from '../../tools/aegis-vault.ts';
import { encryptedTwoFasBackup, plainTwoFasBackup, twoFasService } from '../../tools/two-fas-backup.ts';
import { sealAtCost } from '../backup/backup.ts';
import { formatOtpauthUri } from '../otp/index.ts';
import { readImport, writeGoogleMigration, writeOtpauthList } from './index.ts';

const problem = (name: string) => ({ kind: 'problem', problem: name });
const uri = formatOtpauthUri(sampleAccount());
const options = { now: Date.UTC(2026, 6, 1), random: (bytes: number) => new Uint8Array(randomBytes(bytes)) };
const sealed = await sealAtCost([sampleAccount()], 'x', options, { n: 2, r: 1, p: 1 });

test('a URI, and a list of them with comments and blank lines', async () => {
  const found = { kind: 'found', source: 'otpauth', accounts: [sampleAccount()], skipped: [] };
  assert.deepEqual(await readImport(uri), found);
  assert.deepEqual(await readImport(`\ufeff# mine\r\n\r\n   ${uri}\r\n`), found);
  const accounts = [sampleAccount(), sampleAccount({ label: 'eve' })];
  assert.deepEqual(await readImport(writeOtpauthList(accounts)), { ...found, accounts });
});

test('what a list holds beside accounts is skipped by name, and no secret gets into a name', async () => {
  const page = writeGoogleMigration([sampleAccount({ label: 'google' })], 1).pages[0]!;
  const result = await readImport(
    [
      uri,
      page,
      uri.replace('digits=6', 'digits=5'),
      uri.replace('totp', 'steam'),
      uri.replace('SHA1', 'MD5'),
      uri.replace('period=30', 'period=0'),
      'otpauth://totp/Acme:none',
      'otpauth://totp/Acme:hex?secret=0189',
      'otpauth://hotp/Acme:back?secret=MY&counter=-1',
      `${uri}&x=${'x'.repeat(9000)}`,
      `https://example.com/?secret=JBSWY3DPEHPK3PXP`,
      'otpauth-migration://offline?data=CgE',
    ].join('\n'),
  );
  assert.ok(result.kind === 'found');
  assert.equal(result.source, 'otpauth');
  assert.deepEqual(result.accounts, [sampleAccount(), sampleAccount({ label: 'google' })]);
  assert.deepEqual(
    result.skipped.map(({ name, reason }) => [name, reason]),
    [
      ['Acme: zoe', 'bad_digits'],
      ['Acme: zoe', 'unsupported_type'],
      ['Acme: zoe', 'unsupported_algorithm'],
      ['Acme: zoe', 'bad_period'],
      ['Acme: none', 'no_secret'],
      ['Acme: hex', 'secret_not_base32'],
      ['Acme: back', 'bad_counter'],
      ['Acme: zoe', 'unreadable'],
      ['https://example.com/', 'unreadable'],
      ['otpauth-migration://offline', 'unreadable'],
    ],
  );
});

test('our own backup', async () => {
  const found = { kind: 'found', source: 'countersign', accounts: [sampleAccount()], skipped: [] };
  assert.deepEqual(await readImport(sealed, 'x'), found);
  assert.deepEqual(await readImport(sealed), { kind: 'password_needed', source: 'countersign' });
  assert.deepEqual(await readImport(sealed, 'y'), problem('wrong_password'));
  // Nobody is asked for a password that opens nothing.
  assert.deepEqual(await readImport(sealed.replace('"salt":"', '"salt":"A')), problem('damaged'));
  assert.deepEqual(await readImport(sealed.slice(0, 200)), problem('damaged'));
  assert.deepEqual(
    await readImport(sealed.replace('"version":1', '"version":1,"version":1'), 'x'),
    problem('damaged'),
  );
  const empty = await sealAtCost([], 'x', options, { n: 2, r: 1, p: 1 });
  assert.deepEqual(await readImport(empty, 'x'), problem('empty'));
});

test('what is none of these', async () => {
  for (const text of ['', ' \n', '# nothing\n', '\ufeff'])
    assert.deepEqual(await readImport(text), problem('empty'));
  for (const text of [
    'JBSWY3DPEHPK3PXP',
    'https://example.com',
    '[]',
    '{}',
    '{"services":1}',
    '{"format":"x"}',
    '"a"',
  ]) {
    assert.deepEqual(await readImport(text), problem('unknown_format'), text);
  }
  assert.deepEqual(await readImport('{'), problem('damaged'));
  assert.deepEqual(await readImport('x'.repeat(16 * 1024 * 1024 + 1)), problem('too_large'));
  assert.deepEqual(await readImport('['.repeat(1_000_000)), problem('unknown_format'));
  assert.deepEqual(await readImport('{"a":'.repeat(1_000_000)), problem('damaged'));
});

test('lists of random accounts come back as they were', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyAccount, { minLength: 1, maxLength: 20 }), async (accounts) => {
      const result = await readImport(writeOtpauthList(accounts));
      assert.deepEqual(result, { kind: 'found', source: 'otpauth', accounts, skipped: [] });
    }),
    { numRuns: 300 },
  );
});

test('a long text takes no long time', async () => {
  const long = 2_000_000;
  const began = performance.now();
  const secret = `${'='.repeat(long)}x`;
  const entry = { ...aegisEntry(sampleAccount()), info: { secret } };
  for (const text of [
    JSON.stringify(plainAegisVault(aegisContent([entry]))),
    JSON.stringify({ ...encryptedAegisVault({}, ['x']), db: secret }),
    JSON.stringify({ ...encryptedTwoFasBackup([], 'x'), servicesEncrypted: secret }),
    `otpauth-migration://offline?data=${secret}`,
    ...['?', '&', '%', ' ', 'a=', '&a'].map(
      (piece) => `otpauth://totp/${piece.repeat(long / piece.length)}x`,
    ),
    `otpauth://totp/${'\n'.repeat(long)}x`,
    `{${' '.repeat(long)}`,
  ]) {
    await readImport(text, 'x');
  }
  assert.ok(performance.now() - began < 5000);
});

/** Any value in the place of any other, somewhere in `value`. */
function changedAnywhere(value: unknown, at: number[], by: unknown): unknown {
  const [first, ...rest] = at;
  if (first === undefined || typeof value !== 'object' || value === null) return by;
  const names = Object.keys(value);
  if (names.length === 0) return by;
  const name = names[first % names.length]!;
  const changed = changedAnywhere((value as Record<string, unknown>)[name], rest, by);
  return Array.isArray(value)
    ? value.map((each: unknown, i) => (String(i) === name ? changed : each))
    : { ...value, [name]: changed };
}

test('no JSON and no text makes it throw', async () => {
  const entries = [sampleAccount(), sampleAccount({ type: 'hotp' })];
  const files: unknown[] = [
    plainAegisVault(aegisContent(entries.map(aegisEntry))),
    encryptedAegisVault(aegisContent(entries.map(aegisEntry)), ['x']),
    plainTwoFasBackup(entries.map(twoFasService)),
    encryptedTwoFasBackup(entries.map(twoFasService), 'x'),
    JSON.parse(sealed),
  ];
  const value = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(-1, 0, 2 ** 31, 1e300, '', '00', 'A:A:A', [], {}, null),
  );
  const changed = fc
    .tuple(fc.constantFrom(...files), fc.array(fc.nat(20), { minLength: 1, maxLength: 5 }), value)
    .map(([file, at, by]) => JSON.stringify(changedAnywhere(file, at, by)));
  const any = fc.oneof(
    fc.json(),
    fc.string({ unit: 'binary' }),
    fc.string().map((text) => `{"services":[${text}`),
    fc.string().map((text) => `${uri}\n${text}`),
    changed,
    changed,
  );
  await fc.assert(
    fc.asyncProperty(any, fc.constantFrom(undefined, 'x', 'y'), async (text, password) => {
      const result = await readImport(text, password);
      if (result.kind === 'found') assert.ok(result.accounts.length + result.skipped.length > 0);
    }),
    { numRuns: 3000 },
  );
});

test('a name without end is skipped, and named by its beginning', async () => {
  const endless = sampleAccount({ label: 'x'.repeat(600) });
  for (const text of [
    writeOtpauthList([endless, sampleAccount()]),
    JSON.stringify(plainAegisVault(aegisContent([aegisEntry(endless)]))),
  ]) {
    const found = await readImport(text);
    assert.ok(found.kind === 'found');
    assert.ok(found.accounts.every(({ label }) => label.length < 500));
    assert.equal(found.skipped[0]?.reason, 'name_too_long');
    assert.ok(found.skipped[0].name.length < 70);
  }
});
