import type {
  AuthenticationResponseJSON,
  AuthenticatorTransport,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import { decodeBase64url } from '@countersign/protocol';
import { Refusal } from '../platform/http/refusal.ts';
import type { Platform } from '../platform/platform.ts';
import type { Transaction } from '../platform/store/store.ts';
import { challengeIn, isCanonical, loadWebAuthn, relyingParty } from '../platform/webauthn.ts';
import { giveChallenge, spendChallenge } from './challenge.ts';
import { findPasskeyByCredential, listPasskeys, usePasskey, type PasskeyRow } from './store.ts';

/** Passkeys at a sign-in: asked for, and their assertion verified, with user verification always. */

/** Options for an assertion by one of the user's passkeys; by any that the browser finds, where no user is known yet. */
export async function assertionOptions(
  subject: string,
  userId: string | undefined,
  platform: Platform,
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const { generateAuthenticationOptions } = await loadWebAuthn();
  const passkeys = userId === undefined ? [] : await listPasskeys.all(platform.store, { user_id: userId });
  return generateAuthenticationOptions({
    rpID: relyingParty(platform.issuer).id,
    challenge: await giveChallenge(subject, platform),
    userVerification: 'required',
    ...(passkeys.length > 0 ? { allowCredentials: passkeys.map(descriptorOf) } : {}),
  });
}

export const descriptorOf = ({ credential_id, transports }: PasskeyRow) => ({
  id: credential_id,
  transports: JSON.parse(transports) as AuthenticatorTransport[],
});

/**
 * Verifies an assertion over a challenge that was given to `subject`, by a passkey of that user (of anybody, where none is
 * named). `accepted` runs in the transaction that spends the challenge.
 * @throws Refusal 422 `passkey_failed`: another's passkey or none of ours, another challenge or one that was used, another
 * origin, no user verification, a counter that ran back.
 */
export async function takeAssertion<Result>(
  { response, subject, userId }: { response: object; subject: string; userId?: string },
  platform: Platform,
  accepted: (transaction: Transaction, passkey: PasskeyRow) => Promise<Result>,
): Promise<Result> {
  const { store, now, issuer } = platform;
  const { id } = response as { id?: unknown };
  const passkey =
    typeof id === 'string' && id.length < 2_000
      ? await findPasskeyByCredential.get(store, { credential_id: id })
      : undefined;
  if (!passkey || (userId !== undefined && passkey.user_id !== userId)) throw new Refusal('passkey_failed');
  const challenge = challengeIn(response);
  const proven = await verify(response, challenge, passkey, issuer);
  if (!proven) throw new Refusal('passkey_failed');
  return store.transaction(async (transaction) => {
    if (!(await spendChallenge(transaction, challenge, subject, now()))) throw new Refusal('passkey_failed');
    const used = await usePasskey.get(transaction, {
      id: passkey.id,
      before: passkey.counter,
      ...proven,
      now: now(),
    });
    if (!used) throw new Refusal('passkey_failed');
    return accepted(transaction, passkey);
  });
}

async function verify(response: object, challenge: string, passkey: PasskeyRow, issuer: string) {
  const publicKey = decodeBase64url(passkey.public_key);
  if (!publicKey || !isCanonical(response)) return undefined;
  const { id, origin } = relyingParty(issuer);
  try {
    const { verifyAuthenticationResponse } = await loadWebAuthn();
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: response as AuthenticationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: id,
      requireUserVerification: true,
      credential: { id: passkey.credential_id, publicKey, counter: passkey.counter },
    });
    if (!verified) return undefined;
    const { newCounter, credentialBackedUp } = authenticationInfo;
    return { counter: newCounter, backed_up: credentialBackedUp ? 1 : 0 };
  } catch {
    // The library throws for each way in which a response can fail to hold, and for what is no response at all.
    return undefined;
  }
}
