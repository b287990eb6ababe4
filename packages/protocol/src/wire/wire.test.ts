import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { sampleRequest } from '../../tools/sample-request.ts';
import { errors } from '../errors.ts';
import * as wire from './index.ts';

const holds = (schema: TSchema, value: unknown): boolean => Value.Check(schema, value);

/** The schema takes the right ones and none of the wrong ones. */
function takes(schema: TSchema, { right, wrong }: { right: unknown[]; wrong: unknown[] }): void {
  for (const value of right) assert.equal(holds(schema, value), true, JSON.stringify(value));
  for (const value of wrong) assert.equal(holds(schema, value), false, JSON.stringify(value));
}

test('common pieces', () => {
  takes(wire.Id, {
    right: ['a', 'A-_9', 'x'.repeat(64)],
    wrong: ['', 'x'.repeat(65), 'a b', 'a/b', 'é', 'a\n', 1, null],
  });
  takes(wire.Email, {
    right: ['a@b', 'a.b+c@example.com', 'ü@exämple.com'],
    wrong: ['', 'a', '@b', 'a@', 'a@b@c', 'a b@c', 'a@b,c@d', 'a@b>', 'a@b\n', `${'x'.repeat(250)}@b.de`],
  });
  for (const name of [wire.PersonName, wire.OrganizationName, wire.GroupName]) {
    takes(name, {
      right: ['A', ' A ', 'Zoë Müller', '  محمد', 'می\u200cخواهم', '👩\u200d🚀 Ann'],
      wrong: ['', ' ', '\u3000', '\n\t', 'x'.repeat(101), 1],
    });
  }
  takes(wire.Login, { right: ['a'], wrong: ['', 'x'.repeat(255)] });
  takes(wire.Password, { right: ['x', ' ', 'x'.repeat(1024)], wrong: ['', 'x'.repeat(1025), 1] });
  takes(wire.Language, { right: ['en', 'de'], wrong: ['de-AT', 'fr', ''] });
  takes(wire.Role, { right: ['owner', 'user'], wrong: ['Owner', 'root', ''] });
  takes(wire.Acr, { right: ['urn:countersign:aal2'], wrong: ['aal2'] });
});

test('a name is one line that reads as it is written', () => {
  for (const between of ['\n', '\r\n', '\t', '\u0000', '\u0085', '\u2028', '\u2029', '\u202e', '\u2066']) {
    for (const name of [`Ann${between}See https://example.net`, `${between}Ann`, `Ann${between}`]) {
      assert.equal(holds(wire.PersonName, name), false, JSON.stringify(name));
      assert.equal(holds(wire.OrganizationName, name), false, JSON.stringify(name));
    }
  }
  const start = performance.now();
  holds(wire.PersonName, `${'a'.repeat(60_000)}\n`);
  holds(wire.PersonName, ' '.repeat(60_000));
  assert.ok(performance.now() - start < 500, 'a long one costs no more than reading it');
});

test('a push request, whole, and each member of it', async () => {
  const request = await sampleRequest();
  assert.ok(holds(wire.PushRequest, request));
  assert.ok(holds(wire.PushRequest, { ...request, unknown: 1 }), 'unknown members are ignored');
  for (const name of Object.keys(request)) {
    const { [name as 'id']: _, ...without } = request;
    assert.equal(holds(wire.PushRequest, without), false, `without ${name}`);
    assert.equal(holds(wire.PushRequest, { ...request, [name]: 7 }), false, `${name} a number`);
  }
  assert.ok(holds(wire.PushRequestList, { requests: [request] }));
  takes(wire.Confirmation, {
    right: [{ kind: 'tap' }, { kind: 'number', length: 2 }, { kind: 'number', length: 6 }],
    wrong: [
      { kind: 'number' },
      { kind: 'number', length: 1 },
      { kind: 'number', length: 7 },
      { kind: 'number', length: 2.5 },
      { kind: 'code' },
    ],
  });
});

test('the bodies that a phone sends', () => {
  takes(wire.ActivationLookupBody, {
    right: [{ code: '' }, { code: 'x', more: 1 }],
    wrong: [{}, { code: 1 }, { code: 'x'.repeat(65) }, [], null],
  });
  takes(wire.ActivateBody, {
    right: [{ code: 'x', registration: 'y' }],
    wrong: [{ code: 'x' }, { code: 'x', registration: '' }],
  });
  takes(wire.AnswerBody, {
    right: [{ answer: 'x' }, { answer: 'x', webauthn: null }, { answer: 'x', webauthn: { id: 'y' } }],
    wrong: [{}, { answer: '' }, { answer: 1 }, { answer: 'x', webauthn: 'y' }, { answer: 'x', webauthn: [] }],
  });
  const device = { name: 'Pixel', platform: 'android', app_version: '1' };
  const push_subscription = { endpoint: 'https://push.example/1', keys: { p256dh: 'B', auth: 'A' } };
  takes(wire.PatchAuthenticatorSelf, {
    right: [
      {},
      { device },
      { push_subscription },
      { push_subscription: null },
      { device: { ...device, model: null } },
    ],
    wrong: [{ device: null }, { device: { ...device, platform: 'web' } }, { push_subscription: {} }],
  });
  takes(wire.VerificationKeyBody, {
    right: [
      { webauthn: {}, assertion: {} },
      { webauthn: {}, code: 'x' },
    ],
    wrong: [{}, { webauthn: {}, assertion: null }, { webauthn: {}, code: 'x'.repeat(65) }],
  });
  takes(wire.VerificationKeyOptionsBody, {
    right: [{}, { code: 'x' }],
    wrong: [{ code: 1 }, { code: null }],
  });
  takes(wire.TransferBody, {
    right: [
      { webauthn: {} },
      { webauthn: {}, backup: '{"v":1}' },
      { webauthn: {}, backup: 'x'.repeat(48 * 1024) },
    ],
    wrong: ['', 'x'.repeat(48 * 1024 + 1), 'é', 'a\nb', 1, null]
      .map((backup): unknown => ({ webauthn: {}, backup }))
      .concat({ backup: 'x' }),
  });
});

test('what an app may report: named things, counted, and nothing that tells who', () => {
  const entry = { day: '2026-01-01', app_version: '1.2.3', platform: 'ios', name: 'error' };
  takes(wire.DiagnosticEntry, {
    right: [
      entry,
      { ...entry, count: 10_000, duration_ms: 0, code: 'request_expired' },
      { ...entry, app_version: '1.0.0-rc.1' },
    ],
    wrong: [
      ...['2026-1-1', '20260101', 'today', 20260101].map((day) => ({ ...entry, day })),
      ...['1', '1.2', '203.0.113.7', '1.2.3-zoe', 'zoe@example.com', ''].map((app_version) => ({
        ...entry,
        app_version,
      })),
      ...['Error_1', 'x'.repeat(41), '', 'a b', 'zoe@example.com', 7].map((code) => ({ ...entry, code })),
      ...[0, -1, 1.5, 10_001, '1'].map((count) => ({ ...entry, count })),
      ...[-1, 86_400_001, 0.5].map((duration_ms) => ({ ...entry, duration_ms })),
      { ...entry, name: 'code_copied' },
      { ...entry, name: 'zoe' },
      { ...entry, platform: 'windows' },
      7,
    ],
  });
  takes(wire.UsageEntry, { right: [{ ...entry, name: 'code_copied' }], wrong: [entry] });
  takes(wire.DiagnosticsBody, {
    right: [
      { kind: 'usage', entries: [] },
      { kind: 'diagnostic', entries: [entry, 7, null, { secret: 'x' }] },
      { kind: 'usage', entries: Array.from({ length: 100 }, () => entry) },
    ],
    wrong: [
      { kind: 'usage' },
      { entries: [] },
      { kind: 'other', entries: [] },
      { kind: 'usage', entries: {} },
      { kind: 'usage', entries: Array.from({ length: 101 }, () => entry) },
    ],
  });
});

test('what a browser begins with', () => {
  takes(wire.BeginAuthentication, {
    right: [
      { purpose: 'portal_login', login: 'a', password: 'b' },
      { purpose: 'admin_login', login: 'a', password: 'b' },
      { purpose: 'step_up', resource: 'act:factors' },
    ],
    wrong: [
      { purpose: 'portal_login', login: 'a' },
      { purpose: 'step_up' },
      { purpose: 'sso', login: 'a', password: 'b' },
      {},
    ],
  });
});

test('settings: every bound, and a patch whose every member may be left out or null', () => {
  const settings = {
    organization: { name: 'Acme', language: 'en' },
    mfa: { required: true, required_from: null, factors: ['push'] },
    push: {
      enabled: true,
      lifetime_s: 60,
      confirmation: 'adaptive',
      number_length: 2,
      nist_profile: false,
      user_verification: 'preferred',
      authenticators_per_user: 1,
      approve_from_notification: false,
      transfer: true,
    },
    password_reset: { without_factor: 'mail' },
    people: { deletion_days: 30 },
    events: { retention_days: 400 },
    telemetry: { diagnostics_default: true, usage_default: true },
  };
  const withPush = (change: object) => ({ ...settings, push: { ...settings.push, ...change } });
  takes(wire.Settings, {
    right: [settings, withPush({ lifetime_s: 30 }), withPush({ lifetime_s: 300, number_length: 6 })],
    wrong: [
      ...[29, 301, 60.5, '60', null].map((lifetime_s) => withPush({ lifetime_s })),
      ...[1, 7].map((number_length) => withPush({ number_length })),
      ...[0, 6].map((authenticators_per_user) => withPush({ authenticators_per_user })),
      withPush({ confirmation: 'none' }),
      { ...settings, mfa: { ...settings.mfa, factors: ['push', 'push'] } },
      ...[-1, 1.5, '2026-12-03T00:00:00Z'].map((required_from) => ({
        ...settings,
        mfa: { ...settings.mfa, required_from },
      })),
    ],
  });
  takes(wire.SettingsPatch, {
    right: [
      {},
      { push: null },
      { push: {} },
      { push: { lifetime_s: null } },
      { push: { lifetime_s: 120 } },
      { mfa: { required_from: 0 } },
    ],
    wrong: [
      { push: { lifetime_s: 29 } },
      { push: 1 },
      { mfa: { factors: ['sms'] } },
      { organization: { language: 'xx' } },
    ],
  });
});

test('a problem takes every code that there is', () => {
  for (const [code, [status, title]] of Object.entries(errors)) {
    const problem = {
      type: `urn:countersign:error:${code}`,
      title,
      status,
      detail: title,
      code,
      server_time: '2026-01-01T00:00:00.000Z',
    };
    assert.ok(holds(wire.Problem, problem), code);
    assert.ok(holds(wire.Problem, { ...problem, state: 'failed', retry_after: 1 }));
  }
});

/** Every list of words, and every single one, in a schema and its parts. */
function wordsIn(schema: unknown): unknown[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { enum: list, const: one } = schema as { enum?: unknown[]; const?: unknown };
  const own = [...(list ? [list] : []), ...(one === undefined ? [] : [one])];
  return [...own, ...Object.values(schema).flatMap((part) => (part === list ? [] : wordsIn(part)))];
}

test('what a rule of the policies names', () => {
  takes(wire.PolicyTarget, {
    right: ['portal', 'admin', 'password_reset', 'application:*', 'application:a-1', 'host_group:*'],
    wrong: ['', 'Portal', 'application', 'application:', 'application:a b', 'portal:*', 'host:a', 'admin\n'],
  });
  takes(wire.PolicyEffect, {
    right: [{}, { deny: true }, { factors: ['push'], confirmation: 'number', session_minutes: 5 }],
    wrong: [
      { deny: false },
      { factors: [] },
      { confirmation: 'tap' },
      { session_minutes: 4 },
      { factor: [] },
    ],
  });
});

test('the words that mean something are these, and no others', () => {
  const pushStates = ['pending', 'approved', 'denied', 'reported', 'expired', 'cancelled', 'failed'];
  const purposes = ['activation', 'test', 'portal_login', 'admin_login', 'sso', 'step_up', 'password_reset'];
  const known = [
    ['owner', 'admin', 'help_desk', 'read_only', 'user'],
    ['urn:countersign:aal1', 'urn:countersign:aal2', 'urn:countersign:phr'],
    ['required', 'preferred', 'off'],
    ['pending', 'active'],
    ['waiting', 'pending'],
    ['waiting', 'pending', 'active', 'expired'],
    ['diagnostic', 'usage'],
    [
      ...['error', 'start', 'request_shown', 'push_late', 'stream_lost'],
      'storage_failed',
      'verification_failed',
    ],
    [
      ...['app_opened', 'code_copied', 'account_added', 'account_removed', 'request_answered'],
      ...['accounts_imported', 'backup_made', 'backup_restored', 'moved', 'help_opened', 'lock_turned_on'],
    ],
    ['active', 'invited', 'suspended'],
    ['queued', 'sent', 'failed', 'kept'],
    [
      ...['users', 'groups', 'applications', 'policies', 'hosts', 'authenticators', 'events', 'settings'],
      ...['tokens', 'outbox'],
    ].flatMap((collection) => [`${collection}:read`, `${collection}:write`]),
    ['added', 'good', 'bad'],
    ['refuse', 'skip'],
    ['nothing_to_enroll', 'demanded'],
    [
      'refused',
      'stuck',
      'enrollment',
      'let_in',
      'no_enrollment',
      'number',
      'user_verification',
      'factors',
      'tap',
      'no_user_verification',
      'lifetime',
    ],
    ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'],
    ['jsonl', 'csv'],
    ['active', 'paused', 'disabled'],
    ['active', 'paused'],
    ['pending', 'delivered', 'failed'],
    ['portal_login', 'admin_login'],
    ['portal_login', 'admin_login', 'step_up', 'password_reset', 'sso'],
    ['push', 'totp', 'passkey', 'recovery_code'],
    ['totp', 'passkey', 'recovery_code'],
    ['bookmark', 'oidc', 'saml'],
    ['everyone', 'groups'],
    [
      'fraud_reports',
      'people_without_factor',
      'mfa_not_required',
      'rules_switched_off',
      'factors_locked',
      'phones_unreachable',
      'hosts_silent',
      'mail_not_set_up',
      'mails_failing',
      'webhooks_failing',
      'tokens_expiring',
    ],
    ['none', 'unreachable'],
    ['sign_in', 'host_login', 'password_reset', 'verification', 'transfer', 'activity'],
    ['id', 'login', 'email', 'name', 'language', 'groups', 'fixed'],
    ['id', 'login', 'email'],
    ['unspecified', 'uri', 'basic'],
    ['persistent', 'transient', 'emailAddress', 'unspecified'],
    ['both', 'assertion', 'response'],
    ['none', 'aes256-gcm', 'aes128-gcm', 'aes256-cbc', 'aes128-cbc'],
    ['signing', 'encryption'],
    ['sign_in', 'forbidden', 'step_up', 'ready'],
    ['challenge', 'enrollment', 'ready', 'refuse'],
    ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    ['ES256', 'RS256'],
    [
      ...['authorization_code', 'refresh_token', 'urn:openid:params:grant-type:ciba'],
      'urn:ietf:params:oauth:grant-type:device_code',
    ],
    ['mail', 'help_desk'],
    ['en', 'de'],
    ['challenge', 'enrollment_required', 'ready', 'complete', 'denied', 'expired'],
    ['ios', 'android', 'other'],
    ['ok', 'none', 'unreachable'],
    ['portal', 'admin'],
    pushStates,
    [...purposes, 'device_login', 'radius', 'backchannel', 'verification'],
    ['portal', 'admin', 'application', 'host', 'act', 'authenticator'],
    ['adaptive', 'tap', 'number'],
    ['active', 'revoked'],
    ['challenge', 'allowed', 'denied', 'expired'],
    ['push', 'totp', 'recovery_code'],
    ['offline_codes', 'deny', 'allow'],
    ['offline_code', 'break_glass', 'outage_allowed', 'wrong_code', 'locked'],
    ...['EC', 'P-256'],
    ...['push', 'totp', 'passkey', 'recovery_code', 'step_up', 'sso', 'tap', 'number', 'request', 1],
    ['tap', 'number'],
    ...['required', true],
  ].map((words) => JSON.stringify(words));
  const found = new Set(wordsIn(Object.values(wire)).map((words) => JSON.stringify(words)));
  assert.deepEqual([...found].sort(), [...known].sort());
});

test('an event says whatever belongs to its type', () => {
  const event = {
    id: 'e',
    at: '2026-01-01T00:00:00.000Z',
    type: 'push.denied',
    actor: null,
    user: null,
    authentication_id: null,
  };
  takes(wire.Event, {
    right: [{ ...event, ip: null, client: null, details: { request: 'x', before: { name: 'y' } } }],
    wrong: [
      { ...event, ip: null, client: null },
      { ...event, ip: null, client: null, details: [] },
    ],
  });
});

test('how long texts may be, and how much is asked for at once', () => {
  const long = (length: number) => 'x'.repeat(length);
  takes(wire.PageQuery, {
    right: [{}, { limit: 1 }, { limit: 200 }, { cursor: long(200), q: long(200) }],
    wrong: [{ limit: 0 }, { limit: 201 }, { limit: 1.5 }, { cursor: long(201) }, { q: long(201) }],
  });
  const keys = { p256dh: long(100), auth: long(40) };
  const endpoint = long(2048);
  takes(wire.PushSubscription, {
    right: [{ endpoint, keys }],
    wrong: [
      { endpoint: long(2049), keys },
      { endpoint, keys: { ...keys, p256dh: long(101) } },
      { endpoint, keys: { ...keys, auth: long(41) } },
    ],
  });
  takes(wire.ReadSamlMetadata, {
    right: [{ saml: { metadata: long(524_288) } }, { saml: { metadata_url: long(2000) } }],
    wrong: [{}, { saml: { metadata: long(524_289) } }, { saml: { metadata: '' } }, { metadata: 'x' }],
  });
  const attributes = (count: number, more: object = {}) => ({
    user_id: 'u',
    saml: { attributes: Array.from({ length: count }, () => ({ name: 'n', source: 'email', ...more })) },
  });
  takes(wire.PreviewApplication, {
    right: [{ user_id: 'u' }, attributes(50), attributes(1, { source: 'fixed', value: long(1000) })],
    wrong: [
      {},
      attributes(51),
      attributes(1, { name: long(301) }),
      attributes(1, { value: long(1001) }),
      attributes(1, { source: 'password' }),
    ],
  });
  takes(wire.InvitationLookupBody, { right: [{ token: long(64) }], wrong: [{ token: long(65) }] });
  takes(wire.AcceptInvitationBody, {
    right: [{ token: long(64), password: 'x' }],
    wrong: [{ token: long(65), password: 'x' }, { token: 'x' }],
  });
  const owner = { login: 'o', email: 'o@x', name: 'O', password: 'x' };
  const setup = { token: long(64), organization: { name: 'A' }, owner, push_enabled: true };
  takes(wire.SetupBody, {
    right: [setup],
    wrong: [
      { ...setup, token: long(65) },
      { ...setup, owner: { ...owner, password: '' } },
    ],
  });
  const device = { name: long(100), platform: 'ios', model: long(100), app_version: long(40) };
  takes(wire.Device, {
    right: [device, { ...device, name: 'x', app_version: '' }],
    wrong: [
      { ...device, name: '' },
      { ...device, name: long(101) },
      { ...device, model: long(101) },
      { ...device, app_version: long(41) },
    ],
  });
});
