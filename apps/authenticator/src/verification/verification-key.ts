import { startAuthentication, startRegistration, WebAuthnError } from '@simplewebauthn/browser';
import { sha256Base64url } from '@countersign/protocol';

/** User verification: Face ID, fingerprint or passcode, proven by WebAuthn. Always called from a tap. */

/** Whether this device and browser can hold a verification key at all. */
export async function canVerifyUser(): Promise<boolean> {
  if (typeof PublicKeyCredential === 'undefined') return false;
  try {
    return await PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable();
  } catch {
    return false;
  }
}

/** @throws VerificationError in words for the person. */
export async function createVerificationKey(options: object): Promise<object> {
  try {
    return await startRegistration({
      optionsJSON: options as Parameters<typeof startRegistration>[0]['optionsJSON'],
    });
  } catch (error) {
    throw new VerificationError(error);
  }
}

/** An assertion over this very answer: its hash takes the place of the challenge. @throws VerificationError */
export async function verifyForAnswer(options: object, answer: string): Promise<object> {
  const optionsJSON = { ...options, challenge: await sha256Base64url(answer) };
  try {
    return await startAuthentication({
      optionsJSON: optionsJSON,
    });
  } catch (error) {
    throw new VerificationError(error);
  }
}

export class VerificationError extends Error {
  constructor(cause: unknown) {
    super(reasonOf(cause), { cause });
  }
}

function reasonOf(cause: unknown): string {
  const name =
    cause instanceof WebAuthnError && cause.cause instanceof Error ? cause.cause.name : (cause as Error).name;
  if (name === 'NotAllowedError') {
    return 'Your phone did not confirm that it is you: it was cancelled, took too long, or no screen lock is set up. Try again, or set up a screen lock in the phone’s settings first.';
  }
  if (name === 'InvalidStateError') return 'This phone is registered already.';
  if (name === 'SecurityError') return 'This address cannot use Face ID, fingerprint or passcode.';
  return 'Your phone could not confirm that it is you. Try again.';
}
