import { startAuthentication, startRegistration, WebAuthnError } from '@simplewebauthn/browser';
import { sha256Base64url } from '@countersign/protocol';
import { SaidError } from '../server/failure.ts';
import { t } from '../texts/texts.ts';

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

/** In words for the person. */
export class VerificationError extends SaidError {
  constructor(cause: unknown) {
    super(reasonOf(cause), { cause });
  }
}

function reasonOf(cause: unknown): string {
  const name =
    cause instanceof WebAuthnError && cause.cause instanceof Error ? cause.cause.name : (cause as Error).name;
  if (name === 'NotAllowedError') return t.verification.cancelled;
  if (name === 'InvalidStateError') return t.verification.registered;
  if (name === 'SecurityError') return t.verification.address;
  return t.verification.failed;
}
