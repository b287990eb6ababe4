import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '../platform/http/refusal.ts';
import { createHashing, createSlots } from './hashing.ts';
import { weaknesses } from './strength.ts';
import { defaults } from '../settings/settings.ts';

test('argon2id with 19 MiB, t=2, p=1; nobody’s hash is never right', async () => {
  const hashing = createHashing();
  const stored = await hashing.hash('pässword ✓');
  assert.match(stored, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  assert.equal(await hashing.verify(stored, 'pässword ✓'), true);
  assert.equal(await hashing.verify(stored, 'pa\u0308ssword ✓'), true, 'however the keyboard composes it');
  assert.equal(await hashing.verify(stored, 'password'), false);
  assert.equal(await hashing.verify(null, 'no such password'), false);
  assert.equal(hashing.isOutdated(stored), false);
  assert.equal(hashing.isOutdated('$argon2id$v=19$m=4096,t=3,p=1$x$y'), true);
});

test('so many at once, so many waiting, and the rest refused at once; a failure frees its slot', async () => {
  const slots = createSlots(2, 3);
  let running = 0;
  let most = 0;
  const task = async () => {
    most = Math.max(most, (running += 1));
    await new Promise((resolve) => setTimeout(resolve, 5));
    running -= 1;
    throw new Error('failed');
  };
  const results = await Promise.allSettled(Array.from({ length: 8 }, () => slots(task)));
  const refusals = results.filter(
    (result) => result.status === 'rejected' && result.reason instanceof Refusal,
  );
  assert.deepEqual([most, refusals.length], [2, 3]);
  assert.equal(await slots(async () => 'free again'), 'free again');
});

test('weak passwords, in words', async () => {
  const weak = (password: string, settings = defaults) =>
    weaknesses(password, settings, ['olga', 'olga@example.com'], 0);
  assert.deepEqual(await weak('correct horse battery staple'), []);
  assert.deepEqual(await weak('q8z!k2v'), ['It must have at least 8 characters.']);
  assert.deepEqual(await weak('Password123'), ['It is one of the most common passwords.']);
  assert.equal((await weak('OLGA@example.com')).length, 1);
  assert.equal((await weak('zzzzzzzzzz')).length, 1);
  const without = { ...defaults, mfa: { ...defaults.mfa, required: false } };
  assert.deepEqual(await weak('fourteen chars', without), ['It must have at least 15 characters.']);
});
