import { encodeBase64url } from '@countersign/protocol';
import type { Lock } from '../lock/lock.ts';
import { readOne, type Write } from '../storage/database.ts';

/**
 * The vault seals the secrets of the codes: AES-256-GCM under one key, each secret bound to its code's id. Without the app
 * lock that key lies in the database, not extractable. With it the key lies there only wrapped (see lock/lock.ts), and is
 * in this page's memory while the app is open. Turning the lock on or off makes a new key and seals everything anew, so
 * each vault has a generation of its own, and nothing is ever written that another generation's key has sealed.
 */
export interface Vault {
  generation: string;
  /** Present without the app lock. */
  key?: CryptoKey;
  /** Present with it. */
  lock?: Lock;
}

export interface OpenVault {
  generation: string;
  key: CryptoKey;
}

export interface Sealed {
  iv: Uint8Array<ArrayBuffer>;
  ciphertext: Uint8Array<ArrayBuffer>;
  generation: string;
}

export class LockedError extends Error {}
/** The vault changed between sealing and writing: another page turned the lock on or off. */
export class VaultChanged extends Error {}

const algorithm = 'AES-GCM';

let unlocked: OpenVault | undefined;

export const readVault = (): Promise<Vault | undefined> => readOne('vault', 'vault');

/** `extractable` only for a key that is wrapped by the lock right after. */
export const makeVault = async (extractable = false): Promise<OpenVault> => ({
  generation: encodeBase64url(crypto.getRandomValues(new Uint8Array(16))),
  key: await crypto.subtle.generateKey({ name: algorithm, length: 256 }, extractable, ['encrypt', 'decrypt']),
});

/** Keeps the vault's key in memory, or, with undefined, forgets it. */
export function useUnlocked(vault: OpenVault | undefined): void {
  unlocked = vault;
}

export const isUnlocked = (generation: string): boolean => unlocked?.generation === generation;

/**
 * The vault's key. Where there is no vault yet, a new one, which {@link keepVault} puts into the database together with
 * what it sealed. @throws LockedError, StorageError
 */
export async function openVault(): Promise<OpenVault> {
  const vault = await readVault();
  if (!vault) return makeVault();
  if (vault.key) return { generation: vault.generation, key: vault.key };
  if (unlocked?.generation !== vault.generation) throw new LockedError();
  return unlocked;
}

/** Inside a write: the vault is the one that sealed what is written. @throws VaultChanged */
export async function keepVault(transaction: Write, { generation, key }: OpenVault): Promise<void> {
  const store = transaction.objectStore('vault');
  const present = await store.get('vault');
  if (!present) await store.put({ generation, key }, 'vault');
  else if (present.generation !== generation) throw new VaultChanged();
}

const boundTo = (id: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(`countersign-code:${id}`);

export async function seal(
  { generation, key }: OpenVault,
  id: string,
  secret: Uint8Array<ArrayBuffer>,
): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const ciphertext = await crypto.subtle.encrypt(
    { name: algorithm, iv, additionalData: boundTo(id) },
    key,
    secret,
  );
  return { iv, ciphertext: new Uint8Array(ciphertext), generation };
}

/** @throws LockedError where it was sealed by another generation; DOMException where it does not open. */
export async function unseal(vault: OpenVault, id: string, sealed: Sealed): Promise<Uint8Array<ArrayBuffer>> {
  if (sealed.generation !== vault.generation) throw new LockedError();
  const { iv, ciphertext } = sealed;
  const secret = await crypto.subtle.decrypt(
    { name: algorithm, iv, additionalData: boundTo(id) },
    vault.key,
    ciphertext,
  );
  return new Uint8Array(secret);
}
