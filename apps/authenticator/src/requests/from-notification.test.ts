import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PushRequest } from '@countersign/protocol/wire';
import { mayApproveHere } from './from-notification.ts';

const time = '2026-01-01T00:00:00.000Z';
const allowed: PushRequest = {
  id: 'request',
  purpose: 'portal_login',
  state: 'pending',
  resource: { kind: 'portal', name: 'Acme User Portal', logo_uri: null },
  account: { login: 'olga', name: 'Olga Owner' },
  context: {
    ip: null,
    location: null,
    client: 'Firefox on Linux',
    host: null,
    local_user: null,
    familiar: true,
    requested_at: time,
  },
  confirmation: { kind: 'tap' },
  user_verification: false,
  webauthn: null,
  approve_from_notification: true,
  nonce: 'nonce',
  digest: 'digest',
  created_at: time,
  expires_at: time,
};

test('Approve is offered on a notification only where every condition holds', () => {
  assert.equal(mayApproveHere(allowed), true);
  const { approve_from_notification: _, ...unsaid } = allowed;
  const refused: [string, PushRequest][] = [
    ['the organisation does not allow it', { ...allowed, approve_from_notification: false }],
    ['an older server says nothing of it', unsaid],
    ['a number is wanted', { ...allowed, confirmation: { kind: 'number', length: 2 } }],
    ['the asker is not familiar', { ...allowed, context: { ...allowed.context, familiar: false } }],
    ['the person is to be verified', { ...allowed, user_verification: true }],
    ['another phone wants to take over', { ...allowed, purpose: 'activation' }],
    ['it is a test', { ...allowed, purpose: 'test' }],
    ['it has ended', { ...allowed, state: 'cancelled' }],
  ];
  for (const [why, request] of refused) assert.equal(mayApproveHere(request), false, why);
});
