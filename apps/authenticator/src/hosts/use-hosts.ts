import { useEffect, useState, useSyncExternalStore } from 'react';
import type { Account } from '../accounts/database.ts';
import { presentLanguage } from '../texts/texts.ts';
import { onChange } from '../storage/changes.ts';
import { bringHosts, hasHosts } from './bring.ts';
import { listHosts, type OfflineHost } from './store.ts';

/** The hosts on the screen. Undefined until they were read for the first time. */
let hosts: OfflineHost[] | undefined;
const listeners = new Set<() => void>();

/** Reads them again, after a change here or in another tab. @throws StorageError */
async function refreshHosts(): Promise<void> {
  const { compare } = new Intl.Collator(presentLanguage(), { numeric: true });
  hosts = (await listHosts()).sort((a, b) => compare(a.name, b.name));
  listeners.forEach((listener) => listener());
}

onChange((what) => {
  if (what === 'hosts' || what === 'vault') void refreshHosts();
});

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Those of an account, which a screen that shows them asks for anew; `problem` is why that could not be done. */
export function useHosts(account: Account): { hosts: OfflineHost[] | undefined; problem: unknown } {
  const all = useSyncExternalStore(subscribe, () => hosts);
  const [problem, setProblem] = useState<unknown>();
  const asks = hasHosts(account);
  useEffect(() => {
    let current = true;
    const bring = async () => {
      await refreshHosts();
      if (asks) await bringHosts(account);
    };
    bring().catch((error: unknown) => current && setProblem(error));
    return () => {
      current = false;
    };
  }, [account.id, asks]);
  return { hosts: all?.filter((host) => host.account === account.id), problem };
}
