import type Provider from 'oidc-provider';
import type { errors, KoaContextWithOIDC } from 'oidc-provider';
import { sourceOf } from '../platform/http/asker.ts';
import type { Platform } from '../platform/platform.ts';
import { isWatched, mayNote, noteAttempt, type Attempt } from '../sso/attempts.ts';
import { findUser } from '../users/store.ts';
import { explain } from './explain.ts';
import { applicationOfClient } from './lifetimes.ts';
import { handedOverWith } from './mount.ts';

/** How sign-ins by OpenID Connect went, for the administrator's page of the application. */

const usual = [
  // What `prompt=none` is answered where somebody has to be asked: that is what it is for.
  'login_required',
  'consent_required',
  'interaction_required',
  'account_selection_required',
  // What a poll is answered as long as the person is on their way.
  'authorization_pending',
  'slow_down',
];

const refusals = [
  'authorization.error',
  'grant.error',
  'pushed_authorization_request.error',
  'device_authorization.error',
  'backchannel_authentication.error',
  'introspection.error',
  'revocation.error',
] as const;

type Happened = errors.OIDCProviderError | 'signed in';

/** Resolves, after a request, what is to be noted of it. */
export function noteAttempts(
  provider: Provider,
  platform: Platform,
): (ctx: KoaContextWithOIDC) => Promise<void> {
  const happened = new WeakMap<object, Happened>();
  for (const name of refusals) {
    // The first one is the cause.
    // The types know each event by itself only.
    provider.on(name as 'grant.error', (ctx: KoaContextWithOIDC, error: errors.OIDCProviderError) => {
      if (!happened.has(ctx.req) && !usual.includes(error.error)) happened.set(ctx.req, error);
    });
  }
  provider.on('grant.success', (ctx: KoaContextWithOIDC) => {
    const { client, params } = ctx.oidc;
    if (params?.grant_type === 'refresh_token') return;
    if (isWatched(applicationOfClient(client!), platform.now())) happened.set(ctx.req, 'signed in');
  });
  return async (ctx) => {
    const what = happened.get(ctx.req);
    if (what === undefined) return;
    const attempt = what === 'signed in' ? await successOf(ctx, platform) : refusalOf(ctx, what);
    if (attempt && (await mayNote(sourceOf(ctx.ip), platform))) await noteAttempt(attempt, platform);
  };
}

async function successOf(
  { oidc, req }: KoaContextWithOIDC,
  { store }: Platform,
): Promise<Attempt | undefined> {
  const account = oidc.account && (await findUser.get(store, { id: oidc.account.accountId }));
  if (!account) return undefined;
  return {
    applicationId: applicationOfClient(oidc.client!).id,
    userId: account.id,
    requestId: handedOverWith(req).requestId,
    outcome: 'signed_in',
    explanation: `${account.login} was signed in, and the application has its tokens.`,
  };
}

function refusalOf({ oidc, req, query }: KoaContextWithOIDC, error: errors.OIDCProviderError): Attempt {
  const { client } = oidc;
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  const asked = { ...query, ...oidc.body, ...oidc.params };
  const explanation = explain({
    error: error.error,
    description: error.error_description,
    detail: error.error_detail,
    came: {
      clientId: text(asked.client_id),
      redirectUri: text(asked.redirect_uri),
      authentication: methodOf(req.headers.authorization, asked),
    },
    expected: client && {
      redirectUris: client.redirectUris ?? [],
      authentication: client.clientAuthMethod ?? 'none',
    },
  });
  return {
    applicationId: client ? applicationOfClient(client).id : null,
    userId: oidc.account?.accountId ?? handedOverWith(req).session?.user_id,
    requestId: handedOverWith(req).requestId,
    outcome: error.error,
    explanation,
  };
}

/** RFC 7591 section 2, `token_endpoint_auth_method`. */
function methodOf(authorization: string | undefined, asked: Record<string, unknown>): string {
  if (authorization?.toLowerCase().startsWith('basic ')) return 'client_secret_basic';
  if ('client_assertion' in asked && asked.client_assertion) return 'private_key_jwt';
  return 'client_secret' in asked && asked.client_secret ? 'client_secret_post' : 'none';
}
