import {
  errors,
  interactionPolicy,
  Provider,
  type Account,
  type Configuration,
  type KoaContextWithOIDC,
} from 'oidc-provider';
import type { Acr } from '@countersign/protocol/wire';
import type { GuardedFetch } from '../platform/guarded-fetch.ts';
import { hour, minute, second, day, type Platform } from '../platform/platform.ts';
import { Refusal } from '../platform/http/refusal.ts';
import { sourceOf } from '../platform/http/asker.ts';
import { isStoreUnavailable } from '../platform/store/errors.ts';
import type { LiveSession } from '../sessions/sessions.ts';
import { countCall } from '../platform/rate-limits/window.ts';
import { mayOpen } from '../sso/access.ts';
import { statedAcr } from '../sso/assurance.ts';
import { pageOf, parkInteraction } from '../sso/interactions.ts';
import { proofFor } from '../sso/proofs.ts';
import { findUser } from '../users/store.ts';
import type { ChallengeNeeds } from '../authentication/challenge.ts';
import { createAdapter } from './adapter.ts';
import { answerPolls, cibaFeature, lifetimeOfRequest } from './ciba.ts';
import { claimsOf } from './claims.ts';
import type { ApplicationOfClient } from './clients.ts';
import { libraryFetch } from './guarded.ts';
import { followPortalSession } from './follow-session.ts';
import { signedLifetime, type OidcKeys } from './keys.ts';
import { applicationOfClient, endOfReliance, lifetimeOf, signInBehind } from './lifetimes.ts';
import { tellLater } from './logouts.ts';
import { findRequiredFrom, isDue } from '../enrollment/requirement.ts';
import { handedOverWith } from './mount.ts';
import { deviceCodeLifetime, deviceFeature, limitDevices } from './devices.ts';
import { noteAttempts } from './note-attempts.ts';
import { noteOpened } from './note-opened.ts';
import { errorPage, logoutPage, signedOutPage, unavailable } from './pages.ts';
import { signOutOfPortal, type SignOutNeeds } from './sign-out.ts';
import { essentialAcrOf, namedClasses, wantedOf, type AskedAssurance } from './what-is-wanted.ts';

/**
 * The OpenID provider: the protocol is the library's; who is signed in, how surely, and what that takes is ours.
 */

/** Interactions that may be begun from one address. */
const begunBySource = { most: 300, length: minute };

export type ProviderNeeds = ChallengeNeeds & SignOutNeeds;

/** Seconds. */
const seconds = (milliseconds: number) => milliseconds / second;

export function createProvider(
  guardedFetch: GuardedFetch,
  needs: ProviderNeeds,
  { jwks, cookieKeys }: OidcKeys,
): Provider {
  const { platform } = needs;
  const { issuer, log } = platform;
  const secure = issuer.startsWith('https:');
  const cookie = { signed: true, httpOnly: true, sameSite: 'lax', secure, overwrite: true } as const;

  const configuration: Configuration = {
    adapter: createAdapter(platform),
    jwks: { keys: jwks },
    cookies: {
      keys: cookieKeys,
      long: cookie,
      short: cookie,
      names: {
        session: 'countersign-oidc',
        interaction: 'countersign-interaction',
        resume: 'countersign-resume',
      },
    },
    fetch: libraryFetch(guardedFetch),
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    extraClientMetadata: { properties: ['application', 'pkce'] },
    enabledJWA: {
      idTokenSigningAlgValues: ['ES256', 'RS256'],
      clientAuthSigningAlgValues: ['ES256', 'RS256', 'PS256', 'EdDSA'],
      requestObjectSigningAlgValues: ['ES256', 'RS256', 'PS256', 'EdDSA'],
    },
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    responseTypes: ['code'],
    acrValues: ['urn:countersign:aal1', 'urn:countersign:aal2', 'urn:countersign:phr'],
    scopes: ['openid', 'offline_access', 'profile', 'email', 'groups'],
    claims: {
      openid: ['sub', 'acr', 'amr', 'auth_time', 'sid'],
      profile: ['name', 'preferred_username', 'locale'],
      email: ['email', 'email_verified'],
      groups: ['groups'],
    },
    // Whoever asks for a scope wants its claims at once, as most clients expect.
    conformIdTokenClaims: false,
    pkce: { required: (_ctx, client) => client.pkce !== false },
    features: {
      devInteractions: { enabled: false },
      claimsParameter: { enabled: true },
      introspection: { enabled: true },
      revocation: { enabled: true },
      pushedAuthorizationRequests: { enabled: true },
      ciba: cibaFeature(needs),
      deviceFlow: deviceFeature,
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: async (ctx, form) => logoutPage(ctx, form, isSureOfLogout(ctx)),
        postLogoutSuccessSource: async (ctx) => signedOutPage(ctx),
      },
    },
    routes: {
      authorization: '/oidc/authorize',
      token: '/oidc/token',
      userinfo: '/oidc/userinfo',
      jwks: '/oidc/jwks',
      introspection: '/oidc/introspect',
      revocation: '/oidc/revoke',
      end_session: '/oidc/logout',
      pushed_authorization_request: '/oidc/par',
      backchannel_authentication: '/oidc/backchannel',
      device_authorization: '/oidc/device_authorization',
      // A page of the portal: this path is never handed over.
      code_verification: '/device',
    },
    ttl: {
      AccessToken: ({ oidc }, _token, client) => lifetimeOf(signInBehind(oidc), client, hour, platform.now()),
      AuthorizationCode: seconds(minute),
      IdToken: seconds(signedLifetime),
      DeviceCode: seconds(deviceCodeLifetime),
      BackchannelAuthenticationRequest: lifetimeOfRequest,
      RefreshToken: (_ctx, token, client) => lifetimeOf(token, client, 30 * day, platform.now()),
      Grant: seconds(30 * day),
      Interaction: seconds(15 * minute),
      Session: seconds(day),
    },
    rotateRefreshToken: true,
    issueRefreshToken: async (_ctx, client, code) =>
      client.grantTypeAllowed('refresh_token') && code.scopes.has('offline_access'),
    findAccount: (ctx, id, token) => (isTooOld(ctx, token) ? undefined : findAccount(id, token, platform)),
    loadExistingGrant: (ctx) => grantOf(ctx),
    interactions: { policy: policy(), url: (ctx, interaction) => begin(ctx, interaction.jti) },
    renderError: async (ctx, out, error) => {
      const { requestId } = handedOverWith(ctx.req);
      log.warn(
        { request_id: requestId, error: out.error, reason: error.message },
        'an application asked in vain',
      );
      errorPage(ctx, out, requestId);
    },
    clientBasedCORS: (_ctx, origin, client) =>
      (client.redirectUris ?? []).some((uri) => URL.parse(uri)?.origin === origin),
  };
  const provider = new Provider(issuer, configuration);
  // What is forwarded was judged before the request is handed over (see mount.ts).
  provider.proxy = true;
  answerPolls(provider, needs);
  tellLater(provider);
  followPortalSession(provider, (request) => handedOverWith(request).session);
  const noteWhatHappened = noteAttempts(provider, platform);
  const recordOpened = noteOpened(provider, needs);
  const faults = new WeakMap<object, Error>();
  provider.on('server_error', (ctx, error) => {
    faults.set(ctx.req, error);
    if (isStoreUnavailable(error)) return;
    log.error({ err: error, request_id: handedOverWith(ctx.req).requestId }, 'the OpenID provider failed');
  });
  provider.use(async (ctx, next) => {
    try {
      await next();
      const route = (ctx.oidc as KoaContextWithOIDC['oidc'] | undefined)?.route;
      // The library says that there are some; see verifyUserCode.
      if (route === 'discovery')
        Object.assign(ctx.body as object, { backchannel_user_code_parameter_supported: false });
      await recordOpened(ctx as KoaContextWithOIDC);
      const { session } = handedOverWith(ctx.req);
      if (session && route === 'end_session_confirm' && ctx.oidc.session?.destroyed)
        await signOutOfPortal(ctx as KoaContextWithOIDC, session, needs);
    } catch (error) {
      // What the library does after its own look at errors.
      faults.set(ctx.req, error as Error);
      if (!isStoreUnavailable(error)) throw error;
    }
    const fault = faults.get(ctx.req);
    if (fault && isStoreUnavailable(fault)) {
      const { requestId } = handedOverWith(ctx.req);
      log.error({ request_id: requestId, reason: fault.message }, 'the store is unavailable');
      return unavailable(ctx, requestId);
    }
    // The answer does not depend on it.
    await noteWhatHappened(ctx as KoaContextWithOIDC).catch((error: unknown) =>
      log.error({ err: error, request_id: handedOverWith(ctx.req).requestId }, 'a sign-in was not noted'),
    );
  });
  // Within the one before, which answers where the store is away.
  limitDevices(provider, platform);
  return provider;

  function policy() {
    const prompts = interactionPolicy.base();
    const login = prompts.get('login')!;
    // Ours looks at all of these together, and at what a step-up has proven.
    for (const reason of ['max_age', 'essential_acrs', 'essential_acr']) login.checks.remove(reason);
    login.checks.add(
      new interactionPolicy.Check(
        'access',
        'the person may not use this application',
        'access_denied',
        isShutOut,
      ),
    );
    login.checks.add(
      new interactionPolicy.Check(
        'assurance',
        'the person has to prove who they are',
        'login_required',
        isAssuranceMissing,
      ),
    );
    // Applications are the organisation's own: what they may read, an administrator has decided. Whoever asks for a
    // consent (as section 11 wants for offline access) has it.
    prompts.get('consent')!.checks.clear();
    return prompts;
  }

  /** Who asks for no page (`prompt=none`) is told so; a page of the portal tells everybody else. */
  async function isShutOut(ctx: KoaContextWithOIDC): Promise<boolean> {
    const live = handedOverWith(ctx.req).session;
    return live !== undefined && (await opening(ctx, live)) === undefined;
  }

  /** What a rule of the policies asks; undefined where the person may not open the application. */
  function opening(ctx: KoaContextWithOIDC, live: LiveSession) {
    return mayOpen(platform.store, live, handedOverWith(ctx.req).ip, applicationOf(ctx), platform.now());
  }

  async function isAssuranceMissing(ctx: KoaContextWithOIDC): Promise<boolean> {
    const { session, result } = ctx.oidc;
    const live = handedOverWith(ctx.req).session;
    // `no_session` says so.
    if (!session?.accountId || !live) return false;
    const asked = askedOf(ctx);
    // On the way back from the portal, where continueInteraction has looked.
    if (result?.login) {
      session.acr = statedAcr(session.acr as Acr, namedClasses(asked));
      return false;
    }
    const wanted = wantedOf(asked, applicationOf(ctx), platform.now());
    if (wanted === 'unmet') {
      throw new errors.CustomOIDCProviderError(
        'unmet_authentication_requirements',
        'none of the requested authentication context classes is known here',
      );
    }
    const effect = await opening(ctx, live);
    // `access` comes first, and says so.
    if (!effect) return true;
    const proof = await proofFor(
      platform.store,
      live,
      applicationOf(ctx),
      { wanted, effect },
      platform.now(),
    );
    if (!proof) return true;
    session.loginAccount({
      accountId: live.user_id,
      acr: statedAcr(proof.acr, namedClasses(asked)),
      amr: [...proof.amr],
      loginTs: Math.floor(proof.at / second),
    });
    return false;
  }

  function askedOf({ oidc }: KoaContextWithOIDC): AskedAssurance {
    const { params, claims } = oidc;
    let essentialAcr;
    try {
      essentialAcr = essentialAcrOf((claims.id_token as Record<string, unknown> | undefined)?.acr);
    } catch {
      throw new errors.InvalidRequest('claims.id_token.acr is not of its form');
    }
    const maxAge = params?.max_age;
    return {
      acrValues: typeof params?.acr_values === 'string' ? params.acr_values.split(' ') : [],
      essentialAcr,
      maxAge: maxAge === undefined ? undefined : Number(maxAge),
      promptLogin: oidc.prompts.has('login'),
    };
  }

  async function begin(ctx: KoaContextWithOIDC, id: string): Promise<string> {
    const wanted = wantedOf(askedOf(ctx), applicationOf(ctx), platform.now());
    if (wanted === 'unmet') throw new errors.InvalidRequest('none of the requested classes is known here');
    try {
      // Anybody can begin one; a stranger must not fill the disk.
      await countCall(platform.store, `sso:${sourceOf(ctx.ip)}`, begunBySource, platform.now());
    } catch (error) {
      if (error instanceof Refusal)
        throw new errors.TemporarilyUnavailable('too many sign-ins from this address');
      throw error;
    }
    await parkInteraction(
      platform.store,
      { id, applicationId: applicationOf(ctx).id, wanted },
      platform.now(),
    );
    return pageOf(id);
  }

  /** The length may have been shortened since the token was made. */
  function isTooOld({ oidc }: KoaContextWithOIDC, token: object | undefined): boolean {
    return token !== undefined && endOfReliance(token, oidc.client!) <= platform.now();
  }

  /** Everything that an application asks for within its scopes is granted: an administrator has decided. */
  async function grantOf(ctx: KoaContextWithOIDC) {
    const { client, session, account, params } = ctx.oidc;
    const { clientId } = client!;
    const known = session!.grantIdFor(clientId);
    const found = known && (await provider.Grant.find(known));
    const grant = found || (await newGrant(ctx, account!.accountId, clientId));
    const scope = [...ctx.oidc.requestParamOIDCScopes].join(' ');
    if (grant.getOIDCScopeFiltered(ctx.oidc.requestParamOIDCScopes) !== scope || params?.claims) {
      grant.addOIDCScope(scope);
      grant.addOIDCClaims([...ctx.oidc.requestParamClaims]);
      await grant.save();
    }
    return grant;
  }

  /** Of two tabs that open one application at once, both go on under the grant that the session has kept. */
  async function newGrant({ oidc }: KoaContextWithOIDC, accountId: string, clientId: string) {
    const session = oidc.session!;
    const made = new provider.Grant({ accountId, clientId });
    const id = await made.save();
    session.ensureClientContainer(clientId);
    session.grantIdFor(clientId, id);
    await session.save(seconds(day));
    const agreed = (await provider.Session.findByUid(session.uid))?.grantIdFor(clientId) ?? id;
    if (agreed === id) return made;
    await made.destroy();
    session.grantIdFor(clientId, agreed);
    return (await provider.Grant.find(agreed)) ?? made;
  }
}

/** The application showed a token of this very person: it may sign them out without asking. */
const isSureOfLogout = ({ oidc }: KoaContextWithOIDC): boolean => {
  const hint = oidc.entities.IdTokenHint as { payload: { sub?: unknown } } | undefined;
  return hint !== undefined && hint.payload.sub === oidc.session?.accountId;
};

const applicationOf = ({ oidc }: KoaContextWithOIDC): ApplicationOfClient =>
  applicationOfClient(oidc.client!);

/** What a token came of, where it says so: codes and refresh tokens do. */
const isOfPasswordAlone = ({ amr }: { amr?: string[] }): boolean => amr?.join() === 'pwd';

/** `token`: what the application holds; undefined of a session, which has rules of its own. */
async function findAccount(
  id: string,
  token: object | undefined,
  { store, now }: Platform,
): Promise<Account | undefined> {
  const user = await findUser.get(store, { id });
  // Suspended: no token of theirs is good any more.
  if (user?.state !== 'active') return undefined;
  // All that was proven is the password, and by now it takes more; as of the sessions of the portals.
  const isPasswordAlone =
    token !== undefined && (user.had_factor === 0 || (user.has_factor === 0 && isOfPasswordAlone(token)));
  if (isPasswordAlone && isDue(await findRequiredFrom(store, id), now())) return undefined;
  return {
    accountId: id,
    claims: (_use, scope, asked) =>
      claimsOf(store, user, { groups: scope.split(' ').includes('groups') || 'groups' in asked }),
  };
}
