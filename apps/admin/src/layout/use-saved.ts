import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEditing } from './edited.tsx';
import { useNotices } from './notice.tsx';

/** A change that answers with the thing as it is afterwards; `noun` is the key of its query, and in the plural of its list's. */
export function useSaved<Argument, Thing extends { id: string }>(
  noun: string,
  act: (argument: Argument) => Promise<Thing>,
  done: string,
) {
  const client = useQueryClient();
  const { say } = useNotices();
  const { saved: isSaved } = useEditing();
  return useMutation({
    mutationFn: act,
    onSuccess: (saved) => {
      isSaved();
      client.setQueryData([noun, saved.id], saved);
      void client.invalidateQueries({ queryKey: [`${noun}s`] });
      say(done);
    },
  });
}
