import { startAuthentication, startRegistration, WebAuthnError } from '@simplewebauthn/browser';
import { sha256Base64url } from '@countersign/protocol';
import { SaidError } from '../server/failure.ts';
import { t } from '../texts/texts.ts';

/** User verification: Face ID, fingerprint or passcode, proven by WebAuthn. Always called from a tap. */

/** What went wrong, as far as browsers tell: they do not say whether a key is gone, only that the check did not happen. */
export type VerificationFailure =
  'none' | 'cancelled' | 'gone' | 'unsupported' | 'registered' | 'address' | 'failed';

type CreationOptions = Parameters<typeof startRegistration>[0]['optionsJSON'];
type RequestOptions = Parameters<typeof startAuthentication>[0]['optionsJSON'];

/** Whether this device and browser can hold a verification key at all. */
export async function canVerifyUser(): Promise<boolean> {
  if (typeof PublicKeyCredential === 'undefined') return false;
  try {
    return await PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable();
  } catch {
    return false;
  }
}

/** A RegistrationResponseJSON. @throws VerificationError in words for the person. */
export async function createVerificationKey(options: object): Promise<{ id: string }> {
  try {
    return await startRegistration({ optionsJSON: options as CreationOptions });
  } catch (error) {
    throw await failureOf(error);
  }
}

/** An assertion over this very answer: its hash takes the place of the challenge. @throws VerificationError */
export const verifyForAnswer = async (options: object, answer: string): Promise<object> =>
  verifyUser({ ...options, challenge: await sha256Base64url(answer) });

/** Since the last that held. */
let cancelledInARow = 0;

/** An AuthenticationResponseJSON over the options' challenge. @throws VerificationError */
export async function verifyUser(options: object): Promise<object> {
  try {
    const response = await startAuthentication({ optionsJSON: options as RequestOptions });
    cancelledInARow = 0;
    return response;
  } catch (error) {
    const failure = await failureOf(error);
    if (failure.kind !== 'cancelled') throw failure;
    cancelledInARow += 1;
    // A key that is gone looks like a person who cancels: from the second time on both are named.
    throw cancelledInARow > 1 ? new VerificationError(error, 'gone') : failure;
  }
}

/** In words for the person. */
export class VerificationError extends SaidError {
  readonly kind: VerificationFailure;
  constructor(cause: unknown, kind = kindOf(cause)) {
    super(kind === 'gone' ? `${t.verification.cancelled} ${t.verification.gone}` : t.verification[kind], {
      cause,
    });
    this.kind = kind;
  }
}

async function failureOf(cause: unknown): Promise<VerificationError> {
  const kind = kindOf(cause);
  if (kind === 'unsupported' || kind === 'address') return new VerificationError(cause, kind);
  return new VerificationError(cause, (await canVerifyUser()) ? kind : 'none');
}

function kindOf(cause: unknown): VerificationFailure {
  if (typeof PublicKeyCredential === 'undefined') return 'unsupported';
  const name =
    cause instanceof WebAuthnError && cause.cause instanceof Error ? cause.cause.name : (cause as Error).name;
  if (name === 'NotAllowedError' || name === 'AbortError') return 'cancelled';
  if (name === 'InvalidStateError') return 'registered';
  if (name === 'SecurityError') return 'address';
  // WebAuthn Level 3, section 5.1.3: the authenticator has no way to verify its user.
  return name === 'ConstraintError' ? 'none' : 'failed';
}
