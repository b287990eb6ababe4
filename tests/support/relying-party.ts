import * as client from 'openid-client';
import { startSite, type Answered, type Asked, type Site } from './application-page.ts';

/** An application that signs people in by OpenID Connect, as small as one can be: it shows what it was told. */
export interface RelyingParty extends Site {
  /** What the Admin Portal wants to know. */
  readonly redirectUri: string;
  readonly afterLogout: string;
  /** What the Admin Portal tells. */
  connect(issuer: string, clientId: string, secret: string): Promise<void>;
}

/** Times are in seconds since 1970 (RFC 7519, section 2). */
const times = ['auth_time', 'exp', 'iat'];
function inWords(claim: string, value: unknown): string {
  if (times.includes(claim)) return new Date((value as number) * 1000).toISOString();
  if (Array.isArray(value)) return value.join(', ') || 'none';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export async function startRelyingParty(name = 'Wiki'): Promise<RelyingParty> {
  let configuration: client.Configuration;
  const begun = new Map<string, { verifier: string; nonce: string }>();
  const site = await startSite(name, answer);
  const redirectUri = `${site.url}/callback`;
  const afterLogout = `${site.url}/bye`;

  async function answer({ path, query, url, visitor }: Asked): Promise<Answered> {
    if (path === '/bye') return { title: 'Goodbye', links: { 'Sign in': '/' } };
    if (path === '/logout') {
      const out = { id_token_hint: visitor.get('id_token') ?? '', post_logout_redirect_uri: afterLogout };
      return { location: client.buildEndSessionUrl(configuration, out).href };
    }
    if (path !== '/callback') {
      const verifier = client.randomPKCECodeVerifier();
      const [state, nonce] = [client.randomState(), client.randomNonce()];
      begun.set(state, { verifier, nonce });
      const asked = {
        redirect_uri: redirectUri,
        scope: 'openid profile email groups',
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state,
        nonce,
        ...Object.fromEntries(query),
      };
      return { location: client.buildAuthorizationUrl(configuration, asked).href };
    }
    const notSignedIn = { title: 'Not signed in', links: { 'Sign in': '/' } };
    const state = query.get('state') ?? '';
    const asked = begun.get(state);
    // Each answer is taken once; Reload and Back bring it again.
    begun.delete(state);
    if (!asked) return { ...notSignedIn, facts: { why: 'It was not asked, or is answered already.' } };
    const { verifier, nonce } = asked;
    if (query.has('error')) return { ...notSignedIn, facts: Object.fromEntries(query) };
    const tokens = await client.authorizationCodeGrant(configuration, url, {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
      idTokenExpected: true,
    });
    visitor.set('id_token', tokens.id_token!);
    const claims = tokens.claims()!;
    const facts = Object.fromEntries(
      Object.entries(claims).map(([claim, value]) => [claim, inWords(claim, value)]),
    );
    return {
      title: 'Signed in',
      facts,
      received: { name: 'The ID token as it came', text: tokens.id_token! },
      links: { 'Ask for a fresh proof': '/?prompt=login', 'Sign out': '/logout' },
    };
  }

  return {
    ...site,
    redirectUri,
    afterLogout,
    async connect(issuer, clientId, secret) {
      configuration = await client.discovery(
        new URL(issuer),
        clientId,
        undefined,
        client.ClientSecretBasic(secret),
        { execute: [client.allowInsecureRequests] },
      );
    },
  };
}
