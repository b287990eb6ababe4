import { useEffect, useSyncExternalStore } from 'react';
import type { PushRequest } from '@countersign/protocol/wire';
import type { Account } from '../accounts/database.ts';
import { presentAccount } from '../accounts/use-accounts.ts';
import { showBadge } from '../notifications/badge.ts';
import { closeNotification } from '../notifications/close.ts';
import { serverNow } from '../server/client.ts';
import { pollOnce, watchRequests, type Watcher } from './watch.ts';

/** The requests that the app knows of, and whether the server can be reached. */

export interface KnownRequest {
  account: Account;
  request: PushRequest;
}

interface Snapshot {
  requests: KnownRequest[];
  reached: boolean;
}

let snapshot: Snapshot = { requests: [], reached: true };
const listeners = new Set<() => void>();

function change(next: Partial<Snapshot>): void {
  snapshot = { ...snapshot, ...next };
  if (next.requests) showBadge(next.requests.filter(isPending).length);
  listeners.forEach((listener) => listener());
}

/** Puts a request in, or its newer state. */
export function keepRequest(account: Account, request: PushRequest): void {
  const others = snapshot.requests.filter((known) => known.request.id !== request.id);
  change({ requests: [{ account, request }, ...others] });
  if (request.state !== 'pending') void closeNotification(request.id);
}

function endRequest(id: string, state: PushRequest['state']): void {
  const known = snapshot.requests.find(({ request }) => request.id === id);
  if (known) keepRequest(known.account, { ...known.request, state });
}

export const usePushRequests = (): Snapshot =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => snapshot,
  );

export const isPending = ({ account, request }: KnownRequest): boolean =>
  request.state === 'pending' && Date.parse(request.expires_at) > serverNow(account);

/**
 * The request of this phone's own activation, which the app answers by itself. Of an account that is active it is another
 * phone's, which wants to take over: that is for the person to decide.
 */
export const isOwnActivation = ({ account, request }: KnownRequest): boolean =>
  request.purpose === 'activation' && (presentAccount(account.id) ?? account).state === 'pending';

/** Watches every account that is alive. */
export function useWatching(accounts: readonly Account[]): void {
  const ids = accounts
    .filter(({ revoked }) => !revoked)
    .map(({ id }) => id)
    .join();
  useEffect(() => {
    const abort = new AbortController();
    const watched = accounts
      .filter(({ revoked }) => !revoked)
      .map((account) => ({ account, watcher: watcherOf(account) }));
    for (const { account, watcher } of watched) void watchRequests(account, watcher, abort.signal);
    const onVisible = () => {
      if (document.visibilityState !== 'visible') return;
      for (const { account, watcher } of watched) void pollOnce(account, watcher);
    };
    document.addEventListener('visibilitychange', onVisible);
    return () => {
      abort.abort();
      document.removeEventListener('visibilitychange', onVisible);
    };
    // The accounts' keys and issuers never change: only which there are.
  }, [ids]);
}

function watcherOf(account: Account): Watcher {
  return {
    onRequest: (request) => keepRequest(account, request),
    onResolved: ({ id, state }) => endRequest(id, state),
    onPending(requests) {
      requests.forEach((request) => keepRequest(account, request));
      for (const { request } of snapshot.requests.filter((known) => known.account.id === account.id)) {
        const gone = request.state === 'pending' && !requests.some(({ id }) => id === request.id);
        if (gone)
          endRequest(
            request.id,
            Date.parse(request.expires_at) <= serverNow(account) ? 'expired' : 'cancelled',
          );
      }
    },
    onReach: (reached) => reached !== snapshot.reached && change({ reached }),
  };
}
