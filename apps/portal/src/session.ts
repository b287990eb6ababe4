import { call, isProblem, whenNoSession } from '@countersign/ui/api';
import type { SessionEnd } from '@countersign/ui/sign-in';
import { QueryClient, queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Discovery, Session } from '@countersign/protocol/wire';

const sessionPath = '/api/v1/session';
const sessionKey = ['session'];
const endKey = ['session-end'];

/** Why there is no session any more. Who left by themselves need not be told. */
export type End = SessionEnd | 'left';

/** Signing in and out concerns every tab of the browser. */
const otherTabs = new BroadcastChannel('countersign-session');

/**
 * What was read, and the session that it was read in. As soon as any call finds that one ended, the sign-in page is shown;
 * and a tab that waits there goes on when another has signed in.
 */
export function createQueries(): QueryClient {
  const queries = new QueryClient({
    defaultOptions: { queries: { retry: false, refetchOnWindowFocus: false } },
  });
  const look = () => void lookAgain(queries);
  whenNoSession((path) => path !== sessionPath && look());
  otherTabs.addEventListener('message', look);
  document.addEventListener('visibilitychange', () => {
    // Not in a session: what is shown is not to change while somebody looks at their phone.
    if (document.visibilityState === 'visible' && queries.getQueryData(sessionKey) === null) look();
  });
  addEventListener('pageshow', ({ persisted }) => persisted && look());
  return queries;
}

async function readSession(): Promise<Session | null> {
  try {
    return await call<Session>('GET', sessionPath);
  } catch (error) {
    if (isProblem(error, 'no_session')) return null;
    throw error;
  }
}

const sessionQuery = queryOptions({
  queryKey: sessionKey,
  // Milliseconds: what was read ahead is not read again by the first page.
  staleTime: 5_000,
  queryFn: readSession,
});
const discoveryQuery = queryOptions({
  queryKey: ['discovery'],
  staleTime: Infinity,
  queryFn: () => call<Discovery>('GET', '/.well-known/countersign'),
});

export const useDiscovery = () => useQuery(discoveryQuery);

/** Asks for what the first page shows while that page is still being made ready. */
export function readAhead(queries: QueryClient): void {
  void queries.prefetchQuery(sessionQuery);
  void queries.prefetchQuery(discoveryQuery);
}

/** Whether the session is still the one that is shown. Where the server cannot be reached, nothing changes. */
async function lookAgain(queries: QueryClient): Promise<void> {
  const now = await readSession().catch(() => undefined);
  const shown = queries.getQueryData<Session | null>(sessionKey);
  if (now === undefined || shown === undefined) return;
  // Unless the reason is known: other calls may be under way while somebody signs out.
  if (now) queries.setQueryData<End | null>(endKey, null);
  else if (shown) queries.setQueryData<End | null>(endKey, (known) => known ?? 'ended');
  queries.setQueryData<Session | null>(sessionKey, now);
  if (now?.user.id !== shown?.user.id) dropTheRest(queries);
}

/** All that was read in a session that is over. */
const dropTheRest = (queries: QueryClient): void =>
  queries.removeQueries({
    predicate: ({ queryKey }) => !['session', 'session-end', 'discovery'].includes(String(queryKey[0])),
  });

/** Who is signed in: null for nobody, undefined while that is not known yet. */
export const useSession = () => useQuery(sessionQuery);

/** Everything that was read belongs to the session that read it. `why` is told on the sign-in page. */
export function useForgetSession(): (why?: End) => Promise<void> {
  const queries = useQueryClient();
  return async (why) => {
    queries.setQueryData<End | null>(endKey, why ?? null);
    // The session first: whoever still shows the rest must not ask for it again.
    await queries.invalidateQueries({ queryKey: sessionKey });
    dropTheRest(queries);
    otherTabs.postMessage('changed');
  };
}

/** Why the person is on the sign-in page without having signed out. */
export const useSessionEnd = (): End | null =>
  useQuery<End | null>({ queryKey: endKey, queryFn: () => null, staleTime: Infinity }).data ?? null;
