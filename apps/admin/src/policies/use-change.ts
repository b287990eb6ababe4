import type { Policies } from '@countersign/protocol/wire';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNotices } from '../layout/notice.tsx';

/** A change of the policies, which answers with them. Where somebody else was faster, theirs are fetched (main.tsx). */
export function useChange<Argument>(
  act: (argument: Argument) => Promise<Policies>,
  done: string,
  then: () => void,
) {
  const client = useQueryClient();
  const { say } = useNotices();
  return useMutation({
    mutationFn: act,
    onSuccess: (saved) => {
      client.setQueryData(['policies'], saved);
      void client.invalidateQueries({ queryKey: ['policy versions'] });
      say(done);
      then();
    },
  });
}
