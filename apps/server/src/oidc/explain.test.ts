import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explain, type Trouble } from './explain.ts';

const trouble = (more: Partial<Trouble>): Trouble => ({
  error: 'invalid_request',
  description: undefined,
  detail: undefined,
  came: { clientId: 'wiki', redirectUri: undefined, authentication: 'client_secret_basic' },
  expected: { redirectUris: ['https://a.example/cb'], authentication: 'client_secret_basic' },
  ...more,
});

test('of an address that is not registered, both are said', () => {
  const came = { clientId: 'wiki', redirectUri: 'https://a.example/CB', authentication: 'none' };
  const text = explain(trouble({ error: 'invalid_redirect_uri', came }));
  assert.match(text, /“https:\/\/a\.example\/CB”; registered: “https:\/\/a\.example\/cb”/);
});

test('what strangers send is cut short', () => {
  const came = { clientId: 'x'.repeat(5000), redirectUri: undefined, authentication: 'none' };
  const text = explain(trouble({ expected: undefined, came }));
  assert.ok(text.length < 500);
  assert.match(text, /no application has that client ID/);
});

test('another method of authentication is told from a wrong secret', () => {
  const wrong = {
    error: 'invalid_client',
    description: 'client authentication failed',
    detail: 'invalid secret provided',
  };
  assert.match(explain(trouble(wrong)), /invalid secret provided\. .*anew\.$/);
  const came = { clientId: 'wiki', redirectUri: undefined, authentication: 'client_secret_post' };
  assert.match(
    explain(trouble({ ...wrong, came })),
    /by client_secret_post; chosen here: client_secret_basic\. Let the application/,
  );
});

test('of a grant it is said what to change, where that is known', () => {
  const grant = (detail: string) =>
    explain(trouble({ error: 'invalid_grant', description: 'grant request is invalid', detail }));
  assert.match(grant('PKCE verification failed'), /code_verifier/);
  assert.match(grant('authorization code already consumed'), /good once/);
  assert.match(grant('authorization code redirect_uri mismatch'), /redirect_uri of the token request/);
  assert.equal(grant('something else'), 'grant request is invalid: something else.');
});

test('a clock that is off is told from a wrong key', () => {
  const came = { clientId: 'wiki', redirectUri: undefined, authentication: 'private_key_jwt' };
  const expected = { redirectUris: [], authentication: 'private_key_jwt' };
  const of = (detail: string) =>
    explain(
      trouble({
        error: 'invalid_client',
        description: 'client authentication failed',
        detail,
        came,
        expected,
      }),
    );
  for (const detail of ['jwt expired', 'jwt not active yet', 'jwt issued in the future'])
    assert.match(of(detail), /clock of the application’s server/);
  assert.match(of('signature verification failed'), /register the key/);
});
