import { encodeBase64url } from '@countersign/protocol';
import { importOtpKey, type OtpAccount } from '@countersign/protocol/otp';
import { tellChange } from '../storage/changes.ts';
import { readAll, write, type Write } from '../storage/database.ts';
import { keepVault, openVault, seal, unseal, VaultChanged, type OpenVault, type Sealed } from './vault.ts';

/** The one-time codes on this device: what is said of each in the clear, and its secret, sealed. */

export type CodeFacts = Omit<OtpAccount, 'secret'>;

export interface Code extends CodeFacts {
  id: string;
  /** Ascending is the order on the screen. */
  position: number;
  /** Milliseconds since 1970. */
  addedAt: number;
  sealed: Sealed;
}

/** What a code by time is made of, and named by. */
export type Totp = Pick<Code, 'id' | 'issuer' | 'label' | 'algorithm' | 'digits' | 'period' | 'sealed'>;

const inOrder = (a: Code, b: Code): number => a.position - b.position || a.addedAt - b.addedAt;

/** In the person's order. @throws StorageError */
export const listCodes = async (): Promise<Code[]> => (await readAll('codes')).sort(inOrder);

async function sealed(vault: OpenVault, account: OtpAccount, position: number): Promise<Code> {
  const { secret, ...facts } = account;
  const id = encodeBase64url(crypto.getRandomValues(new Uint8Array(16)));
  return { ...facts, id, position, addedAt: Date.now(), sealed: await seal(vault, id, secret) };
}

export interface Adding {
  /** They take the place of all that are there. */
  replacing?: boolean;
  /** What else is part of the same write; it may change accounts too. */
  also?: (transaction: Write) => Promise<void>;
}

/**
 * Adds accounts at the end, all of them or none.
 * @throws LockedError, StorageError, and what `also` throws; then nothing was added.
 */
export async function addCodes(
  accounts: readonly OtpAccount[],
  { replacing = false, also }: Adding = {},
): Promise<Code[]> {
  const vault = await openVault();
  const last = (await listCodes()).at(-1)?.position ?? 0;
  const codes = await Promise.all(accounts.map((account, i) => sealed(vault, account, last + 1 + i)));
  try {
    await write(also ? ['codes', 'vault', 'accounts'] : ['codes', 'vault'], async (transaction) => {
      await keepVault(transaction, vault);
      await putCodes(transaction, codes, replacing);
      await also?.(transaction);
    });
  } catch (error) {
    // Sealed by a key that is not the vault's any more: once more with the present one.
    if (error instanceof VaultChanged) return addCodes(accounts, { replacing, also });
    throw error;
  }
  tellChange('codes');
  return codes;
}

async function putCodes(transaction: Write, codes: readonly Code[], replacing: boolean): Promise<void> {
  const store = transaction.objectStore('codes');
  if (replacing) await store.clear();
  for (const code of codes) await store.put(code);
}

/** Changes what is said of a code in the clear. @throws StorageError */
export async function changeCode(
  id: string,
  change: Partial<Pick<Code, 'issuer' | 'label' | 'counter'>>,
): Promise<void> {
  await write(['codes'], async (transaction) => {
    const store = transaction.objectStore('codes');
    const code = await store.get(id);
    if (code) await store.put({ ...code, ...change });
  });
  tellChange('codes');
}

/** The next counter of an HOTP account, taken: on disk before its code is shown, so that none is shown twice. */
export async function takeCounter(id: string): Promise<number | undefined> {
  const taken = await write(['codes'], async (transaction) => {
    const store = transaction.objectStore('codes');
    const code = await store.get(id);
    // Beyond the last counter there is none: a code of it would be made with a number that no file can hold.
    if (!code || code.counter >= Number.MAX_SAFE_INTEGER) return undefined;
    await store.put({ ...code, counter: code.counter + 1 });
    return code.counter;
  });
  tellChange('codes');
  return taken;
}

/** @throws StorageError */
export async function orderCodes(ids: readonly string[]): Promise<void> {
  await write(['codes'], async (transaction) => {
    const store = transaction.objectStore('codes');
    for (const [position, id] of ids.entries()) {
      const code = await store.get(id);
      if (code) await store.put({ ...code, position: position + 1 });
    }
  });
  tellChange('codes');
}

/** @throws StorageError */
export async function removeCode(id: string): Promise<void> {
  await write(['codes'], (transaction) => transaction.objectStore('codes').delete(id));
  tellChange('codes');
}

/**
 * The whole accounts, with their secrets: for a backup, a move, or to find what is here twice. What cannot be opened is
 * named, never left out in silence. @throws LockedError, StorageError
 */
export async function revealCodes(
  codes: readonly Code[],
): Promise<{ accounts: OtpAccount[]; unreadable: Code[] }> {
  const vault = await openVault();
  const accounts: OtpAccount[] = [];
  const unreadable: Code[] = [];
  for (const code of codes) {
    const { id, sealed: of, type, issuer, label, algorithm, digits, period, counter } = code;
    try {
      const secret = await unseal(vault, id, of);
      accounts.push({ type, issuer, label, secret, algorithm, digits, period, counter });
    } catch {
      unreadable.push(code);
    }
  }
  return { accounts, unreadable };
}

/** Everything that is sealed, anew under another vault's key (see lock/lock.ts). What could not be opened before stays as it is. */
export const sealAnew = <T extends Pick<Code, 'id' | 'sealed'>>(
  from: OpenVault,
  to: OpenVault,
  codes: readonly T[],
): Promise<T[]> =>
  Promise.all(
    codes.map(async (code) => {
      const secret = await unseal(from, code.id, code.sealed).catch(() => undefined);
      return secret ? { ...code, sealed: await seal(to, code.id, secret) } : code;
    }),
  );

/** By id, with the sealing that the key is of: what is sealed under an id may change. */
const keys = new Map<string, { sealing: string; key: Promise<CryptoKey> }>();

/** The HMAC key of a code, not extractable; kept in memory while the app is unlocked. @throws LockedError, DOMException */
export function keyOf(
  code: Pick<Totp, 'id' | 'sealed' | 'algorithm'>,
  vault?: Promise<OpenVault>,
): Promise<CryptoKey> {
  const { id, sealed: of, algorithm } = code;
  const known = keys.get(id);
  const sealing = of.iv.join();
  if (known?.sealing === sealing) return known.key;
  const key = (vault ?? openVault())
    .then((open) => unseal(open, id, of))
    .then((secret) => importOtpKey(secret, algorithm));
  keys.set(id, { sealing, key });
  // What failed may succeed once the app is unlocked.
  key.catch(() => keys.get(id)?.key === key && keys.delete(id));
  return key;
}

/** Begins with all of them, and opens the vault once for that. */
export function prepareKeys(codes: readonly Code[]): void {
  const vault = openVault();
  vault.catch(() => {
    // Locked: the keys are asked for again after unlocking.
  });
  for (const code of codes) keyOf(code, vault).catch(() => {});
}

export const forgetKeys = (): void => keys.clear();

/** How a person calls it. */
export const nameOf = ({ issuer, label }: Pick<CodeFacts, 'issuer' | 'label'>): string =>
  issuer && label ? `${issuer} (${label})` : issuer || label;
