import {
  errors,
  type Account,
  type BackchannelAuthenticationRequest,
  type Client,
  type Configuration,
  type KoaContextWithOIDC,
  Provider,
} from 'oidc-provider';
import type { IncomingMessage } from 'node:http';
import type { Acr } from '@countersign/protocol/wire';
import { beginBackchannel, lifetimesOf } from '../authentication/backchannel/begin.ts';
import { completeBackchannel } from '../authentication/backchannel/complete.ts';
import type { ChallengeNeeds } from '../authentication/challenge.ts';
import { Refusal } from '../platform/http/refusal.ts';
import { minute, second } from '../platform/platform.ts';
import { hashSecret } from '../platform/random-text.ts';
import { countCall, type Window } from '../platform/rate-limits/window.ts';
import { mayUse } from '../sso/access.ts';
import { statedAcr } from '../sso/assurance.ts';
import { findUserByIdentifier } from '../users/store.ts';
import { identifierOf } from '../users/users.ts';
import { applicationOfClient } from './lifetimes.ts';
import { demandPatience, interval } from './polls.ts';
import { namedIn, wantedByParams } from './what-is-wanted.ts';

/**
 * OpenID Connect Client-Initiated Backchannel Authentication, poll mode: a program asks for a push approval. The protocol is
 * the library's; who is asked, and whether they approved, is an authentication like any other (see authentication/backchannel).
 */

/** That one client may begin, and hints of it that may name nobody: it is not to read the list of people by asking. */
const begunByClient: Window = { most: 300, length: minute };
const unknownByClient: Window = { most: 30, length: minute };

/** One line that reads as it is written: no control, no direction mark, nothing unassigned. */
const oneLine = /^[^\p{C}\p{Zl}\p{Zp}]{1,100}$/u;

type Ciba = NonNullable<NonNullable<Configuration['features']>['ciba']>;

/** What of a request was read before it is made. */
const asked = new WeakMap<IncomingMessage, { lives: number; fetched: number }>();

/** Seconds that the id of a request holds. */
export const lifetimeOfRequest = ({ req }: { req: IncomingMessage }): number =>
  Math.ceil(asked.get(req)!.fetched / second);

export function cibaFeature(needs: ChallengeNeeds): Ciba {
  const { platform } = needs;
  const { store, now } = platform;

  return {
    enabled: true,
    deliveryModes: ['poll'],
    async validateBindingMessage(_ctx, message) {
      if (message !== undefined && (!oneLine.test(message) || message.trim() === ''))
        throw new errors.InvalidBindingMessage('is not one line of 1 to 100 characters');
    },
    async validateRequestContext(ctx) {
      const { requested_expiry } = ctx.oidc.params!;
      const wanted = requested_expiry === undefined ? undefined : Number(requested_expiry) * second;
      asked.set(ctx.req, await lifetimesOf(wanted, platform));
    },
    async processLoginHintToken() {
      throw new errors.InvalidRequest('login_hint_token is not supported');
    },
    async processLoginHint(ctx, hint) {
      // What no JSON of ours would let through is nobody's name; the stores do not even look for a NUL.
      const isName = hint !== undefined && hint.length <= 254 && !/\p{Cc}/u.test(hint);
      const user = isName
        ? await findUserByIdentifier.get(store, { identifier: identifierOf(hint) })
        : undefined;
      return user?.state === 'active' ? user.id : refuseUnknown(ctx);
    },
    // After the person was found, whatever named them. There are no user codes.
    async verifyUserCode(ctx, account) {
      await limited(ctx, `ciba:begun:${ctx.oidc.client!.clientId}`, begunByClient);
      const application = applicationOfClient(ctx.oidc.client!);
      // Whom it is not for, it does not know.
      if (!(await mayUse(store, account.accountId, application))) await refuseUnknown(ctx);
    },
    async triggerAuthenticationDevice(ctx, request, account, client) {
      try {
        ctx.body = {
          ...(ctx.body as object),
          interval,
          number: await challenge(ctx, request, account, client),
        };
      } catch (error) {
        await request.destroy();
        throw error;
      }
    },
  };

  /** Resolves to the number that the person has to find on, or type into, the phone. */
  async function challenge(
    ctx: KoaContextWithOIDC,
    request: BackchannelAuthenticationRequest,
    account: Account,
    client: Client,
  ): Promise<string> {
    const application = applicationOfClient(client);
    const { acr: leastAcr } = wantedByParams(request.params, application, now());
    const { binding_message } = request.params as { binding_message?: string };
    try {
      const push = await beginBackchannel(
        {
          application: { id: application.id, name: client.clientName! },
          userId: account.accountId,
          requestHash: hashSecret(request.jti),
          leastAcr,
          bindingMessage: binding_message?.trim() ?? null,
          lives: asked.get(ctx.req)!.lives,
        },
        askerIn(ctx),
        needs,
      );
      return push.number!;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      throw inItsWords(ctx, error, leastAcr);
    }
  }

  async function refuseUnknown(ctx: KoaContextWithOIDC): Promise<never> {
    await limited(ctx, `ciba:unknown:${ctx.oidc.client!.clientId}`, unknownByClient);
    throw new errors.UnknownUserId('could not identify end-user');
  }

  async function limited(ctx: KoaContextWithOIDC, key: string, window: Window): Promise<void> {
    try {
      await countCall(store, key, window, now());
    } catch (error) {
      throw error instanceof Refusal ? tooMany(ctx, error) : error;
    }
  }
}

/** Where the library looks a request up that is polled for, it finds what the phone has said meanwhile. */
export function answerPolls(provider: Provider, needs: ChallengeNeeds): void {
  const Request = provider.BackchannelAuthenticationRequest;
  const find = Request.find.bind(Request) as (
    id: string,
    options?: object,
  ) => Promise<BackchannelAuthenticationRequest | undefined>;
  Request.find = (async (id: string, options?: object) => {
    const request = await find(id, options);
    const ctx = Provider.ctx;
    const client = ctx?.oidc.client;
    // Another client's, or over: the library says so.
    if (!request || !client || request.clientId !== client.clientId) return request;
    if (request.consumed || request.isExpired || request.grantId !== undefined) return request;
    const application = { ...applicationOfClient(client), name: client.clientName! };
    const answer = await completeBackchannel(hashSecret(id), application, askerIn(ctx), needs);
    if (answer === 'denied') throw new errors.AccessDenied('the person did not approve');
    if (answer === 'expired') throw new errors.ExpiredToken('the request has expired');
    if (answer === 'pending') {
      await demandPatience(id, needs.platform);
      return request;
    }
    const grant = new provider.Grant({ accountId: answer.userId, clientId: client.clientId });
    grant.addOIDCScope(request.scope!);
    await grant.save();
    await provider.backchannelResult(request, grant, {
      acr: statedAcr(answer.acr, namedIn(request.params)),
      amr: answer.amr,
      authTime: Math.floor(answer.at / second),
    });
    return request;
  }) as typeof Request.find;
}

/** The program itself is who asks; there is no browser. */
const askerIn = ({ ip }: KoaContextWithOIDC) => ({ ip, client: null });

const withStatus = <E extends errors.OIDCProviderError>(error: E, status: number): E =>
  Object.assign(error, { status, statusCode: status });

/** Core, section 13. */
function inItsWords(ctx: KoaContextWithOIDC, refusal: Refusal, leastAcr: Acr): errors.OIDCProviderError {
  if (refusal.code === 'policy_denied')
    return withStatus(new errors.AccessDenied('the organisation does not allow this now'), 403);
  if (refusal.code !== 'no_allowed_factor') return tooMany(ctx, refusal);
  return leastAcr === 'urn:countersign:aal1'
    ? withStatus(new errors.AccessDenied('the person has no phone that can be asked'), 403)
    : new errors.CustomOIDCProviderError(
        'unmet_authentication_requirements',
        'the person has no phone that proves as much as is wanted',
      );
}

function tooMany(ctx: KoaContextWithOIDC, { members }: Refusal): errors.OIDCProviderError {
  if (members.retry_after !== undefined) ctx.set('retry-after', String(members.retry_after));
  return withStatus(new errors.TemporarilyUnavailable('too many requests; come back later'), 429);
}
