import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { decodeBase64url, encodeBase64url, sha256Base64url } from '@countersign/protocol';
import { isCanonical, loadWebAuthn, relyingParty } from '../platform/webauthn.ts';
import type { AuthenticatorRow } from './store.ts';

/**
 * The verification key: a WebAuthn platform credential of the authenticator app. Its assertion with the UV flag is the
 * only proof of user verification that counts; both directions of it are here.
 */

export interface VerificationKey {
  credentialId: string;
  publicKey: string;
  counter: number;
}

/**
 * The user handle is the library's own, random each time: many devices keep one credential for a handle, and would drop the
 * key of another phone, or the one that is about to be replaced. Assertions name their credential, so nobody needs it.
 */
export const creationOptions = async (
  issuer: string,
  organization: string,
  user: { login: string; name: string },
): Promise<PublicKeyCredentialCreationOptionsJSON> =>
  (await loadWebAuthn()).generateRegistrationOptions({
    rpID: relyingParty(issuer).id,
    rpName: organization,
    userName: user.login,
    userDisplayName: user.name,
    attestationType: 'none',
    supportedAlgorithmIDs: [-7, -257],
    authenticatorSelection: {
      authenticatorAttachment: 'platform',
      residentKey: 'discouraged',
      userVerification: 'required',
    },
  });

/** The key in a registration response; undefined where the response does not hold (origin, challenge, RP id, UV flag). */
export async function verifyCreation(
  response: object,
  expectedChallenge: string,
  issuer: string,
): Promise<VerificationKey | undefined> {
  if (!isCanonical(response)) return undefined;
  const { id, origin } = relyingParty(issuer);
  try {
    const { verifyRegistrationResponse } = await loadWebAuthn();
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: response as RegistrationResponseJSON,
      expectedChallenge,
      expectedOrigin: origin,
      expectedRPID: id,
      requireUserVerification: true,
    });
    if (!verified) return undefined;
    const { credential } = registrationInfo;
    return {
      credentialId: credential.id,
      publicKey: encodeBase64url(credential.publicKey),
      counter: credential.counter,
    };
  } catch {
    // The library throws for each way in which a response can fail to hold, and for what is no response at all.
    return undefined;
  }
}

/** Options for an assertion by this authenticator's key. Over an answer, the app puts its own challenge in their place. */
export const requestOptions = async (
  issuer: string,
  row: AuthenticatorRow,
  challenge?: Uint8Array<ArrayBuffer>,
): Promise<PublicKeyCredentialRequestOptionsJSON> =>
  (await loadWebAuthn()).generateAuthenticationOptions({
    rpID: relyingParty(issuer).id,
    allowCredentials: [{ id: row.webauthn_credential_id!, transports: ['internal'] }],
    userVerification: 'required',
    ...(challenge ? { challenge } : {}),
  });

/**
 * Verifies an assertion by the authenticator's verification key over `signedText`: its challenge must be
 * base64url(SHA-256(signedText)), so the act of verification is bound to this one text. Returns the new counter;
 * undefined where it does not hold: another key, another text, UV unset, a counter that ran back.
 */
export const verifyAssertion = async (
  response: object,
  signedText: string | Uint8Array<ArrayBuffer>,
  row: AuthenticatorRow,
  issuer: string,
): Promise<{ counter: number } | undefined> =>
  verifyChallenge(response, await sha256Base64url(signedText), row, issuer);

/** The same over a challenge as it is: that of options which this server made, and takes once. */
export async function verifyChallenge(
  response: object,
  expectedChallenge: string,
  row: AuthenticatorRow,
  issuer: string,
): Promise<{ counter: number } | undefined> {
  const publicKey = row.webauthn_public_key && decodeBase64url(row.webauthn_public_key);
  if (!row.webauthn_credential_id || !publicKey) return undefined;
  if ((response as { id?: unknown }).id !== row.webauthn_credential_id || !isCanonical(response)) {
    return undefined;
  }
  const { id, origin } = relyingParty(issuer);
  try {
    const { verifyAuthenticationResponse } = await loadWebAuthn();
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: response as AuthenticationResponseJSON,
      expectedChallenge,
      expectedOrigin: origin,
      expectedRPID: id,
      requireUserVerification: true,
      credential: { id: row.webauthn_credential_id, publicKey, counter: row.webauthn_counter },
    });
    return verified ? { counter: authenticationInfo.newCounter } : undefined;
  } catch {
    return undefined;
  }
}
