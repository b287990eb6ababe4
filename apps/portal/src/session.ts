import { call, isProblem } from '@countersign/ui/api';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Discovery, Session } from '@countersign/protocol/wire';

/** Who is signed in: null for nobody, undefined while that is not known yet. */
export const useSession = () =>
  useQuery({
    queryKey: ['session'],
    queryFn: async (): Promise<Session | null> => {
      try {
        return await call<Session>('GET', '/api/v1/session');
      } catch (error) {
        if (isProblem(error, 'no_session')) return null;
        throw error;
      }
    },
  });

/** Everything that was read belongs to the session that read it. */
export function useForgetSession(): () => Promise<void> {
  const queries = useQueryClient();
  return async () => {
    queries.removeQueries({
      predicate: ({ queryKey }) => queryKey[0] !== 'session' && queryKey[0] !== 'discovery',
    });
    await queries.invalidateQueries({ queryKey: ['session'] });
  };
}

export const useDiscovery = () =>
  useQuery({
    queryKey: ['discovery'],
    staleTime: Infinity,
    queryFn: () => call<Discovery>('GET', '/.well-known/countersign'),
  });
