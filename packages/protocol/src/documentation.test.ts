import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { files } from '../tools/make-vectors.ts';
import { decodeBase64url } from './base64url.ts';
import { errors } from './errors.ts';
import { requestDigest } from './push/request.ts';
import type { PushRequest } from './wire/push-request.ts';

/** docs/protocol.md against the code: its worked examples are bytes of the vectors, and its errors are ours. */

const root = join(import.meta.dirname, '..', '..', '..');
const page = readFileSync(join(root, 'docs', 'protocol.md'), 'utf8');
const blocks = [...page.matchAll(/^```\w+\n([^]*?)^```$/gm)].map(([, text]) => text!.trim());
const holds = (text: string) => assert.ok(blocks.includes(text), `not in the page: ${text.slice(0, 80)}…`);
const named = <T extends { name: string }>(cases: T[], name: string) => {
  const found = cases.find((each) => each.name === name);
  assert.ok(found, name);
  return found;
};
const parts = (jws: string) =>
  jws
    .split('.')
    .slice(0, 2)
    .map((part) => new TextDecoder().decode(decodeBase64url(part)));

const proof = named(files['proof.json'].valid, 'a call with a body');
const registration = named(files['registration.json'].valid, 'without one').registration;
const answer = named(files['answer.json'].valid, 'approve with the number');

test('every JWS of the page is one of the vectors, beside its header and claims', () => {
  const shown = blocks.filter((text) => text.startsWith('eyJ')).map((text) => text.replaceAll('\n', ''));
  assert.deepEqual(shown, [proof.proof, registration, answer.answer]);
  for (const text of parts(proof.proof)) holds(text);
  for (const jws of [registration, answer.answer]) holds(parts(jws)[1]!);
  holds((proof.call as { body: string }).body);
});

test('the key, the request, its canonical form and the hashes are those of the vectors', async () => {
  const { presence } = files['proof.json'].keys;
  const json = blocks
    .filter((text) => text.startsWith('{'))
    .map((text) => JSON.parse(text.replaceAll(', …', '')) as object);
  const has = (value: object) =>
    json.some((each) => JSON.stringify(each, sorted(each)) === JSON.stringify(value, sorted(value)));
  assert.ok(has(presence.private_jwk));
  const request: PushRequest = files['answer.json'].requests.number;
  assert.ok(has(request));
  holds(files['request-digest.json'].valid[0]!.canonical);
  for (const hash of [presence.thumbprint, await requestDigest(request), answer.webauthn_challenge]) {
    assert.ok(page.includes(`\`${hash}\``), hash);
  }
});

/** Every name in the value, in order: a list that JSON.stringify takes, so that order does not count. */
function sorted(value: unknown): string[] {
  const names = new Set<string>();
  JSON.stringify(value, (name, member: unknown) => {
    names.add(name);
    return member;
  });
  return [...names].sort();
}

test('every error of the page exists, with the status that it says', () => {
  const rows = [...page.matchAll(/^\| `(\w+)` +\| (\d{3}) /gm)].map(([, code, status]) => [
    code,
    Number(status),
  ]);
  assert.ok(rows.length > 20);
  for (const [code, status] of rows) assert.equal(errors[code as 'malformed']?.[0], status, String(code));
  const inText = [...page.matchAll(/\b([45]\d{2})\s+`([a-z_]+)`/g)];
  assert.ok(inText.length > 20);
  for (const [, status, code] of inText) assert.equal(errors[code as 'malformed']?.[0], Number(status), code);
  const listed = new Set(rows.map(([code]) => code));
  for (const [, , code] of inText)
    assert.ok(listed.has(code) || code === 'push_locked', `${code} is not in the table`);
});
