import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { sourceOf } from '../platform/http/asker.ts';
import { minute, type Platform } from '../platform/platform.ts';
import { countCall } from '../platform/rate-limits/window.ts';
import { isWatched, noteAttempt } from '../sso/attempts.ts';
import { applicationOfClient } from './lifetimes.ts';
import { handedOverWith } from './mount.ts';

/** What became of a sign-in by OpenID Connect, for the administrator who asks why one fails. */

/** Refusals that are noted of one address: a stranger must not keep the store busy, nor push out what others did. */
const notedOfSource = { most: 30, length: minute };

/** Of an endpoint that has a part in a sign-in, and knows its client. */
const refusals = [
  'authorization.error',
  'pushed_authorization_request.error',
  'grant.error',
  'introspection.error',
  'revocation.error',
  'end_session.error',
] as const;

/** An application that asks by `prompt=none` whether somebody is signed in, and is told: nothing has gone wrong. */
const isOrdinary = (error: string): boolean => ['login_required', 'interaction_required'].includes(error);

interface Outcome {
  outcome: string;
  explanation: string;
}

interface LibraryError extends Error {
  error?: string;
  error_description?: string;
  error_detail?: string;
}

/** Notes what the library decides once it has, before the answer goes out. A note that fails is only logged. */
export function noteAttempts(provider: Provider, platform: Platform): void {
  const outcomes = new WeakMap<object, Outcome>();
  // The types know the events of the library one by one, each with a listener of its own.
  const on = provider.on.bind(provider) as (
    event: string,
    listener: (ctx: KoaContextWithOIDC, error: LibraryError) => void,
  ) => unknown;
  for (const event of refusals) {
    on(event, (ctx, error) => {
      const outcome = error.error ?? error.message;
      if (!isOrdinary(outcome)) outcomes.set(ctx.req, { outcome, explanation: explain(ctx, error) });
    });
  }
  on('authorization.success', (ctx) => {
    if (ctx.oidc.client && isWatched(applicationOfClient(ctx.oidc.client), platform.now()))
      outcomes.set(ctx.req, { outcome: 'signed_in', explanation: codeSent(ctx) });
  });
  provider.use(async (ctx, next) => {
    await next();
    const outcome = outcomes.get(ctx.req);
    const oidc = ctx.oidc as KoaContextWithOIDC['oidc'] | undefined;
    if (!outcome || !oidc?.client) return;
    const { requestId, session } = handedOverWith(ctx.req);
    try {
      if (outcome.outcome !== 'signed_in')
        await countCall(platform.store, `sso-refused:${sourceOf(ctx.ip)}`, notedOfSource, platform.now());
      await noteAttempt(
        {
          applicationId: applicationOfClient(oidc.client).id,
          userId: oidc.account?.accountId ?? session?.user_id,
          requestId,
          ...outcome,
        },
        platform,
      );
    } catch (error) {
      // Too many of them, the store is away, or the application was removed in this moment.
      platform.log.warn(
        { request_id: requestId, reason: (error as Error).message },
        'an attempt is not noted',
      );
    }
  });
}

const codeSent = ({ oidc }: KoaContextWithOIDC): string =>
  `A code was sent to ${textOf(oidc.params?.redirect_uri)}. The application has still to redeem it; where that fails, it stands above this line.`;

/** What came, what was expected, and what to change. Nothing secret: neither codes nor tokens nor secrets are repeated. */
function explain({ oidc }: KoaContextWithOIDC, error: LibraryError): string {
  const client = oidc.client;
  const detail = error.error_detail ?? '';
  const params = oidc.params ?? {};
  const code = error.error ?? error.message;
  if (client && code === 'invalid_redirect_uri')
    return `The application asked to be answered at ${textOf(params.redirect_uri)}. Registered are: ${(client.redirectUris ?? []).join(', ')}. They must be the same, character by character: register the one that came, or change it in the application.`;
  if (client && params.post_logout_redirect_uri !== undefined && /post_logout_redirect_uri/.test(told(error)))
    return `After signing out the application wants the browser back at ${textOf(params.post_logout_redirect_uri)}. Registered are: ${(client.postLogoutRedirectUris ?? []).join(', ') || 'none'}. They must be the same, character by character.`;
  if (client && code === 'invalid_client') {
    const method = client.clientAuthMethod;
    if (/secret/.test(detail))
      return `The client secret that came is not the one of this application, which authenticates by ${method}. Copy it into the application again without spaces around it, or make another one.`;
    if (/mechanism/.test(detail))
      return `The application authenticates in another way than is registered for it, which is ${method}. Change the one or the other.`;
    return `The application could not authenticate by ${method}: ${detail || told(error)}.`;
  }
  if (/code_verifier|code_challenge|PKCE/i.test(`${told(error)} ${detail}`))
    return `${told(error)}${detail && `: ${detail}`}. The application must use PKCE by S256, and send the verifier with the code; where it cannot, switch PKCE off for it, if it has a secret.`;
  return `${told(error)}${detail && `: ${detail}`}.`;
}

const told = ({ error_description, message }: LibraryError): string => error_description ?? message;

const textOf = (parameter: unknown): string => (typeof parameter === 'string' ? parameter : 'no address');
