import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as client from 'openid-client';

/** An application that signs people in by OpenID Connect, as small as one can be: it shows what it was told. */
export interface RelyingParty extends AsyncDisposable {
  readonly url: string;
  /** What the Admin Portal wants to know. */
  readonly redirectUri: string;
  readonly afterLogout: string;
  /** What the Admin Portal tells. */
  connect(issuer: string, clientId: string, secret: string): Promise<void>;
}

export async function startRelyingParty(): Promise<RelyingParty> {
  let configuration: client.Configuration | undefined;
  const begun = new Map<string, { verifier: string; nonce: string }>();
  let idToken: string | undefined;
  const server = createServer((request, response) => {
    void answer(new URL(request.url!, url)).then(
      ({ location, html }) => {
        response.writeHead(location ? 303 : 200, location ? { location } : { 'content-type': 'text/html' });
        response.end(html);
      },
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const redirectUri = `${url}/callback`;
  const afterLogout = `${url}/bye`;

  async function answer({
    pathname,
    searchParams,
    href,
  }: URL): Promise<{ location?: string; html?: string }> {
    if (pathname === '/bye') return { html: page('Goodbye', []) };
    if (pathname === '/logout') {
      const out = { id_token_hint: idToken!, post_logout_redirect_uri: afterLogout };
      return { location: client.buildEndSessionUrl(configuration!, out).href };
    }
    if (pathname !== '/callback') {
      const verifier = client.randomPKCECodeVerifier();
      const [state, nonce] = [client.randomState(), client.randomNonce()];
      begun.set(state, { verifier, nonce });
      const asked = {
        redirect_uri: redirectUri,
        scope: 'openid profile email',
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state,
        nonce,
        ...Object.fromEntries(searchParams),
      };
      return { location: client.buildAuthorizationUrl(configuration!, asked).href };
    }
    const state = searchParams.get('state') ?? '';
    const { verifier, nonce } = begun.get(state)!;
    if (searchParams.has('error')) return { html: page('Not signed in', [searchParams.get('error')!]) };
    const tokens = await client.authorizationCodeGrant(configuration!, new URL(href), {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
      idTokenExpected: true,
    });
    idToken = tokens.id_token;
    const claims = tokens.claims()!;
    return { html: page('Signed in', [JSON.stringify(claims['name']), JSON.stringify(claims['acr'])]) };
  }

  return {
    url,
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
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

const page = (title: string, lines: string[]): string =>
  `<!doctype html><title>${title}</title><h1>${title}</h1>${lines.map((line) => `<p>${line}</p>`).join('')}`;
