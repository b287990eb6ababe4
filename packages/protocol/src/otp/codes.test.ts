import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { hotp, importOtpKey, timeStep, totp } from './codes.ts';

/** RFC 4226 appendix D and RFC 6238 appendix B are in vectors/otp.json, which vectors.test.ts reads. */

const secret = new Uint8Array(new TextEncoder().encode('12345678901234567890'));

test('a key signs, and nothing gets it out again', async () => {
  const key = await importOtpKey(secret, 'SHA-1');
  assert.equal(key.extractable, false);
  assert.deepEqual(key.usages, ['sign']);
  await assert.rejects(crypto.subtle.exportKey('raw', key), { name: 'InvalidAccessError' });
});

test('an empty secret is refused by name', async () => {
  await assert.rejects(importOtpKey(new Uint8Array(), 'SHA-1'), RangeError);
});

test('counters and digits beyond the bounds are refused', async () => {
  const key = await importOtpKey(secret, 'SHA-1');
  for (const counter of [-1, 0.5, Number.NaN, Number.MAX_SAFE_INTEGER + 1, Infinity]) {
    await assert.rejects(hotp(key, counter, 6), RangeError, String(counter));
  }
  for (const digits of [0, -1, 11, 6.5, Number.NaN]) {
    await assert.rejects(hotp(key, 0, digits), RangeError, String(digits));
  }
});

test('a step begins with its first millisecond', async () => {
  assert.deepEqual(
    [0, 29_999, 30_000, 59_999].map((now) => timeStep(now, 30)),
    [0, 0, 1, 1],
  );
  assert.equal(timeStep(3_599_999, 3600), 0);
  const key = await importOtpKey(secret, 'SHA-1');
  assert.equal(await totp(key, { period: 30, digits: 6 }, 30_000), await hotp(key, 1, 6));
});

/** The same each time. */
const bytesOf = (seed: string, length: number) =>
  new Uint8Array(createHash('shake256', { outputLength: length }).update(seed).digest());

const oathtool = (...args: string[]) => spawnSync('oathtool', args, { encoding: 'utf8' });
const isInstalled = oathtool('--version').error === undefined;

test(
  'the codes are those of oathtool',
  { skip: isInstalled ? false : 'oathtool is not installed (Debian: apt-get install oathtool)' },
  async () => {
    for (let i = 0; i < 54; i += 1) {
      const algorithm = (['SHA-1', 'SHA-256', 'SHA-512'] as const)[i % 3]!;
      const digits = 6 + (Math.floor(i / 3) % 3);
      const random = bytesOf(`numbers ${i}`, 8);
      const [period, time] = [
        1 + ((random[0]! * 256 + random[1]!) % 3600),
        new DataView(random.buffer).getUint32(2),
      ];
      const key = bytesOf(`secret ${i}`, 1 + ((i * 7) % 80));
      const hex = Buffer.from(key).toString('hex');
      const imported = await importOtpKey(key, algorithm);
      const said = oathtool(
        `--totp=${algorithm.replace('-', '')}`,
        `--digits=${digits}`,
        `--time-step-size=${period}s`,
        `--now=@${time}`,
        hex,
      );
      assert.equal(await totp(imported, { period, digits }, time * 1000), said.stdout.trim(), said.stderr);
      // oathtool has SHA-1 only for counters.
      const byCounter = oathtool('--hotp', `--digits=${digits}`, `--counter=${time}`, hex);
      const sha1 = await importOtpKey(key, 'SHA-1');
      assert.equal(await hotp(sha1, time, digits), byCounter.stdout.trim(), byCounter.stderr);
    }
  },
);
