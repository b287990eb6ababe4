import type { Resource } from '@countersign/protocol/wire';
import { applicationIn, logoUri } from '../applications/applications.ts';
import { findApplication } from '../applications/store.ts';
import { Refusal, secondsUntil } from '../platform/http/refusal.ts';
import { second, type Platform } from '../platform/platform.ts';
import { UniqueViolation } from '../platform/store/errors.ts';
import type { Events } from '../events/events.ts';
import {
  decideApproveFromNotification,
  decideConfirmation,
  decideUserVerification,
} from '../policy/decide.ts';
import { askPush } from '../push/ask.ts';
import type { Delivery } from '../push/delivery.ts';
import type { AskerClass } from '../push/limits.ts';
import { findLatestOfAuthentication, type PushRequestRow } from '../push/store.ts';
import { stateAt } from '../push/view.ts';
import { isFamiliar } from '../sessions/familiarity.ts';
import { findUser } from '../users/store.ts';
import { askerOf, helperOf, isAlone } from './asker.ts';
import { offeredFactors } from './decide.ts';
import { hostAskOf, type AuthenticationRow } from './store.ts';

/** Step three of an authentication: a factor is challenged. */

/** Nobody could read it: the phone is not asked in vain. */
export const numberCannotBeShown = (): Refusal =>
  new Refusal('no_allowed_factor', {
    detail: 'A number has to be typed on the phone, which cannot be shown there.',
  });

export interface ChallengeNeeds {
  platform: Platform;
  events: Events;
  delivery: Delivery;
}

/**
 * Sends a push for an authentication that waits for a factor; `until`: milliseconds since 1970, at the latest.
 * @throws Refusal 409 `push_pending`, `authentication_over` or `factor_not_offered`; 423 `push_locked`; 429 past the limits.
 */
export async function challengeByPush(
  authentication: AuthenticationRow,
  wanted: string | undefined,
  { platform, events, delivery }: ChallengeNeeds,
  until = Infinity,
): Promise<PushRequestRow> {
  const { store, now } = platform;
  if (authentication.state !== 'challenge' || authentication.expires_at <= now()) {
    throw new Refusal('authentication_over');
  }
  const user = (await findUser.get(store, { id: authentication.user_id }))!;
  const { push: usable, settings } = await offeredFactors(store, authentication, now());
  const authenticator = wanted === undefined ? usable[0] : usable.find(({ id }) => id === wanted);
  if (!authenticator) throw new Refusal('factor_not_offered');
  const latest = await findLatestOfAuthentication.get(store, { authentication_id: authentication.id });
  if (latest && stateAt(latest, now()) === 'pending') throw new Refusal('push_pending');

  const { purpose, binding_message } = authentication;
  const asker = askerOf(authentication);
  const alone = isAlone(authentication);
  const host = hostAskOf(authentication);
  const helper = await helperOf(store, authentication);
  const known = await isFamiliar(store, user.id, asker, now());
  // Where nothing was asked before it is no reason to ask for less.
  const familiar = !alone && known;
  const reported = user.push_locked_until > now();
  if (reported && !familiar) {
    throw new Refusal('push_locked', { retry_after: secondsUntil(user.push_locked_until, now()) });
  }
  const askerClass = alone
    ? (`${authentication.resource}${host && known ? ':alone' : ''}` as AskerClass)
    : !familiar
      ? 'unfamiliar'
      : host
        ? // All its networks together: it is the host that says from which somebody comes.
          (`${authentication.resource}:familiar` as AskerClass)
        : (asker as AskerClass);
  const confirmation = decideConfirmation(settings, { alone, familiar, reported });
  if (host && !host.interactive && confirmation.kind === 'number') throw numberCannotBeShown();
  const userVerification = decideUserVerification(settings, {
    id: authenticator.id,
    hasVerificationKey: authenticator.webauthn_credential_id !== null,
  });
  const question = {
    purpose: authentication.purpose,
    authenticator,
    account: { login: user.login, name: user.name },
    resource: await resourceOf(authentication, settings.organization.name, platform),
    context: {
      // Of a program or the help desk, it says nothing to the person.
      ip: purpose === 'backchannel' || helper ? null : authentication.ip,
      location: null,
      client: helper?.name ?? authentication.client,
      host: host?.host ?? null,
      local_user: host?.local_user ?? null,
      familiar,
      ...(binding_message === null ? {} : { binding_message }),
    },
    confirmation,
    userVerification,
    approveFromNotification: decideApproveFromNotification(settings, {
      purpose: authentication.purpose,
      familiar,
      confirmation,
      userVerification,
    }),
    authenticationId: authentication.id,
    askerClass,
    // Nothing may be approved that nobody can complete any more.
    expiresAt: Math.min(now() + settings.push.lifetime_s * second, authentication.expires_at, until),
  };
  try {
    const request = await store.transaction(async (transaction) => {
      const row = await askPush(transaction, question, platform);
      await events.record(transaction, {
        type: 'push.sent',
        user,
        asker: authentication,
        details: { request: row.id, authentication: authentication.id, purpose: row.purpose, familiar },
      });
      transaction.notify(`authentication:${authentication.id}`);
      return row;
    });
    delivery.wake(request);
    return request;
  } catch (error) {
    // Two at once for one authentication: the index lets one through.
    if (error instanceof UniqueViolation) throw new Refusal('push_pending');
    throw error;
  }
}

const actNames: Record<string, string> = {
  'act:factors': 'Changing your sign-in methods',
  'act:password': 'Changing your password',
  'act:admin': 'An administrative change',
};

async function resourceOf(
  authentication: AuthenticationRow,
  organization: string,
  { store, issuer }: Platform,
): Promise<Resource> {
  const { purpose, resource } = authentication;
  const host = hostAskOf(authentication);
  if (host) return { kind: 'host', name: host.host, logo_uri: null };
  if (purpose === 'verification') return { kind: 'act', name: `${organization} Help Desk`, logo_uri: null };
  if (purpose === 'password_reset') return { kind: 'act', name: 'Resetting your password', logo_uri: null };
  if (purpose === 'step_up' || purpose === 'sso' || purpose === 'backchannel') {
    const id = applicationIn(resource ?? '');
    const application = id && (await findApplication.get(store, { id }));
    if (application) {
      return { kind: 'application', name: application.name, logo_uri: logoUri(application, issuer) };
    }
    return { kind: 'act', name: actNames[resource ?? ''] ?? organization, logo_uri: null };
  }
  const face = purpose === 'admin_login' ? 'Admin Portal' : 'User Portal';
  return {
    kind: purpose === 'admin_login' ? 'admin' : 'portal',
    name: `${organization} ${face}`,
    logo_uri: null,
  };
}
