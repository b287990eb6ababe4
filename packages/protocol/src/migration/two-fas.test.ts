import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { anyAccount, sampleAccount } from '../../tools/accounts.ts';
import { encryptedTwoFasBackup, plainTwoFasBackup, twoFasService } from '../../tools/two-fas-backup.ts';
import { readImport } from './import.ts';

const read = async (backup: unknown, password?: string) => readImport(JSON.stringify(backup), password);
const problem = (name: string) => ({ kind: 'problem', problem: name });
const accounts = [
  sampleAccount(),
  sampleAccount({ type: 'hotp', label: 'door', algorithm: 'SHA-256', digits: 7, counter: 50 }),
  sampleAccount({ label: 'zoë', algorithm: 'SHA-512', digits: 8, period: 60 }),
];
const services = accounts.map(twoFasService);
const found = { kind: 'found', source: '2fas', accounts, skipped: [] };

test('a backup in clear, of each version of its schema', async () => {
  for (const schemaVersion of [1, 2, 3, 4, undefined]) {
    assert.deepEqual(await read({ ...plainTwoFasBackup(services), schemaVersion }), found);
  }
  assert.deepEqual(await read({ ...plainTwoFasBackup(services), servicesEncrypted: null }), found);
});

test('a backup of the first version, which said less', async () => {
  const service = {
    name: 'Acme',
    order: { position: 0 },
    otp: { account: 'zoe', issuer: 'Acme', label: 'Acme:zoe' },
    secret: 'JBSWY3DPEHPK3PXP',
    type: 'Unknown',
  };
  const result = await read({ schemaVersion: 1, services: [service] });
  assert.deepEqual(result, { ...found, accounts: [sampleAccount()] });
});

test('a backup with a password', async () => {
  const backup = encryptedTwoFasBackup(services, 'Fünf Äpfel');
  assert.deepEqual(await read(backup, 'Fünf Äpfel'), found);
  assert.deepEqual(await read(backup), { kind: 'password_needed', source: '2fas' });
  assert.deepEqual(await read(backup, ''), { kind: 'password_needed', source: '2fas' });
  assert.deepEqual(await read(backup, 'Fünf Birnen'), problem('wrong_password'));
  const { reference: _, ...withoutReference } = backup;
  assert.deepEqual(await read(withoutReference, 'Fünf Äpfel'), found);
  assert.deepEqual(await read(withoutReference, 'Fünf Birnen'), problem('wrong_password'));
  // What lies beside it in clear is not lost.
  const both = await read({ ...backup, services: [services[0]] }, 'Fünf Äpfel');
  assert.deepEqual(both.kind === 'found' && both.accounts, [accounts[0], ...accounts]);
});

test('a backup that was changed is no wrong password where the reference still opens', async () => {
  const backup = encryptedTwoFasBackup(services, 'x');
  const flip = (text: string) => (text.startsWith('A') ? 'B' : 'A') + text.slice(1);
  const changed = { ...backup, servicesEncrypted: flip(backup.servicesEncrypted) };
  assert.deepEqual(await read(changed, 'x'), problem('damaged'));
  assert.deepEqual(await read(changed, 'y'), problem('wrong_password'));
  for (const servicesEncrypted of [
    'x',
    'QQ==',
    'QQ==:QQ==',
    'QQ==:QQ==:QQ==',
    '!:!:!',
    `${backup.reference}:QQ==`,
  ]) {
    assert.deepEqual(
      await read({ ...backup, servicesEncrypted }, 'x'),
      problem('damaged'),
      servicesEncrypted,
    );
  }
  assert.deepEqual(await read(encryptedTwoFasBackup({ services }, 'x'), 'x'), problem('damaged'));
  assert.deepEqual(
    await read({ ...plainTwoFasBackup(services), schemaVersion: 5 }),
    problem('newer_version'),
  );
  assert.deepEqual(await read({ ...plainTwoFasBackup(services), schemaVersion: '4' }), problem('damaged'));
  assert.deepEqual(await read(plainTwoFasBackup([])), problem('empty'));
  assert.deepEqual(await read(encryptedTwoFasBackup([], 'x'), 'x'), problem('empty'));
});

test('every service is an account or skipped by name', async () => {
  const service = twoFasService(sampleAccount());
  const withOtp = (account: string, otp: object) => ({
    ...service,
    otp: { ...service.otp, account, ...otp },
  });
  const result = await read(
    plainTwoFasBackup([
      withOtp('steam', { tokenType: 'STEAM', digits: 5 }),
      withOtp('number', { tokenType: 1 }),
      withOtp('md5', { algorithm: 'MD5' }),
      withOtp('five', { digits: 5 }),
      withOtp('day', { period: 86_400 }),
      withOtp('back', { tokenType: 'HOTP', counter: -1 }),
      { ...withOtp('one', {}), secret: '1' },
      { ...withOtp('none', {}), secret: '' },
      null,
      { name: 'no otp and no secret' },
      service,
    ]),
  );
  assert.ok(result.kind === 'found');
  assert.deepEqual(result.accounts, [sampleAccount()]);
  assert.deepEqual(
    result.skipped.map(({ name, reason }) => [name, reason]),
    [
      ['Acme: steam', 'unsupported_type'],
      ['Acme: number', 'unsupported_type'],
      ['Acme: md5', 'unsupported_algorithm'],
      ['Acme: five', 'bad_digits'],
      ['Acme: day', 'bad_period'],
      ['Acme: back', 'bad_counter'],
      ['Acme: one', 'secret_not_base32'],
      ['Acme: none', 'no_secret'],
      ['', 'unreadable'],
      ['no otp and no secret', 'no_secret'],
    ],
  );
});

test('the name that its owner gave a service is not lost', async () => {
  const service = twoFasService(sampleAccount());
  const named = async (name: string, otp: object) => {
    const result = await read(plainTwoFasBackup([{ ...service, name, otp: { ...service.otp, ...otp } }]));
    assert.ok(result.kind === 'found');
    const { issuer, label } = result.accounts[0]!;
    return [issuer, label];
  };
  assert.deepEqual(await named('Work', { issuer: '', account: 'zoe' }), ['Work', 'zoe']);
  assert.deepEqual(await named('Work', { issuer: null, account: null, label: null }), ['Work', '']);
  assert.deepEqual(await named('Work', { issuer: 'Acme', account: '', label: '' }), ['Acme', 'Work']);
  assert.deepEqual(await named('Work', { issuer: 'Acme', account: 'zoe' }), ['Acme', 'zoe']);
  assert.deepEqual(await named('Work', { issuer: 'Acme', account: 'home:zoe' }), ['Acme', 'home:zoe']);
  assert.deepEqual(await named('Work', { issuer: 'Acme', account: '', label: 'Acme:zoe' }), ['Acme', 'zoe']);
});

test('100 random backups come back as they were, in clear and encrypted', async () => {
  // 2FAS has a name for every service, which stands in for what is empty.
  const usual = anyAccount
    .map((any) => ({ ...any, issuer: any.issuer || 'Acme', label: any.label || 'zoe' }))
    // Files have the issuer in front of the label as well, so a label that begins with it loses it: "Acme:zoe" is zoe's.
    .filter(({ issuer, label }) => !label.startsWith(`${issuer}:`));
  const some = fc.array(usual, { minLength: 1, maxLength: 10 });
  await fc.assert(
    fc.asyncProperty(some, fc.string({ minLength: 1 }), async (any, password) => {
      const expected = { kind: 'found', source: '2fas', accounts: any, skipped: [] };
      const written = any.map(twoFasService);
      assert.deepEqual(await read(plainTwoFasBackup(written)), expected);
      assert.deepEqual(await read(encryptedTwoFasBackup(written, password), password), expected);
    }),
    { numRuns: 100 },
  );
});
