import { MultiSelect } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import type { Named } from '@countersign/protocol/wire';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { listGroups } from '../server/admin-api.ts';

/** Chooses groups; the server finds them while one types. */
export function GroupPicker({ chosen, onChange }: { chosen: Named[]; onChange: (groups: Named[]) => void }) {
  const [typed, setTyped] = useState('');
  const [words] = useDebouncedValue(typed.trim(), 250);
  const { data } = useQuery({
    queryKey: ['groups', 'picker', words],
    queryFn: () => listGroups(words || undefined),
    placeholderData: keepPreviousData,
  });
  const known = new Map([...(data?.items ?? []), ...chosen].map(({ id, name }) => [id, name]));
  return (
    <MultiSelect
      label="Groups"
      placeholder={chosen.length === 0 ? 'Search for a group' : undefined}
      data={[...known].map(([value, label]) => ({ value, label }))}
      value={chosen.map(({ id }) => id)}
      onChange={(ids) => onChange(ids.map((id) => ({ id, name: known.get(id)! })))}
      searchable
      searchValue={typed}
      onSearchChange={setTyped}
      nothingFoundMessage="No group of this name"
      maxValues={100}
      hidePickedOptions
    />
  );
}
