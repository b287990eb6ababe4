import { useEffect, useRef } from 'react';
import { go } from '../routing.ts';
import { isOwnActivation, isPending, usePushRequests } from './use-requests.ts';

/** What is being done in these areas is not interrupted by a request; it waits above the list. */
const busyAreas = ['requests', 'activate', 'add', 'import', 'verification-key'];

/** A request that comes while the app is open opens by itself, once. */
export function useOpening(area: string | undefined): void {
  const { requests } = usePushRequests();
  const opened = useRef(new Set<string>());
  const busy = busyAreas.includes(area ?? '');
  useEffect(() => {
    const next = requests.find(
      ({ account, request }) =>
        isPending({ account, request }) &&
        !isOwnActivation({ account, request }) &&
        !opened.current.has(request.id),
    );
    if (!next || busy) return;
    opened.current.add(next.request.id);
    go(`/requests/${next.request.id}`);
  }, [requests, busy]);
}
