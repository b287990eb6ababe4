import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { anyAccount, sampleAccount } from '../../tools/accounts.ts';
import { aegisContent, aegisEntry, encryptedAegisVault, plainAegisVault } from '../../tools/aegis-vault.ts';
import { readImport } from './import.ts';

const read = async (vault: unknown, password?: string) => readImport(JSON.stringify(vault), password);
const problem = (name: string) => ({ kind: 'problem', problem: name });
const accounts = [
  sampleAccount(),
  sampleAccount({ type: 'hotp', issuer: '', label: 'door', algorithm: 'SHA-256', digits: 7, counter: 50 }),
  sampleAccount({ label: 'zoë', algorithm: 'SHA-512', digits: 8, period: 50 }),
];
const content = aegisContent(accounts.map(aegisEntry));
const found = { kind: 'found', source: 'aegis', accounts, skipped: [] };

test('a vault in clear, of each version of its content', async () => {
  for (const version of [1, 2, 3]) {
    assert.deepEqual(await read(plainAegisVault({ ...content, version })), found);
  }
  assert.deepEqual(
    await readImport(`\ufeff${JSON.stringify(plainAegisVault(content), undefined, 4)}\n`),
    found,
  );
});

test('a vault with a password, with two, and at the cost that Aegis has', async () => {
  for (const vault of [
    encryptedAegisVault(content, ['Fünf Äpfel']),
    encryptedAegisVault(content, ['another', 'Fünf Äpfel']),
    encryptedAegisVault(content, ['Fünf Äpfel'], { n: 32768, r: 8, p: 1 }),
  ]) {
    assert.deepEqual(await read(vault, 'Fünf Äpfel'), found);
    assert.deepEqual(await read(vault), { kind: 'password_needed', source: 'aegis' });
    assert.deepEqual(await read(vault, ''), { kind: 'password_needed', source: 'aegis' });
    assert.deepEqual(await read(vault, 'Fünf Birnen'), problem('wrong_password'));
  }
});

test('every entry is an account or skipped by name', async () => {
  const entry = aegisEntry(sampleAccount());
  const withInfo = (name: string, info: object) => ({ ...entry, name, info: { ...entry.info, ...info } });
  const entries = [
    { ...entry, type: 'steam', name: 'steam' },
    { ...entry, type: 'motp', name: 'motp' },
    { ...entry, type: 'yandex', name: 'yandex' },
    { ...entry, type: undefined, name: 'no type' },
    withInfo('md5', { algo: 'MD5' }),
    withInfo('number', { algo: 1 }),
    withInfo('nine', { digits: 9 }),
    withInfo('digits in words', { digits: '6' }),
    withInfo('never', { period: 0 }),
    { ...withInfo('back', { counter: -1 }), type: 'hotp' },
    withInfo('hex', { secret: '0189' }),
    withInfo('listed', { secret: [1, 2] }),
    withInfo('null', { secret: null }),
    withInfo('empty', { secret: '' }),
    { name: 'no info', issuer: 'Acme' },
    { ...entry, name: 7, issuer: null, type: 'steam' },
    null,
    'text',
    entry,
  ];
  const result = await read(plainAegisVault(aegisContent(entries)));
  assert.ok(result.kind === 'found');
  assert.deepEqual(result.accounts, [sampleAccount()]);
  assert.deepEqual(
    result.skipped.map(({ name, reason }) => [name, reason]),
    [
      ['Acme: steam', 'unsupported_type'],
      ['Acme: motp', 'unsupported_type'],
      ['Acme: yandex', 'unsupported_type'],
      ['Acme: no type', 'unsupported_type'],
      ['Acme: md5', 'unsupported_algorithm'],
      ['Acme: number', 'unsupported_algorithm'],
      ['Acme: nine', 'bad_digits'],
      ['Acme: digits in words', 'bad_digits'],
      ['Acme: never', 'bad_period'],
      ['Acme: back', 'bad_counter'],
      ['Acme: hex', 'secret_not_base32'],
      ['Acme: listed', 'secret_not_base32'],
      ['Acme: null', 'no_secret'],
      ['Acme: empty', 'no_secret'],
      ['Acme: no info', 'unreadable'],
      ['', 'unsupported_type'],
      ['', 'unreadable'],
      ['', 'unreadable'],
    ],
  );
});

test('versions, and what is not whole', async () => {
  assert.deepEqual(await read({ ...plainAegisVault(content), version: 2 }), problem('newer_version'));
  assert.deepEqual(await read(plainAegisVault({ ...content, version: 4 })), problem('newer_version'));
  assert.deepEqual(await read(plainAegisVault(aegisContent([]))), problem('empty'));
  for (const db of [null, 7, [], {}, { version: 1 }, { version: 1, entries: {} }]) {
    assert.deepEqual(await read(plainAegisVault(db)), problem('damaged'), JSON.stringify(db));
  }
  assert.deepEqual(await read({ ...plainAegisVault(content), version: '1' }), problem('damaged'));
  const text = JSON.stringify(plainAegisVault(content));
  assert.deepEqual(await readImport(text.slice(0, text.length / 2)), problem('damaged'));
});

test('an encrypted vault that was changed', async () => {
  const vault = encryptedAegisVault(content, ['x']);
  const { slots, params } = vault.header;
  const [fingerprint, slot] = slots as [object, { n: number; key: string; salt: string; key_params: object }];
  const withSlots = async (changed: unknown) => read({ ...vault, header: { slots: changed, params } }, 'x');
  const flip = (text: string) => (text.startsWith('0') ? '1' : '0') + text.slice(1);
  assert.deepEqual(await read({ ...vault, db: flip(vault.db) }, 'x'), problem('damaged'));
  assert.deepEqual(await read({ ...vault, db: '!' }, 'x'), problem('damaged'));
  assert.deepEqual(await read({ ...vault, header: { slots, params: null } }, 'x'), problem('damaged'));
  const shortTag = { ...params, tag: params.tag.slice(2) };
  assert.deepEqual(await read({ ...vault, header: { slots, params: shortTag } }, 'x'), problem('damaged'));
  const noJson = encryptedAegisVault('not what is expected', ['x']);
  assert.deepEqual(await read(noJson, 'x'), problem('damaged'));
  // Who changed a key cannot be told from who has another password.
  assert.deepEqual(await withSlots([{ ...slot, key: flip(slot.key) }]), problem('wrong_password'));
  for (const none of [null, [], {}, [fingerprint], [7], [{ ...slot, salt: 'no hex' }], [{ ...slot, n: 3 }]]) {
    assert.deepEqual(await withSlots(none), problem('damaged'), JSON.stringify(none));
  }
  // A slot that cannot be read does not hide another one.
  assert.deepEqual(await withSlots([{ ...slot, key: '00' }, slot]), found);
});

test('a vault cannot ask for all memory, nor for hours', async () => {
  const vault = encryptedAegisVault(content, ['x']);
  const slot = vault.header.slots[1]!;
  const asking = async (...slots: object[]) => read({ ...vault, header: { ...vault.header, slots } }, 'x');
  const began = performance.now();
  for (const cost of [{ n: 2 ** 20, r: 8 }, { n: 2 ** 40 }, { p: 2 ** 30 }, { n: 65536, r: 8, p: 64 }]) {
    assert.deepEqual(await asking({ ...slot, ...cost }), problem('too_large'), JSON.stringify(cost));
  }
  assert.deepEqual(await asking(...Array<object>(5).fill(slot)), problem('too_large'));
  assert.ok(performance.now() - began < 1000);
});

test('500 random vaults come back as they were, in clear and encrypted', async () => {
  const some = fc.array(anyAccount, { minLength: 1, maxLength: 10 });
  await fc.assert(
    fc.asyncProperty(some, fc.string({ minLength: 1 }), async (any, password) => {
      const entries = aegisContent(any.map(aegisEntry));
      const expected = { kind: 'found', source: 'aegis', accounts: any, skipped: [] };
      assert.deepEqual(await read(plainAegisVault(entries)), expected);
      assert.deepEqual(await read(encryptedAegisVault(entries, [password]), password), expected);
    }),
    { numRuns: 500 },
  );
});
