import { t } from './texts.ts';

/** Passkeys in the browser. The library is loaded when one is wanted, which on most pages is never. */

export const canUsePasskeys = (): boolean => typeof PublicKeyCredential !== 'undefined';

/** Whether this very device can hold one: by Face ID, fingerprint or its own PIN. */
export async function canKeepPasskey(): Promise<boolean> {
  if (!canUsePasskeys()) return false;
  return PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable().catch(() => false);
}

/** The browser gave no passkey; the sentence says what to do now. */
export class PasskeyError extends Error {}

const load = () => import('@simplewebauthn/browser');
type Library = Awaited<ReturnType<typeof load>>;
type RequestOptions = Parameters<Library['startAuthentication']>[0]['optionsJSON'];
type CreationOptions = Parameters<Library['startRegistration']>[0]['optionsJSON'];

/** An AuthenticationResponseJSON. @throws PasskeyError */
export const assertPasskey = (options: object): Promise<object> =>
  ceremony(({ startAuthentication }) => startAuthentication({ optionsJSON: options as RequestOptions }));

/** A RegistrationResponseJSON. @throws PasskeyError */
export const createPasskey = (options: object): Promise<object> =>
  ceremony(({ startRegistration }) => startRegistration({ optionsJSON: options as CreationOptions }));

async function ceremony(run: (library: Library) => Promise<object>): Promise<object> {
  if (!canUsePasskeys()) throw new PasskeyError(t.passkey.unsupported);
  try {
    return await run(await load());
  } catch (error) {
    throw new PasskeyError(wordsOf(error), { cause: error });
  }
}

function wordsOf(error: unknown): string {
  // The library wraps some of the browser's errors; their names stay.
  const name = error instanceof Error ? error.name : '';
  if (name === 'NotAllowedError' || name === 'AbortError') return t.passkey.cancelled;
  if (name === 'InvalidStateError') return t.passkey.exists;
  return t.passkey.failed;
}
