import {
  activationUri,
  generateCode,
  normalizeCode,
  presenceThumbprint,
  verifyRegistration,
} from '@countersign/protocol';
import type { Activated, ActivationLookup, CreatedActivation } from '@countersign/protocol/wire';
import type { Asker } from '../platform/http/asker.ts';
import { Refusal } from '../platform/http/refusal.ts';
import { minute, timeText, type Platform } from '../platform/platform.ts';
import { hashSecret, randomId } from '../platform/random-text.ts';
import { countCall } from '../platform/rate-limits/window.ts';
import { UniqueViolation } from '../platform/store/errors.ts';
import type { Queryable, Transaction } from '../platform/store/store.ts';
import type { Events } from '../events/events.ts';
import { demandEnrollable } from '../policies/enrolment.ts';
import { demandEnrolling } from '../sessions/enrolling.ts';
import type { LiveSession } from '../sessions/sessions.ts';
import { readSettings } from '../settings/settings.ts';
import { findUser, type UserRow } from '../users/store.ts';
import { dropActivation, type DropNeeds } from './drop.ts';
import {
  findActivationByCode,
  findActivationOfUser,
  findAuthenticator,
  insertActivation,
  insertAuthenticator,
  listActiveOfUser,
  listWaitingActivations,
  takeActivation,
  type ActivationRow,
  type AuthenticatorRow,
} from './store.ts';
import type { Subscriptions } from './subscriptions.ts';
import { findTransfer, keepTransferRequest } from './transfer/store.ts';
import { creationOptions, verifyCreation, type VerificationKey } from './verification-key.ts';
import { deviceOf } from './view.ts';

/** Activation, in order: the portal begins it, the app looks the code up, the app registers its key; completion.ts ends it. */

const codeLifetime = 10 * minute;
const activationsPerQuarter = 20;

/** What the push domain does for an activation, handed in by compose.ts. */
export interface ActivationPush {
  /** Sends the request of purpose `activation` that the old phone answers where it hands its account on. Returns its id. */
  askOld(
    transaction: Transaction,
    authenticator: AuthenticatorRow,
    user: UserRow,
    newDevice: string,
    expiresAt: number,
    asker: Asker,
  ): Promise<string>;
  /** Sends the request of purpose `activation` that the new phone answers. */
  ask(
    transaction: Transaction,
    authenticator: AuthenticatorRow,
    user: UserRow,
    expiresAt: number,
    asker: Asker,
  ): Promise<void>;
}

interface Needs {
  platform: Platform;
  events: Events;
  activationPush: ActivationPush;
  subscriptions: Subscriptions;
}

/**
 * Begins an activation for a signed-in user. A first factor needs no step-up; every other does.
 * @throws Refusal 403 `push_disabled`, 403 `step_up_required`, 429.
 */
export async function beginActivation(
  session: LiveSession,
  needs: Pick<Needs, 'platform'> & DropNeeds,
  asker: Asker,
): Promise<CreatedActivation> {
  const { platform, events } = needs;
  const { store, now, random, issuer } = platform;
  const settings = await readSettings(store);
  await demandEnrollable(store, session, 'push');
  const active = await listActiveOfUser.all(store, { user_id: session.user_id });
  const firstFactor = await demandEnrolling(store, session, now());
  const window = { most: activationsPerQuarter, length: 15 * minute };
  await countCall(store, `activations:${session.user_id}`, window, now());

  const replaces = active.length >= settings.push.authenticators_per_user ? active.at(-1) : undefined;
  const code = generateCode(random);
  const id = randomId(random);
  const expiresAt = now() + codeLifetime;
  const webauthn =
    settings.push.user_verification === 'off'
      ? null
      : await creationOptions(issuer, settings.organization.name, session);
  await store.transaction(async (transaction) => {
    await endWaiting(transaction, session.user_id, needs);
    await insertActivation.run(transaction, {
      id,
      user_id: session.user_id,
      session_id: session.id,
      browser_hash: session.browser_hash,
      code_hash: hashSecret(normalizeCode(code)!),
      nonce: randomId(random),
      webauthn: webauthn && JSON.stringify(webauthn),
      first_factor: firstFactor,
      replaces_id: replaces?.id ?? null,
      now: now(),
      expires_at: expiresAt,
    });
    const user = { id: session.user_id, login: session.login };
    await events.record(transaction, {
      type: 'activation.begun',
      actor: user,
      user,
      asker,
      details: { activation: id },
    });
  });
  const row = (await findActivationOfUser.get(store, { id, user_id: session.user_id }))!;
  return { ...(await activationView(store, row, now())), activation_uri: activationUri(issuer, code), code };
}

/** A newer code of a person ends an older one that nobody has taken, whether a browser or a phone asked for either. */
export async function endWaiting(transaction: Transaction, user_id: string, needs: DropNeeds): Promise<void> {
  for (const older of await listWaitingActivations.all(transaction, { user_id })) {
    await dropActivation(transaction, older, 'overtaken', needs);
  }
}

/** As the portal sees it. */
export async function activationView(on: Queryable, row: ActivationRow, now: number) {
  const known = async (id: string | null) => {
    const found = id === null ? undefined : await findAuthenticator.get(on, { id });
    return found ? { id: found.id, device: deviceOf(found) } : null;
  };
  const over = row.expires_at <= now && row.state !== 'active';
  return {
    id: row.id,
    state: over ? ('expired' as const) : row.state,
    expires_at: timeText(row.expires_at),
    authenticator: over ? null : await known(row.authenticator_id),
    replaces: row.state === 'active' ? null : await known(row.replaces_id),
  };
}

/** What a code is for. Spends nothing. @throws Refusal 403 `push_disabled` or `transfer_disabled`, 404, 410, 429. */
export async function lookUpActivation(code: string, asker: string, needs: Needs): Promise<ActivationLookup> {
  const { platform, subscriptions } = needs;
  const activation = await demandCode(code, asker, platform);
  const settings = await readSettings(platform.store);
  const user = (await findUser.get(platform.store, { id: activation.user_id }))!;
  return {
    issuer: platform.issuer,
    organization: { name: settings.organization.name },
    account: { login: user.login, name: user.name },
    nonce: activation.nonce,
    expires_at: timeText(activation.expires_at),
    user_verification: settings.push.user_verification,
    webauthn: activation.webauthn === null ? null : (JSON.parse(activation.webauthn) as object),
    vapid_public_key: await subscriptions.publicKey(),
  };
}

const failuresAMinute = { most: 10, length: minute };

/** Counts a code that nobody knows, of whatever kind: it may be a guess. @throws Refusal 429 past the limit. */
export const countUnknownCode = (source: string, { store, now }: Platform): Promise<void> =>
  countCall(store, `lookup:${source}`, failuresAMinute, now());

async function demandCode(code: string, source: string, platform: Platform): Promise<ActivationRow> {
  const { store, now } = platform;
  const normalized = normalizeCode(code);
  const row = normalized
    ? await findActivationByCode.get(store, { code_hash: hashSecret(normalized) })
    : undefined;
  const user = row && (await findUser.get(store, { id: row.user_id }));
  if (!row || user?.state !== 'active') {
    await countUnknownCode(source, platform);
    throw new Refusal('activation_not_found');
  }
  if (row.state === 'pending' || row.state === 'active') throw new Refusal('activation_used');
  if (row.state === 'expired' || row.expires_at <= now()) throw new Refusal('activation_expired');
  const { push } = await readSettings(store);
  // Switched off since the old phone made the code.
  if (!push.transfer && (await findTransfer.get(store, { activation_id: row.id }))) {
    throw new Refusal('transfer_disabled');
  }
  await demandEnrollable(store, { user_id: user.id, ...user }, 'push');
  return row;
}

/**
 * Enrols the app's keys as a pending authenticator. Only success spends the code.
 * @throws Refusal 401 `invalid_registration`, 403 `user_verification_required`, `_failed`, `push_disabled` or
 * `transfer_disabled`, 409 `key_in_use`, 404, 410, 429.
 */
export async function activate(
  code: string,
  registration: string,
  source: string,
  asker: Asker,
  needs: Needs,
): Promise<Activated> {
  const { platform, activationPush, subscriptions } = needs;
  const { store, now, random, issuer } = platform;
  const activation = await demandCode(code, source, platform);
  const verification = await verifyRegistration(
    registration,
    { aud: issuer, nonce: activation.nonce },
    now(),
  );
  if (!verification.valid) {
    throw new Refusal('invalid_registration', {
      detail: `The registration does not hold: ${verification.reason}.`,
    });
  }
  const { key, claims } = verification;
  const settings = await readSettings(store);
  const verificationKey = await demandVerificationKey(
    activation,
    claims.webauthn,
    settings.push.user_verification,
    issuer,
  );

  const id = randomId(random);
  const user = (await findUser.get(store, { id: activation.user_id }))!;
  const subscription = claims.push_subscription;
  try {
    await store.transaction(async (transaction) => {
      const taken = await takeActivation.get(transaction, {
        id: activation.id,
        authenticator_id: id,
        now: now(),
      });
      if (!taken) throw new Refusal('activation_used');
      await insertAuthenticator.run(transaction, {
        id,
        user_id: user.id,
        thumbprint: await presenceThumbprint(key),
        presence_jwk: JSON.stringify(key),
        device: JSON.stringify(claims.device),
        ...(await subscriptions.columns(transaction, id, subscription)),
        webauthn_credential_id: verificationKey?.credentialId ?? null,
        webauthn_public_key: verificationKey?.publicKey ?? null,
        webauthn_counter: verificationKey?.counter ?? 0,
        now: now(),
      });
      const authenticator = (await findAuthenticator.get(transaction, { id }))!;
      await activationPush.ask(transaction, authenticator, user, activation.expires_at, asker);
      await askOldPhone(transaction, activation, user, claims.device.name, asker, activationPush);
      transaction.notify(`activation:${activation.id}`);
    });
  } catch (error) {
    if (error instanceof UniqueViolation) throw new Refusal('key_in_use');
    throw error;
  }
  return {
    authenticator: { id, state: 'pending' },
    account: { login: user.login, name: user.name },
    issuer,
    organization: { name: settings.organization.name },
  };
}

/** Where an old phone made the code it is asked too, and only both approvals count. */
async function askOldPhone(
  transaction: Transaction,
  activation: ActivationRow,
  user: UserRow,
  newDevice: string,
  asker: Asker,
  activationPush: ActivationPush,
): Promise<void> {
  const transfer = await findTransfer.get(transaction, { activation_id: activation.id });
  if (!transfer) return;
  const old = await findAuthenticator.get(transaction, { id: transfer.authenticator_id });
  // Removed at this very moment.
  if (old?.state !== 'active') throw new Refusal('activation_expired');
  const { expires_at } = activation;
  const request_id = await activationPush.askOld(transaction, old, user, newDevice, expires_at, asker);
  await keepTransferRequest.run(transaction, { activation_id: activation.id, request_id });
}

async function demandVerificationKey(
  activation: ActivationRow,
  response: object | null,
  setting: ActivationLookup['user_verification'],
  issuer: string,
): Promise<VerificationKey | undefined> {
  if (activation.webauthn === null || response === null) {
    if (setting === 'required') throw new Refusal('user_verification_required');
    return undefined;
  }
  const { challenge } = JSON.parse(activation.webauthn) as { challenge: string };
  const key = await verifyCreation(response, challenge, issuer);
  if (!key) throw new Refusal('user_verification_failed');
  return key;
}
