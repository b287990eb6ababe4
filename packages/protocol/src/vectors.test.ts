import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { files, folder } from '../tools/make-vectors.ts';
import { normalizeCode, parseActivationUri } from './activation/code.ts';
import { verifyRegistration } from './activation/registration.ts';
import { openBackup } from './backup/index.ts';
import { decodeBase64url } from './base64url.ts';
import { canonicalJson } from './canonical-json.ts';
import { errors } from './errors.ts';
import { sha256Base64url } from './hash.ts';
import { parseStrictJson, parseStrictJsonBytes } from './json.ts';
import { decodeBase32, encodeBase32, hotp, importOtpKey, parseOtpauthUri, totp } from './otp/index.ts';
import { presenceThumbprint, readPresenceJwk, type PresenceJwk } from './presence-key.ts';
import { primitives } from './primitives.ts';
import { verifyProof } from './proof/proof.ts';
import { verifyAnswer } from './push/answer.ts';
import { requestDigest } from './push/request.ts';

/** Our code against each case of each vector file, as another implementation would read them. */

/** A signature of zeros: false for a key on the curve, an error for any other. */
const verifyNothingWith = async (key: PresenceJwk) =>
  primitives.verifyEs256(key, new Uint8Array(64), new Uint8Array(1));

type Files = typeof files;
const read = <Name extends keyof Files>(name: Name): Files[Name] =>
  JSON.parse(readFileSync(join(folder, name), 'utf8')) as Files[Name];

test('the files are what tools/make-vectors.ts makes, and there are no others', () => {
  assert.deepEqual(readdirSync(folder).sort(), Object.keys(files).sort());
  for (const [name, content] of Object.entries(files)) {
    assert.deepEqual(read(name as keyof Files), JSON.parse(JSON.stringify(content)), name);
    assert.ok(content.description.length > 0);
  }
});

test('proof.json', async () => {
  const { valid, refused, now, keys } = read('proof.json');
  const check = ({ proof, call }: (typeof valid)[number]) => {
    const { method, url, body } = call as { method: string; url: string; body?: string };
    const bytes = body === undefined ? undefined : new TextEncoder().encode(body);
    return verifyProof(proof, { method, url, body: bytes }, now * 1000);
  };
  for (const each of valid) {
    const verification = await check(each);
    assert.ok(verification.valid, `${each.name}: ${JSON.stringify(verification)}`);
    assert.equal(verification.thumbprint, keys.presence.thumbprint);
  }
  for (const each of refused) {
    assert.deepEqual(await check(each), { valid: false, reason: each.reason }, each.name);
  }
});

test('registration.json', async () => {
  const { valid, refused, now, aud, nonce, keys } = read('registration.json');
  for (const { name, registration, claims } of valid) {
    const verification = await verifyRegistration(registration, { aud, nonce }, now * 1000);
    assert.deepEqual(verification, { valid: true, key: keys.presence.public_jwk, claims }, name);
  }
  for (const { name, registration, reason } of refused) {
    const verification = await verifyRegistration(registration, { aud, nonce }, now * 1000);
    assert.deepEqual(verification, { valid: false, reason }, name);
  }
});

test('request-digest.json', async () => {
  const { valid, mismatched, members } = read('request-digest.json');
  for (const { name, request, canonical, digest } of valid) {
    const received = request as Parameters<typeof requestDigest>[0] & { digest: string };
    assert.equal(await requestDigest(received), digest, name);
    assert.equal(received.digest, digest, name);
    assert.equal(await sha256Base64url(canonical), digest, name);
    assert.deepEqual(Object.keys(JSON.parse(canonical) as object), members, name);
  }
  for (const { name, request } of mismatched) {
    assert.notEqual(
      await requestDigest(request as Parameters<typeof requestDigest>[0]),
      request.digest,
      name,
    );
  }
});

test('answer.json', async () => {
  const { valid, refused, requests, now, aud, keys } = read('answer.json');
  const check = (answer: string, name: string) => {
    const { id, nonce, digest, confirmation } = requests[name as keyof typeof requests];
    const expected = {
      aud,
      key: readPresenceJwk(keys.presence.public_jwk)!,
      id,
      nonce,
      digest,
      confirmation,
    };
    return verifyAnswer(answer, expected, now * 1000);
  };
  for (const request of Object.values(requests)) assert.equal(await requestDigest(request), request.digest);
  for (const { name, request, answer, claims, webauthn_challenge } of valid) {
    assert.deepEqual(await check(answer, request), { result: 'valid', claims }, name);
    assert.equal(await sha256Base64url(answer), webauthn_challenge, name);
  }
  for (const { name, request, answer, status, code, reason } of refused) {
    const result = code === 'malformed' ? 'malformed' : 'invalid';
    assert.deepEqual(await check(answer, request), { result, reason }, name);
    assert.equal(errors[code as 'malformed'][0], status, name);
  }
});

test('activation-code.json', () => {
  const { codes, uris } = read('activation-code.json');
  for (const { name, written, normalized } of codes)
    assert.equal(normalizeCode(written) ?? null, normalized, name);
  for (const { name, text, expected } of uris)
    assert.deepEqual(parseActivationUri(text) ?? null, expected, name);
});

test('canonical-json.json', () => {
  const { valid, refused } = read('canonical-json.json');
  for (const { name, json, canonical } of valid) {
    const value = parseStrictJson(json);
    assert.ok(value !== undefined, name);
    assert.equal(canonicalJson(value), canonical, name);
  }
  for (const each of refused) {
    const bytes = 'bytes' in each ? decodeBase64url(each.bytes)! : new TextEncoder().encode(each.json);
    assert.equal(parseStrictJsonBytes(bytes), undefined, each.name);
  }
});

test('thumbprint.json', async () => {
  const { valid, refused } = read('thumbprint.json');
  for (const { name, jwk, thumbprint } of valid) {
    assert.equal(await presenceThumbprint(readPresenceJwk(jwk)!), thumbprint, name);
    assert.equal(await verifyNothingWith(readPresenceJwk(jwk)!), false, name);
  }
  for (const { name, jwk, on_curve } of refused as { name: string; jwk: object; on_curve?: boolean }[]) {
    const key = readPresenceJwk(jwk);
    assert.equal(key !== undefined, on_curve === false, name);
    if (key) await assert.rejects(verifyNothingWith(key), Error, name);
  }
});

test('otp.json', async () => {
  const vectors = read('otp.json');
  for (const { name, secret, algorithm, digits, counter, code } of vectors.hotp) {
    assert.equal(
      await hotp(await importOtpKey(decodeBase32(secret)!, algorithm), counter, digits),
      code,
      name,
    );
  }
  for (const { name, secret, algorithm, digits, period, time, code } of vectors.totp) {
    const key = await importOtpKey(decodeBase32(secret)!, algorithm);
    assert.equal(await totp(key, { period, digits }, time * 1000), code, name);
    assert.equal(await totp(key, { period, digits }, time * 1000 + 999), code, name);
  }
  for (const { name, text, hex } of vectors.base32) {
    const bytes = decodeBase32(text);
    assert.equal(bytes ? Buffer.from(bytes).toString('hex') : null, hex, name);
  }
});

test('otpauth.json', () => {
  const { shapes } = read('otpauth.json');
  assert.ok(shapes.length >= 60);
  assert.equal(new Set(shapes.map(({ name }) => name)).size, shapes.length);
  for (const { name, text, ...expected } of shapes) {
    const parsed = parseOtpauthUri(text);
    const got =
      'account' in parsed
        ? { account: { ...parsed.account, secret: encodeBase32(parsed.account.secret) } }
        : parsed;
    assert.deepEqual(got, expected, name);
  }
});

test('backup.json', async () => {
  const { worked, opens, refused } = read('backup.json');
  for (const { name, backup, password } of [{ name: 'worked', ...worked }, ...opens]) {
    const opened = await openBackup(backup, password);
    assert.ok('accounts' in opened, `${name}: ${JSON.stringify(opened)}`);
    assert.equal(new Date(opened.createdAt).toISOString(), worked.created_at, name);
    const accounts = opened.accounts.map((each) => ({ ...each, secret: encodeBase32(each.secret) }));
    assert.deepEqual(accounts, worked.accounts, name);
  }
  for (const { name, backup, password, problem } of refused) {
    assert.deepEqual(await openBackup(backup, password), { problem }, name);
  }
});
