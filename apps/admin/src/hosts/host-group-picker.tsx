import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import type { Named } from '@countersign/protocol/wire';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { listHostGroups, readHostGroup } from '../server/admin-api.ts';

/** Chooses one host group; the server finds them while one types. */
export function HostGroupPicker(props: {
  /** Shown above it, or only told. */
  label: string;
  isLabelShown?: boolean;
  placeholder?: string;
  className?: string;
  value: string | null;
  onChange: (group: Named | null) => void;
  /** None may be chosen. */
  clearable?: boolean;
  error?: string;
}) {
  const { label, isLabelShown = true, value, onChange, ...rest } = props;
  const [typed, setTyped] = useState('');
  const chosen = useQuery({
    queryKey: ['host group', value],
    queryFn: () => readHostGroup(value!),
    enabled: value !== null,
  }).data;
  const isSearch = typed !== '' && typed !== chosen?.name;
  const [words] = useDebouncedValue(isSearch ? typed.trim() : '', 250);
  const { data } = useQuery({
    queryKey: ['host groups', 'picker', words],
    queryFn: () => listHostGroups(words || undefined),
    placeholderData: keepPreviousData,
  });
  const known = new Map(
    [...(data?.items ?? []), ...(chosen ? [chosen] : [])].map(({ id, name }) => [id, name]),
  );
  return (
    <Select
      {...rest}
      {...(isLabelShown ? { label } : { 'aria-label': label })}
      data={[...known].map(([id, name]) => ({ value: id, label: name }))}
      // The server has searched.
      filter={({ options }) => options}
      value={value}
      onChange={(id) => onChange(id === null ? null : { id, name: known.get(id)! })}
      searchable
      searchValue={typed}
      onSearchChange={setTyped}
      nothingFoundMessage="No host group of this name"
    />
  );
}
