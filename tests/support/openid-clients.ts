import assert from 'node:assert/strict';
import * as client from 'openid-client';
import type { Browser } from './browser.ts';
import type { InProcess } from './in-process.ts';

/** Applications as an administrator adds them, and sign-ins to them as the library of a real client begins and ends them. */

export const redirect_uri = 'https://app.example.com/callback';

export interface Asked {
  url: string;
  verifier: string;
  state: string;
  nonce: string;
}

export function openidClients(server: () => Pick<InProcess, 'url'>, owner: () => Browser) {
  /** An application, and a client that has read the provider's metadata. */
  async function addClient({
    step_up = false,
    ...oidc
  }: { step_up?: boolean; [name: string]: unknown } = {}) {
    const added = await owner().post('/api/v1/admin/applications', {
      kind: 'oidc',
      name: 'Wiki',
      url: 'https://app.example.com/',
      step_up,
      oidc: { redirect_uris: [redirect_uri], ...oidc },
    });
    assert.equal(added.status, 201, JSON.stringify(added.body));
    const { client_secret } = added.body;
    const configuration = await client.discovery(
      new URL(server().url),
      added.body.oidc.client_id,
      undefined,
      client_secret ? client.ClientSecretBasic(client_secret) : client.None(),
      { execute: [client.allowInsecureRequests] },
    );
    return { application: added.body, configuration };
  }

  async function ask(configuration: client.Configuration, more: Record<string, string> = {}): Promise<Asked> {
    const verifier = client.randomPKCECodeVerifier();
    const state = client.randomState();
    const nonce = client.randomNonce();
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri,
      scope: 'openid profile email',
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
      ...more,
    });
    return { url: url.href.slice(server().url.length), verifier, state, nonce };
  }

  /** Follows redirects of the server's own until it sends the browser elsewhere, or to a page. */
  async function follow(browser: Browser, path: string): Promise<string> {
    for (let hops = 0; hops < 10; hops++) {
      const { status, headers, body } = await browser.get(path);
      if (status < 300 || status >= 400)
        return `${status} ${typeof body === 'string' ? body : JSON.stringify(body)}`;
      const location = headers.get('location')!;
      const next = new URL(location, server().url);
      if (next.origin !== server().url || next.pathname === '/sso') return location;
      path = next.pathname + next.search;
    }
    throw new Error('goes round in circles');
  }

  const interactionIn = (location: string): string => {
    assert.match(location, /^\/sso\?interaction=/);
    return location.split('=')[1]!;
  };

  /** Goes on from the portal's page. */
  async function goOn(browser: Browser, interaction: string): Promise<string> {
    const continued = await browser.post(`/api/v1/sso/${interaction}/continue`);
    assert.equal(continued.status, 200, JSON.stringify(continued.body));
    return follow(browser, continued.body.url.slice(server().url.length));
  }

  const redeem = (
    configuration: client.Configuration,
    { verifier, state, nonce }: Asked,
    back: string,
    maxAge?: number,
  ) =>
    client.authorizationCodeGrant(configuration, new URL(back), {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
      idTokenExpected: true,
      ...(maxAge === undefined ? {} : { maxAge }),
    });

  return { addClient, ask, follow, interactionIn, goOn, redeem };
}
