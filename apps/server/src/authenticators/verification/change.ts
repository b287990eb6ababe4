import { decodeBase64url } from '@countersign/protocol';
import type { Asker } from '../../platform/http/asker.ts';
import { Refusal } from '../../platform/http/refusal.ts';
import type { Platform } from '../../platform/platform.ts';
import { UniqueViolation } from '../../platform/store/errors.ts';
import type { Transaction } from '../../platform/store/store.ts';
import type { Events } from '../../events/events.ts';
import type { Outbox } from '../../mail/outbox.ts';
import { findUser } from '../../users/store.ts';
import type { ProvenAuthenticator } from '../proof-of-possession.ts';
import { challengeIn } from '../../platform/webauthn.ts';
import { verifyAssertion, verifyCreation, type VerificationKey } from '../verification-key.ts';
import { deviceOf } from '../view.ts';
import { demandVerificationKeyCode } from './code.ts';
import {
  addVerificationKey,
  takeVerificationOptions,
  updateVerificationKey,
  useVerificationKeyCode,
} from './store.ts';

/** A verification key is replaced on the word of the present one, and a first one is added with a code of the portal. */

interface Needs {
  platform: Platform;
  events: Events;
  outbox: Outbox;
}

/** The key in the response to the latest options, which are good for one try. @throws Refusal 403 `user_verification_failed`. */
async function demandNewKey(
  id: string,
  response: object,
  { store, issuer }: Platform,
): Promise<VerificationKey> {
  const options = await takeVerificationOptions.get(store, { id, challenge: challengeIn(response) });
  const key = options && (await verifyCreation(response, options.challenge, issuer));
  if (!key) throw new Refusal('user_verification_failed');
  return key;
}

/** @throws Refusal 403 `user_verification_failed`. */
export async function replaceKey(
  authenticator: ProvenAuthenticator,
  { webauthn, assertion }: { webauthn: object; assertion: object },
  asker: Asker,
  { platform, events, outbox }: Needs,
): Promise<void> {
  const { id } = authenticator;
  const key = await demandNewKey(id, webauthn, platform);
  const credentialId = Uint8Array.from(decodeBase64url(key.credentialId) ?? []);
  // An id is the registrant's to choose: one that reads as an answer (a compact JWS, RFC 7515 section 7.1) would make of
  // an approval's assertion the one that is wanted here.
  const isAnswer = /^[\w-]+\.[\w-]+\.[\w-]+$/.test(new TextDecoder().decode(credentialId));
  if (isAnswer || !(await verifyAssertion(assertion, credentialId, authenticator, platform.issuer))) {
    throw new Refusal('user_verification_failed');
  }
  await keepKey(platform, async (transaction) => {
    await updateVerificationKey.run(transaction, { id, ...columnsOf(key) });
    const user = (await findUser.get(transaction, { id: authenticator.user_id }))!;
    await events.record(transaction, {
      type: 'authenticator.verification_key_changed',
      actor: user,
      user,
      asker,
      details: { authenticator: id },
    });
    const { name: device } = deviceOf(authenticator);
    await outbox.post(transaction, user, (letters) => letters.checkReplaced(device));
  });
}

/**
 * Only success spends the code.
 * @throws Refusal 403 `user_verification_required` or `_failed`, 404 `activation_not_found`, 410, 429.
 */
export async function addFirstKey(
  authenticator: ProvenAuthenticator,
  { webauthn, code }: { webauthn: object; code: string },
  source: string,
  asker: Asker,
  { platform, events, outbox }: Needs,
): Promise<void> {
  const { id } = authenticator;
  const code_hash = await demandVerificationKeyCode(code, id, source, platform);
  const key = await demandNewKey(id, webauthn, platform);
  await keepKey(platform, async (transaction) => {
    const spent = { code_hash, authenticator_id: id, now: platform.now() };
    if (!(await useVerificationKeyCode.get(transaction, spent))) throw new Refusal('activation_used');
    // Where one came in the meantime, a code is not enough.
    if (!(await addVerificationKey.get(transaction, { id, ...columnsOf(key) }))) {
      throw new Refusal('user_verification_required');
    }
    const user = (await findUser.get(transaction, { id: authenticator.user_id }))!;
    const { name: device } = deviceOf(authenticator);
    const details = { authenticator: id, device };
    const type = 'authenticator.verification_key_added';
    await events.record(transaction, { type, actor: user, user, asker, details });
    await outbox.post(transaction, user, (letters) => letters.checkAdded(device));
    transaction.notify(`authenticator:${id}`);
  });
}

const columnsOf = ({ credentialId, publicKey, counter }: VerificationKey) => ({
  credential_id: credentialId,
  public_key: publicKey,
  counter,
});

/** A credential belongs to one phone. @throws Refusal 403 `user_verification_failed` for one that is known already. */
async function keepKey(
  { store }: Platform,
  work: (transaction: Transaction) => Promise<void>,
): Promise<void> {
  try {
    await store.transaction(work);
  } catch (error) {
    if (error instanceof UniqueViolation) throw new Refusal('user_verification_failed');
    throw error;
  }
}
