import { generateCode, normalizeCode } from '@countersign/protocol';
import type { CreatedTransfer, Settings, Transfer } from '@countersign/protocol/wire';
import type { Asker } from '../../platform/http/asker.ts';
import { Refusal } from '../../platform/http/refusal.ts';
import { hour, minute, timeText, type Platform } from '../../platform/platform.ts';
import { hashSecret, randomId } from '../../platform/random-text.ts';
import { countCall } from '../../platform/rate-limits/window.ts';
import type { Queryable, Transaction } from '../../platform/store/store.ts';
import { demandEnrollable } from '../../policies/enrolment.ts';
import { readSettings } from '../../settings/settings.ts';
import { findUser, holdUser } from '../../users/store.ts';
import { endWaiting } from '../activation.ts';
import { dropActivation, type DropNeeds, type WhyDropped } from '../drop.ts';
import type { ProvenAuthenticator } from '../proof-of-possession.ts';
import { insertActivation, updateCounter } from '../store.ts';
import { challengeIn } from '../../platform/webauthn.ts';
import { creationOptions, requestOptions, verifyChallenge } from '../verification-key.ts';
import { deviceOf } from '../view.ts';
import {
  findOpenTransferFrom,
  insertTransfer,
  keepTransferChallenge,
  listOpenTransfersOf,
  takeTransferChallenge,
} from './store.ts';

/** The old phone begins to hand its account on: by its verification key, for a code that the new phone takes. */

const codeLifetime = 5 * minute;
const challengeLifetime = 5 * minute;
/** Whether or not the new phone has read it by then. */
const backupLifetime = hour;
const beginningsAnHour = { most: 10, length: hour };

type Needs = DropNeeds & { platform: Platform };

/** What the verification key is to assert over. @throws Refusal 403 `transfer_disabled`, `push_disabled`, `user_verification_required`. */
export async function transferOptions(authenticator: ProvenAuthenticator, platform: Platform) {
  const { store, now, issuer } = platform;
  await demandAllowed(store, authenticator);
  const webauthn = await requestOptions(issuer, authenticator);
  await keepTransferChallenge.run(store, {
    id: authenticator.id,
    challenge: webauthn.challenge,
    until: now() + challengeLifetime,
  });
  return { webauthn };
}

/**
 * Makes the code for the new phone. An earlier one of this phone ends, whether or not a phone has taken it.
 * @throws Refusal 403 `transfer_disabled`, `push_disabled`, `user_verification_required` or `_failed`, 429.
 */
export async function beginTransfer(
  authenticator: ProvenAuthenticator,
  { webauthn, backup }: { webauthn: object; backup?: string },
  asker: Asker,
  needs: Needs,
): Promise<CreatedTransfer> {
  const { platform, events } = needs;
  const { store, now, random, issuer } = platform;
  const { id: authenticator_id, user_id, login, name } = authenticator;
  const settings = await demandAllowed(store, authenticator);
  await countCall(store, `transfers:${authenticator_id}`, beginningsAnHour, now());
  // Taken, not read: options are good for one try.
  const options = await takeTransferChallenge.get(store, {
    id: authenticator_id,
    challenge: challengeIn(webauthn),
    now: now(),
  });
  const assertion = options && (await verifyChallenge(webauthn, options.challenge, authenticator, issuer));
  if (!assertion) throw new Refusal('user_verification_failed');

  const code = generateCode(random);
  const id = randomId(random);
  const expires_at = now() + codeLifetime;
  const creation =
    settings.push.user_verification === 'off'
      ? null
      : await creationOptions(issuer, settings.organization.name, { login, name });
  await store.transaction(async (transaction) => {
    await holdUser.run(transaction, { id: user_id });
    await updateCounter.run(transaction, { id: authenticator_id, counter: assertion.counter });
    await dropOwnTransfers(transaction, authenticator_id, 'overtaken', needs);
    await endWaiting(transaction, user_id, needs);
    await insertActivation.run(transaction, {
      id,
      user_id,
      session_id: '',
      browser_hash: '',
      code_hash: hashSecret(normalizeCode(code)!),
      nonce: randomId(random),
      webauthn: creation && JSON.stringify(creation),
      first_factor: 0,
      replaces_id: authenticator_id,
      now: now(),
      expires_at,
    });
    await insertTransfer.run(transaction, {
      activation_id: id,
      authenticator_id,
      backup: backup ?? null,
      backup_until: now() + backupLifetime,
      now: now(),
    });
    const user = { id: user_id, login };
    const details = { activation: id, authenticator: authenticator_id, device: deviceOf(authenticator).name };
    await events.record(transaction, { type: 'transfer.begun', actor: user, user, asker, details });
    transaction.notify(`authenticator:${authenticator_id}`);
  });
  return { code, expires_at: timeText(expires_at) };
}

async function demandAllowed(on: Queryable, authenticator: ProvenAuthenticator): Promise<Settings> {
  const settings = await readSettings(on);
  if (!settings.push.transfer) throw new Refusal('transfer_disabled');
  const user = (await findUser.get(on, { id: authenticator.user_id }))!;
  await demandEnrollable(on, { user_id: user.id, ...user }, 'push');
  if (!authenticator.webauthn_credential_id) throw new Refusal('user_verification_required');
  return settings;
}

/** Ends what this phone began, where it is under way. */
export async function dropOwnTransfers(
  transaction: Transaction,
  authenticator_id: string,
  why: WhyDropped,
  needs: DropNeeds,
  asker?: Asker,
): Promise<void> {
  for (const transfer of await listOpenTransfersOf.all(transaction, { authenticator_id })) {
    await dropActivation(transaction, transfer, why, needs, asker);
  }
}

/** The transfer that this phone began, for its own screen. */
export async function transferView(
  on: Queryable,
  authenticator_id: string,
  now: number,
): Promise<Transfer | null> {
  const row = await findOpenTransferFrom.get(on, { authenticator_id, now });
  if (!row) return null;
  return {
    state: row.state === 'pending' ? 'pending' : 'waiting',
    ...(row.device === null ? {} : { device: deviceOf({ device: row.device }).name }),
    expires_at: timeText(row.expires_at),
  };
}
