import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleRequest } from '../../tools/sample-request.ts';
import { canonicalJson } from '../canonical-json.ts';
import { sha256Base64url } from '../hash.ts';
import type { JsonValue } from '../json.ts';
import { requestDigest } from './request.ts';

const covered = [
  'account',
  'confirmation',
  'context',
  'expires_at',
  'id',
  'nonce',
  'purpose',
  'resource',
  'user_verification',
] as const;

test('the digest is the hash of the canonical form of exactly nine members', async () => {
  const request = await sampleRequest();
  const members = Object.fromEntries(covered.map((name) => [name, request[name] as JsonValue]));
  assert.equal(await requestDigest(request), await sha256Base64url(canonicalJson(members)));
});

test('the order of members does not count, at any depth', async () => {
  const request = await sampleRequest();
  const backwards = (value: unknown): unknown =>
    value !== null && typeof value === 'object'
      ? Object.fromEntries(
          Object.entries(value)
            .toReversed()
            .map(([name, member]) => [name, backwards(member)]),
        )
      : value;
  assert.equal(await requestDigest(backwards(request) as typeof request), request.digest);
});

test('members that it does not cover, known and unknown, do not count', async () => {
  const request = await sampleRequest();
  const changed = {
    ...request,
    state: 'approved',
    webauthn: { challenge: 'x' },
    created_at: '',
    digest: '',
    more: [1],
  };
  assert.equal(await requestDigest(changed as unknown as typeof request), request.digest);
});

test('each covered member counts, and unknown members inside them', async () => {
  const request = await sampleRequest();
  const changes: Partial<Record<(typeof covered)[number], unknown>>[] = [
    { account: { ...request.account, login: 'zoé' } },
    { account: { ...request.account, tenant: 'x' } },
    { confirmation: { kind: 'tap' } },
    { confirmation: { kind: 'number', length: 3 } },
    { context: { ...request.context, ip: '203.0.113.8' } },
    { context: { ...request.context, familiar: true } },
    { context: { ...request.context, asn: null } },
    { expires_at: '2026-01-01T00:01:00Z' },
    { id: request.nonce },
    { nonce: request.id },
    { purpose: 'admin_login' },
    { resource: { ...request.resource, name: 'Acme User Portal ' } },
    { user_verification: true },
  ];
  for (const change of changes) {
    const changed = { ...request, ...change } as typeof request;
    assert.notEqual(await requestDigest(changed), request.digest, JSON.stringify(change));
  }
  const digests = new Set(
    await Promise.all(changes.map((change) => requestDigest({ ...request, ...change } as typeof request))),
  );
  assert.equal(digests.size, changes.length);
});

test('null is a value: it is not the same as leaving the member out', async () => {
  const request = await sampleRequest();
  const { host: _, ...withoutHost } = request.context;
  const changed = { ...request, context: withoutHost } as typeof request;
  assert.notEqual(await requestDigest(changed), request.digest);
});

test('a request that misses a covered member, or holds what JSON cannot, has no digest', async () => {
  const request = await sampleRequest();
  for (const name of covered) {
    await assert.rejects(requestDigest({ ...request, [name]: undefined }), TypeError, name);
  }
  await assert.rejects(requestDigest({ ...request, account: { login: '\ud800', name: '' } }), TypeError);
});
