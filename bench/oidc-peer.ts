import { createServer } from 'node:http';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider } from 'oidc-provider';
import { peerClient } from './oidc-client.ts';

/**
 * The library alone, with everything in its memory and nobody asked anything: what an OpenID provider made of it cannot
 * do with less.
 */

const port = Number(process.env.PORT);
const { privateKey } = await generateKeyPair('ES256', { extractable: true });
const provider = new Provider(`http://localhost:${port}`, {
  clients: [{ ...peerClient, id_token_signed_response_alg: 'ES256', response_types: ['code'] }],
  jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig', kid: 'one' }] },
  enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
  cookies: { keys: ['a key of the benchmarks'] },
  features: { devInteractions: { enabled: false } },
  claims: { openid: ['sub', 'acr', 'amr', 'auth_time', 'sid'], email: ['email', 'email_verified'] },
  conformIdTokenClaims: false,
  ttl: {
    AccessToken: 3600,
    AuthorizationCode: 60,
    IdToken: 3600,
    Grant: 86_400,
    Interaction: 900,
    Session: 86_400,
  },
  findAccount: (_ctx, sub) => ({
    accountId: sub,
    claims: () => ({ sub, email: `${sub}@example.com`, email_verified: true }),
  }),
  async loadExistingGrant({ oidc }) {
    const known = oidc.session!.grantIdFor(oidc.client!.clientId);
    const found = known && (await provider.Grant.find(known));
    if (found) return found;
    const grant = new provider.Grant({ accountId: oidc.account!.accountId, clientId: oidc.client!.clientId });
    grant.addOIDCScope('openid email');
    await grant.save();
    return grant;
  },
  interactions: { url: (_ctx, { uid }) => `/sign-in/${uid}` },
});
const callback = provider.callback();
let people = 0;
createServer((request, response) => {
  if (!request.url!.startsWith('/sign-in/')) return void callback(request, response);
  const login = { accountId: `person${people++}`, acr: 'urn:countersign:aal2', amr: ['pwd', 'mfa'] };
  void provider.interactionFinished(request, response, { login });
}).listen(port, () => console.log('listening'));
