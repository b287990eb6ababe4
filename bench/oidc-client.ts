import { createHash } from 'node:crypto';

/** The client that both providers know, as an application is one. */

export const redirectUri = 'https://app.example.com/callback';
export const peerClient = {
  client_id: 'wiki',
  client_secret: 'a secret that is long enough for anybody',
  redirect_uris: [redirectUri],
};

export const verifier = 'v'.repeat(64);

export const authorization = (clientId: string): string =>
  new URLSearchParams({
    client_id: clientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'openid email',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    state: 'a state of some length',
    nonce: 'a nonce of some length',
  }).toString();
