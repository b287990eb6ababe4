import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import type { Named } from '@countersign/protocol/wire';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { listGroups } from '../../server/admin-api.ts';

/** Chooses one group; the server finds it while one types. */
export function OneGroupPicker(props: { chosen: Named | null; onChoose: (group: Named | null) => void }) {
  const { chosen, onChoose } = props;
  const [typed, setTyped] = useState('');
  const [words] = useDebouncedValue(typed.trim(), 250);
  const { data } = useQuery({
    queryKey: ['groups', 'picker', words],
    queryFn: () => listGroups(words || undefined),
    // What was chosen stands in the field, and is no search.
    enabled: chosen === null,
    placeholderData: keepPreviousData,
  });
  const groups: Named[] = chosen ? [chosen] : (data?.items ?? []);
  return (
    <Select
      label="Group"
      placeholder="Search for a group"
      data={groups.map(({ id, name }) => ({ value: id, label: name }))}
      // The server has searched.
      filter={({ options }) => options}
      value={chosen?.id ?? null}
      onChange={(value) => onChoose(groups.find(({ id }) => id === value) ?? null)}
      searchable
      searchValue={typed}
      onSearchChange={(text) => {
        setTyped(text);
        if (chosen && text !== chosen.name) onChoose(null);
      }}
      nothingFoundMessage="No group of this name"
      data-autofocus
    />
  );
}
