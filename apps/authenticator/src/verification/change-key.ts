import { decodeBase64url, sha256Base64url } from '@countersign/protocol';
import type { AuthenticatorSelf } from '@countersign/protocol/wire';
import { changeAccount, type Account } from '../accounts/database.ts';
import { refreshAccounts } from '../accounts/use-accounts.ts';
import { call } from '../server/client.ts';
import { createVerificationKey, verifyUser } from './verification-key.ts';

/** Changing the verification key of an account: another in its place, on the present one's word, or a first one by a code. */

/** Asks the person twice. @throws VerificationError, ProblemError, OfflineError, StorageError */
export async function replaceVerificationKey(account: Account): Promise<void> {
  const present = await presentKey(account);
  const { webauthn: options } = await call<{ webauthn: object }>(
    account,
    'POST',
    '/me/verification-key/options',
    {},
  );
  const webauthn = await createVerificationKey(options);
  const assertion = await verifyUser({
    ...present,
    challenge: await sha256Base64url(Uint8Array.from(decodeBase64url(webauthn.id)!)),
  });
  await send(account, webauthn, { assertion });
}

/** `code` is the portal's. @throws VerificationError, ProblemError, OfflineError, StorageError */
export async function addVerificationKey(account: Account, code: string): Promise<void> {
  const { webauthn: options } = await call<{ webauthn: object }>(
    account,
    'POST',
    '/me/verification-key/options',
    { code },
  );
  await send(account, await createVerificationKey(options), { code });
}

/** Options that name the key which this account has now. */
async function presentKey(account: Account): Promise<object> {
  const { verificationKeyId: id, issuer } = account;
  if (id !== undefined) {
    return {
      rpId: new URL(issuer).hostname,
      allowCredentials: [{ id, type: 'public-key', transports: ['internal'] }],
      userVerification: 'required',
    };
  }
  // Enrolled before the app kept the key's id: the server names it where it asks for an assertion.
  return (await call<{ webauthn: object }>(account, 'POST', '/me/transfer/options')).webauthn;
}

async function send(
  account: Account,
  webauthn: { id: string },
  proof: { assertion: object } | { code: string },
): Promise<void> {
  const self = await call<AuthenticatorSelf>(account, 'POST', '/me/verification-key', { webauthn, ...proof });
  await changeAccount(account.id, {
    hasVerificationKey: self.webauthn_registered,
    verificationKeyId: webauthn.id,
    userVerification: self.user_verification,
  });
  await refreshAccounts();
}
