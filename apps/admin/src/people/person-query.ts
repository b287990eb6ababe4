import type { UserDetail } from '@countersign/protocol/wire';
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { useEditing } from '../layout/edited.tsx';
import { readPerson } from '../server/admin-api.ts';

export const personQuery = (id: string) =>
  queryOptions({ queryKey: ['person', id], queryFn: () => readPerson(id) });

/** An act that answers with the person as they are afterwards. */
export function usePersonAct<Argument = void>(
  act: (argument: Argument) => Promise<UserDetail>,
  onDone: (person: UserDetail) => void,
) {
  const client = useQueryClient();
  const { saved } = useEditing();
  return useMutation({
    mutationFn: act,
    onSuccess: (person) => {
      saved();
      client.setQueryData(personQuery(person.id).queryKey, person);
      void client.invalidateQueries({ queryKey: ['people'] });
      void client.invalidateQueries({ queryKey: ['events'] });
      onDone(person);
    },
  });
}
