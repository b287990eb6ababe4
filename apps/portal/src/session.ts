import { call, isProblem } from '@countersign/ui/api';
import type { SessionEnd } from '@countersign/ui/sign-in';
import { QueryCache, QueryClient, queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Discovery, Session } from '@countersign/protocol/wire';

const sessionKey = ['session'];
const endKey = ['session-end'];

/** Why there is no session any more. Who left by themselves need not be told. */
export type End = SessionEnd | 'left';

/** What was read, and the session that it was read in: as soon as a call finds that one ended, the sign-in page is shown. */
export function createQueries(): QueryClient {
  const queries: QueryClient = new QueryClient({
    defaultOptions: { queries: { retry: false, refetchOnWindowFocus: false } },
    queryCache: new QueryCache({
      onError: (error) => {
        if (!isProblem(error, 'no_session') || !queries.getQueryData(sessionKey)) return;
        // Unless the reason is known: other calls may be under way while somebody signs out.
        queries.setQueryData<End | null>(endKey, (known) => known ?? 'ended');
        void queries.invalidateQueries({ queryKey: sessionKey });
      },
    }),
  });
  return queries;
}

const sessionQuery = queryOptions({
  queryKey: sessionKey,
  // Milliseconds: what was read ahead is not read again by the first page.
  staleTime: 5_000,
  queryFn: async (): Promise<Session | null> => {
    try {
      return await call<Session>('GET', '/api/v1/session');
    } catch (error) {
      if (isProblem(error, 'no_session')) return null;
      throw error;
    }
  },
});
const discoveryQuery = queryOptions({
  queryKey: ['discovery'],
  staleTime: Infinity,
  queryFn: () => call<Discovery>('GET', '/.well-known/countersign'),
});

/** Who is signed in: null for nobody, undefined while that is not known yet. */
export const useSession = () => useQuery(sessionQuery);
export const useDiscovery = () => useQuery(discoveryQuery);

/** Asks for what the first page shows while that page is still being made ready. */
export function readAhead(queries: QueryClient): void {
  void queries.prefetchQuery(sessionQuery);
  void queries.prefetchQuery(discoveryQuery);
}

/** Everything that was read belongs to the session that read it. `why` is told on the sign-in page. */
export function useForgetSession(): (why?: End) => Promise<void> {
  const queries = useQueryClient();
  return async (why) => {
    queries.setQueryData<End | null>(endKey, why ?? null);
    // The session first: whoever still shows the rest must not ask for it again.
    await queries.invalidateQueries({ queryKey: sessionKey });
    queries.removeQueries({
      predicate: ({ queryKey }) => !['session', 'session-end', 'discovery'].includes(String(queryKey[0])),
    });
  };
}

/** Why the person is on the sign-in page without having signed out. */
export const useSessionEnd = (): End | null =>
  useQuery<End | null>({ queryKey: endKey, queryFn: () => null, staleTime: Infinity }).data ?? null;
