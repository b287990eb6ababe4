import { requestDigest } from '../src/push/request.ts';
import type { PushRequest } from '../src/wire/push-request.ts';

/** A push request as a server would send it, for tests and vectors. */

export const issuer = 'https://id.example.com';
/** 2026-01-01T00:00:00Z, as a NumericDate. */
export const now = 1_767_225_600;

const sample: Omit<PushRequest, 'digest'> = {
  id: 'uJ5P0iXb3oVRnX6vN0bYwA',
  purpose: 'portal_login',
  state: 'pending',
  resource: { kind: 'portal', name: 'Acme User Portal', logo_uri: null },
  account: { login: 'zoe', name: 'Zoë Müller' },
  context: {
    ip: '203.0.113.7',
    location: null,
    client: 'Firefox on Linux',
    host: null,
    local_user: null,
    familiar: false,
    requested_at: '2026-01-01T00:00:00.000Z',
  },
  confirmation: { kind: 'number', length: 2 },
  user_verification: false,
  webauthn: null,
  nonce: 'q83vEjRWeJCrze8SNFZ4kA',
  created_at: '2026-01-01T00:00:00.000Z',
  expires_at: '2026-01-01T00:01:00.000Z',
};

/** The sample with members changed, and the digest that goes with them. */
export async function sampleRequest(change: Partial<PushRequest> = {}): Promise<PushRequest> {
  const request = { ...sample, ...change };
  return { ...request, digest: await requestDigest(request) };
}
