import type { Application } from '@countersign/protocol/wire';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNotices } from '../layout/notice.tsx';

/** A change that answers with the application as it is afterwards. */
export function useApplicationChange<Argument>(
  act: (argument: Argument) => Promise<Application>,
  done: string,
) {
  const client = useQueryClient();
  const { say } = useNotices();
  return useMutation({
    mutationFn: act,
    onSuccess: (application) => {
      client.setQueryData(['application', application.id], application);
      void client.invalidateQueries({ queryKey: ['applications'] });
      say(done);
    },
  });
}
