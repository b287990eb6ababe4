import type { Session } from '@countersign/protocol/wire';
import { queryOptions, useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { endSession, readSession } from '../server/admin-api.ts';

/** Who is signed in to the Admin Portal. Fetched before any room opens; rooms may take it as given. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: readSession,
  staleTime: 60_000,
  retry: false,
});

export const useSession = (): Session => useSuspenseQuery(sessionQuery).data;

export function useSignOut() {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: endSession,
    onSettled: async () => {
      await navigate({ to: '/sign-in' });
      // Nothing of what the last person saw stays for the next.
      client.clear();
    },
  });
}
