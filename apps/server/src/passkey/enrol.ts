import type {
  PublicKeyCredentialCreationOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { encodeBase64url, sha256 } from '@countersign/protocol';
import type { Asker } from '../platform/http/asker.ts';
import { Refusal } from '../platform/http/refusal.ts';
import { minute, type Platform } from '../platform/platform.ts';
import { randomId } from '../platform/random-text.ts';
import { countCall } from '../platform/rate-limits/window.ts';
import { UniqueViolation } from '../platform/store/errors.ts';
import type { Transaction } from '../platform/store/store.ts';
import { challengeIn, isCanonical, loadWebAuthn, relyingParty } from '../platform/webauthn.ts';
import type { Events } from '../events/events.ts';
import type { Outbox } from '../mail/outbox.ts';
import { demandEnrollable } from '../policies/enrolment.ts';
import { demandEnrolling, settleEnrolment } from '../sessions/enrolling.ts';
import { browserAsker, earnFamiliarity } from '../sessions/familiarity.ts';
import { demandStepUp, type LiveSession } from '../sessions/sessions.ts';
import { readSettings } from '../settings/settings.ts';
import { keepHasFactor } from '../users/factors.ts';
import { findUser } from '../users/store.ts';
import { giveChallenge, spendChallenge } from './challenge.ts';
import { deletePasskey, insertPasskey, listPasskeys, renamePasskey, type PasskeyRow } from './store.ts';
import { descriptorOf } from './verify.ts';

/** Passkeys: enrolled, renamed, removed by their owner. */

export interface PasskeyNeeds {
  platform: Platform;
  events: Events;
  outbox: Outbox;
}

const mostOfAUser = 20;
const beginsAQuarter = { most: 30, length: 15 * minute };
const subjectOf = ({ id }: LiveSession) => `session:${id}`;

/**
 * The user handle must not tell who somebody is (WebAuthn section 14.6.1), and must not be that of the verification keys of
 * the authenticator app: a device keeps one discoverable credential for a handle, and would drop the other.
 */
const userHandle = (userId: string) => sha256(`passkey:${userId}`);

/** @throws Refusal 403 `factor_disabled` or `step_up_required`, 409 `factor_exists` past 20 of them, 429. */
export async function beginPasskey(
  session: LiveSession,
  { platform }: PasskeyNeeds,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const { store, now, issuer } = platform;
  const { user_id } = session;
  const { organization } = await readSettings(store);
  await demandEnrollable(store, session, 'passkey');
  await demandEnrolling(store, session, now());
  const present = await listPasskeys.all(store, { user_id });
  if (present.length >= mostOfAUser) throw new Refusal('factor_exists');
  await countCall(store, `passkey_begins:${user_id}`, beginsAQuarter, now());
  const { generateRegistrationOptions } = await loadWebAuthn();
  return generateRegistrationOptions({
    rpID: relyingParty(issuer).id,
    rpName: organization.name,
    userID: await userHandle(user_id),
    userName: session.login,
    userDisplayName: session.name,
    challenge: await giveChallenge(subjectOf(session), platform),
    attestationType: 'none',
    supportedAlgorithmIDs: [-7, -8, -257],
    excludeCredentials: present.map(descriptorOf),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
}

/** @throws Refusal 403 `factor_disabled` or `step_up_required`, 409 `factor_exists`, 422 `passkey_failed`. */
export async function addPasskey(
  session: LiveSession,
  { name, webauthn }: { name: string; webauthn: object },
  asker: Asker,
  { platform, events, outbox }: PasskeyNeeds,
): Promise<PasskeyRow> {
  const { store, now, random, issuer } = platform;
  const { user_id } = session;
  const strength = await demandEnrolling(store, session, now());
  const challenge = challengeIn(webauthn);
  const found = await verifyCreation(webauthn, challenge, issuer);
  if (!found) throw new Refusal('passkey_failed');
  const id = randomId(random);
  try {
    await store.transaction(async (transaction) => {
      if (!(await spendChallenge(transaction, challenge, subjectOf(session), now()))) {
        throw new Refusal('passkey_failed');
      }
      await demandEnrollable(transaction, session, 'passkey');
      const proven = { acr: 'urn:countersign:phr', amr: ['pwd', 'swk', 'pop', 'user', 'mfa'] } as const;
      const enrolment = { userId: user_id, sessionId: session.id, strength };
      if (!(await settleEnrolment(transaction, enrolment, proven, now()))) {
        throw new Refusal('step_up_required', { resource: 'act:factors' });
      }
      await insertPasskey.run(transaction, { id, user_id, name: name.trim(), ...found, now: now() });
      await keepHasFactor(transaction, user_id);
      await earnFamiliarity(transaction, user_id, browserAsker(session.browser_hash), now());
      await tell(transaction, user_id, asker, 'factor.added', name, { events, outbox });
    });
  } catch (error) {
    if (error instanceof UniqueViolation) throw new Refusal('factor_exists');
    throw error;
  }
  return (await listPasskeys.all(store, { user_id })).find((row) => row.id === id)!;
}

async function verifyCreation(response: object, challenge: string, issuer: string) {
  if (!isCanonical(response)) return undefined;
  const { id, origin } = relyingParty(issuer);
  try {
    const { verifyRegistrationResponse } = await loadWebAuthn();
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: response as RegistrationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: id,
      requireUserVerification: true,
    });
    if (!verified) return undefined;
    const { credential, credentialBackedUp } = registrationInfo;
    return {
      credential_id: credential.id,
      public_key: encodeBase64url(credential.publicKey),
      counter: credential.counter,
      transports: JSON.stringify(credential.transports ?? []),
      backed_up: credentialBackedUp ? 1 : 0,
    };
  } catch {
    // As for assertions: the library throws for each way in which a response can fail to hold.
    return undefined;
  }
}

/** @throws Refusal 404. The name is for its owner alone, so it wants no step-up. */
export async function changePasskey(
  { user_id }: LiveSession,
  id: string,
  name: string,
  { platform }: PasskeyNeeds,
): Promise<PasskeyRow> {
  const row = await renamePasskey.get(platform.store, { id, user_id, name: name.trim() });
  if (!row) throw new Refusal('not_found');
  return row;
}

/** @throws Refusal 403 `step_up_required`, 404. */
export async function removePasskey(
  session: LiveSession,
  id: string,
  asker: Asker,
  { platform, events, outbox }: PasskeyNeeds,
): Promise<void> {
  const { store, now } = platform;
  const { user_id } = session;
  await demandStepUp(store, session, 'act:factors', now());
  await store.transaction(async (transaction) => {
    const row = await deletePasskey.get(transaction, { id, user_id });
    if (!row) throw new Refusal('not_found');
    await keepHasFactor(transaction, user_id);
    await tell(transaction, user_id, asker, 'factor.removed', row.name, { events, outbox });
  });
}

/** The event, and the mail to the owner. */
async function tell(
  transaction: Transaction,
  userId: string,
  asker: Asker,
  type: 'factor.added' | 'factor.removed',
  name: string,
  { events, outbox }: Pick<PasskeyNeeds, 'events' | 'outbox'>,
): Promise<void> {
  const user = (await findUser.get(transaction, { id: userId }))!;
  const details = { factor: 'passkey', name };
  await events.record(transaction, { type, actor: user, user, asker, details });
  await outbox.post(transaction, user, (letters) =>
    type === 'factor.added' ? letters.passkeyAdded(name) : letters.passkeyRemoved(name),
  );
}
