import { tellChange } from '../storage/changes.ts';
import { StorageError, write } from '../storage/database.ts';
import { forgetKeys, listCodes, sealAnew, type Code } from '../codes/store.ts';
import { isSame as areSameHosts, listHosts } from '../hosts/store.ts';
import {
  makeVault,
  openVault,
  readVault,
  useUnlocked,
  VaultChanged,
  type OpenVault,
  type Vault,
} from '../codes/vault.ts';
import { keyFromDevice, makeDeviceKey, type DeviceLock } from './device-key.ts';
import { keyFromPasscode, newPasscodeLock, waitOf, type PasscodeLock } from './passcode.ts';

/**
 * The app lock. It wraps the vault's key with a key that only the person can bring: from this device's face, finger or
 * passcode (WebAuthn's PRF extension), or from a passcode of the app's own. The presence keys are not wrapped, so a
 * request can be denied from its notification while the app is locked.
 */
export type Lock = (DeviceLock | PasscodeLock) & {
  /** The vault's key, wrapped by AES-256-GCM. */
  iv: Uint8Array<ArrayBuffer>;
  wrapped: Uint8Array<ArrayBuffer>;
};

export class WrongPasscode extends Error {}
/** Too many wrong tries: when the next may be made, in milliseconds since 1970. */
export class WaitBeforeTrying extends Error {
  readonly until: number;
  constructor(until: number) {
    super();
    this.until = until;
  }
}

/** @throws VerificationError, PrfMissing, StorageError */
export async function lockByDevice(): Promise<void> {
  const { lock, key } = await makeDeviceKey();
  await turnOn(lock, key);
}

/** @throws StorageError */
export async function lockByPasscode(passcode: string): Promise<void> {
  const lock = newPasscodeLock();
  await turnOn(lock, await keyFromPasscode(passcode, lock));
}

async function turnOn(lock: DeviceLock | PasscodeLock, wrapping: CryptoKey): Promise<void> {
  const made = await makeVault(true);
  const raw = await crypto.subtle.exportKey('raw', made.key);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const wrapped = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, wrapping, raw));
  const next = { generation: made.generation, key: await importVaultKey(raw) };
  await rekey(next, { generation: next.generation, lock: { ...lock, iv, wrapped } });
  useUnlocked(next);
}

/** Only while the app is unlocked. @throws LockedError, StorageError */
export async function turnOff(): Promise<void> {
  const next = await makeVault();
  await rekey(next, next);
}

const importVaultKey = (raw: ArrayBuffer): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);

/** Everything sealed anew and the vault exchanged, in one write; again where another page changed something meanwhile. */
async function rekey(next: OpenVault, kept: Vault): Promise<void> {
  const present = await openVault();
  const [codes, hosts] = await Promise.all([listCodes(), listHosts()]);
  const sealed = await Promise.all([sealAnew(present, next, codes), sealAnew(present, next, hosts)]);
  try {
    await write(['codes', 'hosts', 'vault'], async (transaction) => {
      const vault = await transaction.objectStore('vault').get('vault');
      const same =
        isSame(await transaction.objectStore('codes').getAll(), codes) &&
        areSameHosts(await transaction.objectStore('hosts').getAll(), hosts);
      if ((vault && vault.generation !== present.generation) || !same) throw new VaultChanged();
      await transaction.objectStore('vault').put(kept, 'vault');
      for (const code of sealed[0]) await transaction.objectStore('codes').put(code);
      for (const host of sealed[1]) await transaction.objectStore('hosts').put(host);
    });
  } catch (error) {
    if (error instanceof VaultChanged) return rekey(next, kept);
    throw error;
  }
  forgetKeys();
  tellChange('vault');
  tellChange('hosts');
}

/** Whether nothing was added, removed, renamed, counted up or moved in between. */
const isSame = (now: readonly Code[], before: readonly Code[]): boolean =>
  now.length === before.length &&
  now.every((code) => {
    const was = before.find(({ id }) => id === code.id);
    return (
      was?.counter === code.counter &&
      was.position === code.position &&
      was.issuer === code.issuer &&
      was.label === code.label
    );
  });

/** With this device's face, finger or passcode. @throws VerificationError, StorageError */
export async function unlockByDevice(): Promise<void> {
  const { generation, lock } = await demandDeviceLock();
  await unwrap(generation, lock, await keyFromDevice(lock));
}

/** A try is counted before it is made, so that ending the app does not give it back. @throws WrongPasscode, WaitBeforeTrying */
export async function unlockByPasscode(passcode: string, now = Date.now): Promise<void> {
  const { generation, lock } = await takeTry(now());
  try {
    await unwrap(generation, lock, await keyFromPasscode(passcode, lock));
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    throw new WrongPasscode();
  }
  await keepTries(generation, { failures: 0, nextTryAt: 0 });
}

/** Looks whether it is time, and counts the try, in one: of two pages that try at once each has its own. @throws WaitBeforeTrying */
async function takeTry(now: number): Promise<{ generation: string; lock: Extract<Lock, PasscodeLock> }> {
  const taken = await write(['vault'], async (transaction) => {
    const store = transaction.objectStore('vault');
    const vault = await store.get('vault');
    if (vault?.lock?.kind !== 'passcode') return undefined;
    const { generation, lock } = vault;
    // A clock that ran ahead when the wait began makes it no longer than it is.
    const nextTryAt = Math.min(lock.nextTryAt, now + waitOf(lock.failures));
    const waits = nextTryAt > now;
    const failures = waits ? lock.failures : lock.failures + 1;
    const tries = { failures, nextTryAt: waits ? nextTryAt : now + waitOf(failures) };
    await store.put({ ...vault, lock: { ...lock, ...tries } }, 'vault');
    return { generation, lock, waitUntil: waits ? nextTryAt : undefined };
  });
  if (!taken) throw new StorageError('failed', 'the lock is of another kind now');
  if (taken.waitUntil !== undefined) throw new WaitBeforeTrying(taken.waitUntil);
  return taken;
}

const keepTries = (generation: string, tries: Pick<PasscodeLock, 'failures' | 'nextTryAt'>): Promise<void> =>
  write(['vault'], async (transaction) => {
    const store = transaction.objectStore('vault');
    const vault = await store.get('vault');
    if (vault?.generation !== generation || vault.lock?.kind !== 'passcode') return;
    await store.put({ ...vault, lock: { ...vault.lock, ...tries } }, 'vault');
  });

async function unwrap(generation: string, { iv, wrapped }: Lock, wrapping: CryptoKey): Promise<void> {
  const raw = await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, wrapping, wrapped);
  useUnlocked({ generation, key: await importVaultKey(raw) });
}

async function demandDeviceLock(): Promise<{ generation: string; lock: Extract<Lock, DeviceLock> }> {
  const vault = await readVault();
  if (vault?.lock?.kind !== 'device') throw new StorageError('failed', 'the lock is of another kind now');
  return { generation: vault.generation, lock: vault.lock };
}

export function lockNow(): void {
  useUnlocked(undefined);
  forgetKeys();
}

/** The way out when it does not open any more: the codes go, and the lock with them; those for hosts are fetched again. @throws StorageError */
export async function startOver(): Promise<void> {
  const stores = ['codes', 'hosts', 'vault'] as const;
  await write([...stores], async (transaction) => {
    for (const store of stores) await transaction.objectStore(store).clear();
  });
  lockNow();
  tellChange('vault');
  tellChange('codes');
  tellChange('hosts');
}
