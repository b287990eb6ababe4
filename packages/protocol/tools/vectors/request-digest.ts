import { canonicalJson } from '../../src/canonical-json.ts';
import type { JsonValue } from '../../src/json.ts';
import { requestDigest } from '../../src/push/request.ts';
import type { PushRequest } from '../../src/wire/push-request.ts';
import { sampleRequest } from '../sample-request.ts';

const members = [
  'account',
  'confirmation',
  'context',
  'expires_at',
  'id',
  'nonce',
  'purpose',
  'resource',
  'user_verification',
];

const request = await sampleRequest();
const backwards = (value: unknown): unknown =>
  value !== null && typeof value === 'object'
    ? Object.fromEntries(
        Object.entries(value)
          .toReversed()
          .map(([name, member]) => [name, backwards(member)]),
      )
    : value;

async function vector(name: string, change: object) {
  const changed: PushRequest = { ...request, ...change };
  const digested = Object.fromEntries(
    members.map((member) => [member, changed[member as 'id'] as JsonValue]),
  );
  return {
    name,
    request: { ...changed, digest: await requestDigest(changed) },
    canonical: canonicalJson(digested),
    digest: await requestDigest(changed),
  };
}

export const digest = {
  description:
    'Push requests and their digests: base64url(SHA-256(UTF-8 of `canonical`)), where `canonical` is the RFC 8785 form of the object with exactly the members named in `members`. `mismatched` are requests whose digest is not theirs: an app answers none of them.',
  members,
  valid: [
    await vector('a sign-in with a number', {}),
    { ...(await vector('members in another order, at every depth', {})), request: backwards(request) },
    await vector('outer members that are not covered', {
      state: 'approved',
      created_at: '2030-01-01T00:00:00.000Z',
      more: [1],
    }),
    await vector('unknown members inside covered ones are covered', {
      context: { ...request.context, network: { asn: 64496, name: null } },
    }),
    await vector('a tap, user verification, and no nulls', {
      purpose: 'sso',
      resource: {
        kind: 'application',
        name: 'Mail "extern" \\ 日本語',
        logo_uri: 'https://id.example.com/logos/1.png',
      },
      context: {
        ...request.context,
        location: { country: 'DE', city: 'Köln' },
        host: 'db1.example.com',
        local_user: 'root',
        familiar: true,
      },
      confirmation: { kind: 'tap' },
      user_verification: true,
      webauthn: {
        rpId: 'id.example.com',
        challenge: 'MDEyMzQ1Njc4OWFiY2RlZg',
        allowCredentials: [{ id: 'AQIDBAUGBwgJCgsMDQ4PEA', type: 'public-key', transports: ['internal'] }],
        timeout: 60000,
        userVerification: 'required',
      },
    }),
  ],
  mismatched: [
    {
      name: 'a context that was made to look familiar',
      request: { ...request, context: { ...request.context, familiar: true } },
    },
    { name: 'another resource', request: { ...request, resource: { ...request.resource, name: 'Wiki' } } },
    { name: 'a number turned into a tap', request: { ...request, confirmation: { kind: 'tap' } } },
    { name: 'user verification turned on', request: { ...request, user_verification: true } },
    { name: 'a member added inside', request: { ...request, account: { ...request.account, more: null } } },
    {
      name: 'the same time in another spelling',
      request: { ...request, expires_at: '2026-01-01T00:01:00Z' },
    },
  ],
};
