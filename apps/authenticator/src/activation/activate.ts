import { generatePresenceKey, signRegistration } from '@countersign/protocol';
import type { Activated, ActivationLookup, PushRequest } from '@countersign/protocol/wire';
import { changeAccount, keepAccount, type Account } from '../accounts/database.ts';
import { refreshAccounts } from '../accounts/use-accounts.ts';
import { subscribe } from '../notifications/subscription.ts';
import { sendAnswer } from '../requests/answer.ts';
import { call, callPublic, serverNow } from '../server/client.ts';
import { thisDevice } from './device.ts';

/** Enrolling this device, in order: look the code up, make the keys, register, answer the activation request. */

/** Spends nothing; may be repeated. @throws ProblemError, OfflineError */
export const lookUp = (issuer: string, code: string): Promise<ActivationLookup> =>
  callPublic(issuer, '/activations/lookup', { code });

export interface Enrolling {
  code: string;
  found: ActivationLookup;
  deviceName: string;
  /** RegistrationResponseJSON of the verification key; null where there is none. */
  webauthn: object | null;
}

/**
 * Registers this device and keeps the account before it answers anything: until then the server holds it as pending, and
 * drops it by itself when its time is over.
 * @throws ProblemError, OfflineError
 */
export async function enrol({ code, found, deviceName, webauthn }: Enrolling): Promise<Account> {
  void navigator.storage?.persist?.();
  const keys = await generatePresenceKey();
  const device = thisDevice(deviceName);
  const push_subscription = await subscribe(found.vapid_public_key);
  const clockOffset = 0;
  const registration = await signRegistration(
    { aud: found.issuer, nonce: found.nonce, device, push_subscription, webauthn },
    keys,
    serverNow({ clockOffset }),
  );
  const { authenticator } = await callPublic<Activated>(found.issuer, '/activations', { code, registration });
  const account: Account = {
    id: authenticator.id,
    issuer: found.issuer,
    organization: found.organization.name,
    login: found.account.login,
    name: found.account.name,
    state: 'pending',
    keys,
    device,
    hasVerificationKey: webauthn !== null,
    enrolledAt: Date.now(),
    lastReachedAt: Date.now(),
    push: push_subscription ? 'ok' : 'none',
    revoked: false,
    clockOffset,
  };
  await keepAccount(account);
  await refreshAccounts();
  return account;
}

/** An app in the foreground answers its activation by itself. @throws ProblemError, OfflineError */
export async function finishActivation(account: Account): Promise<void> {
  const { requests } = await call<{ requests: PushRequest[] }>(account, 'GET', '/requests');
  const request = requests.find(({ purpose }) => purpose === 'activation');
  if (request) await sendAnswer(account, request, { decision: 'approve' });
  await changeAccount(account.id, { state: 'active', lastReachedAt: Date.now() });
  await refreshAccounts();
}
