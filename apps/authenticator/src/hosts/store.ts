import { offlineDigits, offlinePeriod } from '@countersign/protocol/host';
import { decodeBase32 } from '@countersign/protocol/otp';
import type { OfflineHosts } from '@countersign/protocol/wire';
import type { Totp } from '../codes/store.ts';
import {
  keepVault,
  openVault,
  seal,
  unseal,
  VaultChanged,
  type OpenVault,
  type Sealed,
} from '../codes/vault.ts';
import { tellChange } from '../storage/changes.ts';
import { readAll, write, type Write } from '../storage/database.ts';

/**
 * The hosts on which the person of an account logged in lately, each with what makes its offline codes (docs/hosts.md):
 * sealed as codes are, and not among them, since what the server gives anew belongs into no backup.
 */
export interface OfflineHost {
  /** The account's id and the host's: two accounts may know the same host, each with a secret of its own. */
  id: string;
  account: string;
  name: string;
  sealed: Sealed;
}

/** @throws StorageError */
export const listHosts = (): Promise<OfflineHost[]> => readAll('hosts');

/** Its code: one by time, of the host's name. */
export const codeOfHost = ({ id, name, sealed }: OfflineHost): Totp => ({
  id,
  issuer: name,
  label: '',
  algorithm: 'SHA-1',
  digits: offlineDigits,
  period: offlinePeriod,
  sealed,
});

/** The server's list takes the place of the account's hosts. @throws LockedError, StorageError */
export async function keepHosts(account: string, items: OfflineHosts['items']): Promise<void> {
  const before = (await listHosts()).filter((host) => host.account === account);
  const vault = await openVault();
  const sealed = await Promise.all(items.map((item) => sealHost(vault, account, item, before)));
  const hosts = sealed.filter((host) => host !== undefined);
  if (isSame(hosts, before)) return;
  try {
    await write(['hosts', 'accounts', 'vault'], async (transaction) => {
      const owner = await transaction.objectStore('accounts').get(account);
      // Deleted, or refused by the server, while its answer was on the way.
      if (!owner || owner.revoked) return;
      await keepVault(transaction, vault);
      await dropHosts(transaction, account);
      for (const host of hosts) await transaction.objectStore('hosts').put(host);
    });
  } catch (error) {
    // Sealed by a key that is not the vault's any more: once more with the present one.
    if (error instanceof VaultChanged) return keepHosts(account, items);
    throw error;
  }
  tellChange('hosts');
}

/** As it is here already where nothing about it is new, so that nothing is written for that. */
async function sealHost(
  vault: OpenVault,
  account: string,
  item: OfflineHosts['items'][number],
  before: readonly OfflineHost[],
): Promise<OfflineHost | undefined> {
  const secret = decodeBase32(item.secret);
  if (!secret) return undefined;
  const id = `${account}/${item.id}`;
  const known = before.find((host) => host.id === id);
  const present = known && (await unseal(vault, id, known.sealed).catch(() => undefined));
  const sealed = present?.join() === secret.join() ? known!.sealed : await seal(vault, id, secret);
  return { id, account, name: item.name, sealed };
}

/** Inside a write: all of an account. */
export const dropHosts = (transaction: Write, account: string): Promise<void> =>
  transaction.objectStore('hosts').delete(IDBKeyRange.bound(`${account}/`, `${account}/\uffff`));

/** Whether nothing was added, removed, renamed or sealed anew in between. */
export const isSame = (now: readonly OfflineHost[], before: readonly OfflineHost[]): boolean =>
  now.length === before.length &&
  now.every(({ id, name, sealed }) => {
    const was = before.find((host) => host.id === id);
    return was?.name === name && was.sealed.iv.join() === sealed.iv.join();
  });
