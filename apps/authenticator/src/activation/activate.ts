import { generatePresenceKey, signRegistration } from '@countersign/protocol';
import type { Activated, ActivationLookup, AuthenticatorSelf, PushRequest } from '@countersign/protocol/wire';
import { changeAccount, keepAccount, removeAccount, type Account } from '../accounts/database.ts';
import { refreshAccounts } from '../accounts/use-accounts.ts';
import { subscribe } from '../notifications/subscription.ts';
import { sendAnswer } from '../requests/answer.ts';
import { call, callPublic, serverNow } from '../server/client.ts';
import { presentOffset } from '../server/clock.ts';
import { codeOf } from '../server/failure.ts';
import { thisDevice } from './device.ts';
import { noteDropped } from './dropped.ts';

/** Enrolling this device, in order: look the code up, make the keys, register, answer the activation request. */

/** Spends nothing; may be repeated. @throws ProblemError, OfflineError */
export const lookUp = (issuer: string, code: string): Promise<ActivationLookup> =>
  callPublic(issuer, '/activations/lookup', { code });

export interface Enrolling {
  code: string;
  found: ActivationLookup;
  deviceName: string;
  /** RegistrationResponseJSON of the verification key; null where there is none. */
  webauthn: { id: string } | null;
  /** Of the codes that come along from another phone. */
  transferKey: string | undefined;
}

/**
 * Registers this device and keeps the account before it answers anything: until then the server holds it as pending, and
 * drops it by itself when its time is over.
 * @throws ProblemError, OfflineError
 */
export async function enrol({ code, found, deviceName, webauthn, transferKey }: Enrolling): Promise<Account> {
  void navigator.storage?.persist?.();
  const keys = await generatePresenceKey();
  const device = thisDevice(deviceName);
  const push_subscription = await subscribe(found.vapid_public_key);
  const clockOffset = presentOffset();
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
    verificationKeyId: webauthn?.id,
    userVerification: found.user_verification,
    enrolledAt: Date.now(),
    lastReachedAt: Date.now(),
    push: push_subscription ? 'ok' : 'none',
    revoked: false,
    clockOffset,
    transferKey,
  };
  await keepAccount(account);
  await refreshAccounts();
  return account;
}

/** `waiting`: this phone has answered, the one that it takes over from has not. `dropped`: the server has ended it. */
export type Finish = 'active' | 'waiting' | 'dropped';

/** The server has still to hear from the phone that this one takes over from. */
export const waitsForOldPhone = ({ state, waitsForOldPhone: waits }: Account): boolean =>
  state === 'pending' && waits === true;

const finishing = new Map<string, Promise<Finish>>();

/**
 * An app in the foreground answers the request of its own activation by itself; never anything else. The account is
 * removed where the server has dropped it. @throws ProblemError, OfflineError, StorageError
 */
export function finishActivation(account: Account): Promise<Finish> {
  const present = finishing.get(account.id);
  if (present) return present;
  const finish = finishOnce(account).finally(() => finishing.delete(account.id));
  finishing.set(account.id, finish);
  return finish;
}

async function finishOnce(account: Account): Promise<Finish> {
  const { id } = account;
  let state: AuthenticatorSelf['authenticator']['state'];
  try {
    state = await readState(account);
    if (state === 'pending') {
      await answerOwn(account);
      state = await readState(account);
    }
  } catch (error) {
    if (codeOf(error) !== 'invalid_proof') throw error;
    await removeAccount(id);
    noteDropped(account);
    await refreshAccounts();
    return 'dropped';
  }
  const isActive = state === 'active';
  await changeAccount(id, { state, waitsForOldPhone: !isActive });
  await refreshAccounts();
  return isActive ? 'active' : 'waiting';
}

/** By the server's word: what this page knows may be older, and an active phone's request is for its person to decide. */
const readState = async (account: Account) =>
  (await call<AuthenticatorSelf>(account, 'GET', '/me')).authenticator.state;

async function answerOwn(account: Account): Promise<void> {
  const { requests } = await call<{ requests: PushRequest[] }>(account, 'GET', '/requests');
  const request = requests.find(({ purpose }) => purpose === 'activation');
  if (!request) return;
  await sendAnswer(account, request, { decision: 'approve' }).catch((error: unknown) => {
    // Another tab was faster.
    if (codeOf(error) !== 'request_already_answered') throw error;
  });
}
