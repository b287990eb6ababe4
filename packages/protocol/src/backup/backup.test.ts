import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { createDecipheriv, createHash, randomBytes, scryptSync } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { anyAccount, sampleAccount } from '../../tools/accounts.ts';
import { accounts as samples, backup as vectors } from '../../tools/vectors/backup.ts';
import { sealAtCost } from './backup.ts';
import { describeBackup, openBackup, sealBackup } from './index.ts';

const cheap = { n: 2, r: 1, p: 1 };
const random = (bytes: number) => new Uint8Array(randomBytes(bytes));
const options = { now: Date.UTC(2026, 6, 1), random };

test('a backup opens with its password, at the cost that everybody pays', async () => {
  const text = await sealBackup(samples, 'correct horse', options);
  assert.deepEqual(await openBackup(text, 'correct horse'), { accounts: samples, createdAt: options.now });
  assert.deepEqual(await openBackup(text, 'correct house'), { problem: 'wrong_password' });
  assert.deepEqual(describeBackup(text), { createdAt: options.now, version: 1 });
  const { kdf } = JSON.parse(text) as { kdf: { n: number; r: number; p: number } };
  assert.deepEqual([kdf.n, kdf.r, kdf.p], [32768, 8, 3]);
  // Nothing of what it holds stands in it as it is, nor as base64 at any offset.
  for (const { label, secret } of samples)
    for (const bytes of [Buffer.from(label), Buffer.from(secret)])
      for (const before of [0, 1, 2]) {
        const inBase64 = Buffer.concat([Buffer.alloc(before), bytes])
          .toString('base64url')
          .slice(4, -4);
        if (inBase64.length >= 6) assert.ok(!text.includes(inBase64), inBase64);
      }
  assert.doesNotMatch(text, /example\.com|issuer|secret/);
});

test('two backups of the same have nothing in common that is random', async () => {
  const [a, b] = await Promise.all([1, 2].map(async () => sealAtCost(samples, 'x', options, cheap)));
  const read = (text: string) =>
    JSON.parse(text) as { kdf: { salt: string; check: string }; cipher: { iv: string }; ciphertext: string };
  assert.notEqual(read(a!).kdf.salt, read(b!).kdf.salt);
  assert.notEqual(read(a!).kdf.check, read(b!).kdf.check);
  assert.notEqual(read(a!).cipher.iv, read(b!).cipher.iv);
  assert.notEqual(read(a!).ciphertext, read(b!).ciphertext);
});

test('10,000 random backups come back as they were', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyAccount, { maxLength: 8 }),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }),
      fc.integer({ min: 0, max: Date.UTC(9999, 11) }),
      async (accounts, password, now) => {
        const text = await sealAtCost(accounts, password, { now, random }, cheap);
        assert.deepEqual(await openBackup(text, password), { accounts, createdAt: now });
        assert.deepEqual(describeBackup(text), { createdAt: now, version: 1 });
      },
    ),
    { numRuns: 10_000 },
  );
});

test('a flipped bit shows wherever it is, and is not taken for a wrong password', async () => {
  const text = await sealAtCost(samples, 'x', options, cheap);
  const bytes = new TextEncoder().encode(text.trimEnd());
  for (let at = 0; at < bytes.length; at += 1) {
    const changed = Uint8Array.from(bytes);
    changed[at]! ^= 1 << (at % 7);
    const opened = await openBackup(new TextDecoder().decode(changed), 'x');
    assert.ok('problem' in opened, `byte ${at} was changed`);
    assert.ok(['damaged', 'not_a_backup'].includes(opened.problem), `byte ${at}: ${opened.problem}`);
  }
});

test('a text that is cut off anywhere is no backup any more', async () => {
  const text = (await sealAtCost(samples, 'x', options, cheap)).trimEnd();
  for (let length = 0; length < text.length; length += 7) {
    assert.ok('problem' in (await openBackup(text.slice(0, length), 'x')), String(length));
    assert.ok('problem' in describeBackup(text.slice(0, length)), String(length));
  }
});

test('what cannot be kept is refused when the backup is made, not when it is needed', async () => {
  const refused = [
    { secret: new Uint8Array() },
    { digits: 5 },
    { period: 0 },
    { counter: -1 },
    { counter: 2 ** 53 },
    { type: 'steam' as 'totp' },
    { algorithm: 'MD5' as 'SHA-1' },
  ];
  for (const members of refused) {
    const sealing = sealAtCost([sampleAccount(), sampleAccount(members)], 'x', options, cheap);
    await assert.rejects(sealing, /^RangeError: the account with the index 1/, JSON.stringify(members));
  }
  await assert.rejects(sealAtCost([], '', options, cheap), RangeError);
  for (const now of [-1, Number.NaN, Date.UTC(10_000, 0)]) {
    await assert.rejects(sealAtCost([], 'x', { ...options, now }, cheap), RangeError);
  }
});

test('no text makes it throw', async () => {
  const text = await sealAtCost(samples, 'x', options, cheap);
  const members = JSON.parse(text) as Record<string, unknown>;
  const any = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc
      .tuple(fc.constantFrom(...Object.keys(members)), fc.jsonValue())
      .map(([name, value]) => JSON.stringify({ ...members, [name]: value })),
    fc.tuple(fc.nat(text.length), fc.string()).map(([at, more]) => text.slice(0, at) + more + text.slice(at)),
  );
  await fc.assert(
    fc.asyncProperty(any, async (changed) => {
      describeBackup(changed);
      await openBackup(changed, 'x');
    }),
    { numRuns: 2000 },
  );
});

test('a text that is longer than any backup is refused before it is read', async () => {
  const long = `{"format":"countersign-authenticator-backup","x":"${'x'.repeat(4 * 1024 * 1024)}"}`;
  assert.deepEqual(await openBackup(long, 'x'), { problem: 'too_large' });
  assert.deepEqual(describeBackup(long), { problem: 'too_large' });
  // And one that is as long as it may be is read, on the stack that there is.
  assert.deepEqual(await openBackup(long.replace('xxxx'.repeat(64), ''), 'x'), { problem: 'damaged' });
});

test('describing says what is wrong as far as it can be seen', () => {
  const problems = Object.fromEntries(
    vectors.refused.map(({ name, backup }) => {
      const described = describeBackup(backup);
      return [name, 'problem' in described ? described.problem : undefined];
    }),
  );
  assert.equal(problems['a newer version'], 'newer_version');
  assert.equal(problems['another format'], 'not_a_backup');
  assert.equal(problems['cut in half'], 'damaged');
  assert.equal(problems['another password'], undefined);
});

test('the worked example step by step, on Node and by the page alone', () => {
  const { worked } = vectors;
  const text = JSON.parse(worked.backup) as {
    kdf: { salt: string; n: number; r: number; p: number; check: string };
    cipher: { iv: string };
    ciphertext: string;
    sha256: string;
  };
  const { sha256, ...hashed } = text;
  // Every name and value of this one is ASCII, and the names are in order once they are sorted.
  const sorted = (value: object): object =>
    Object.fromEntries(
      Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, member]) => [name, typeof member === 'object' ? sorted(member as object) : member]),
    );
  assert.equal(
    createHash('sha256')
      .update(JSON.stringify(sorted(hashed)))
      .digest('base64url'),
    sha256,
  );
  const { n, r, p } = text.kdf;
  const salt = Buffer.from(text.kdf.salt, 'base64url');
  const derived = scryptSync(worked.password.normalize('NFKC'), salt, 48, { N: n, r, p, maxmem: 2 ** 27 });
  assert.equal(derived.toString('base64url'), worked.derived);
  assert.equal(derived.subarray(32).toString('base64url'), text.kdf.check);
  const { ciphertext, ...header } = hashed;
  assert.equal(JSON.stringify(sorted(header)), worked.additional_data);
  const sealed = Buffer.from(ciphertext, 'base64url');
  const cipher = createDecipheriv(
    'aes-256-gcm',
    derived.subarray(0, 32),
    Buffer.from(text.cipher.iv, 'base64url'),
  );
  cipher.setAAD(Buffer.from(worked.additional_data)).setAuthTag(sealed.subarray(-16));
  const plaintext = Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()]);
  assert.equal(plaintext.toString(), worked.plaintext);
});

test('nothing is sealed that would not open: more than a backup holds is refused', async () => {
  const endless = [{ ...sampleAccount(), label: 'x'.repeat(3_300_000) }];
  await assert.rejects(sealAtCost(endless, 'x', options, cheap), RangeError);
});
