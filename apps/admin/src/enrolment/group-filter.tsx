import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import styles from '../list/list.module.css';
import { listGroups, readGroup } from '../server/admin-api.ts';

/** All people, or those of one group; the server finds groups while one types. */
export function GroupFilter(props: { id: string | undefined; onChange: (id: string | undefined) => void }) {
  const { id, onChange } = props;
  const [typed, setTyped] = useState('');
  const [words] = useDebouncedValue(typed.trim(), 250);
  const { data } = useQuery({
    queryKey: ['groups', 'picker', words],
    queryFn: () => listGroups(words || undefined),
    placeholderData: keepPreviousData,
  });
  // The chosen one has its name, whether or not it is among those found.
  const chosen = useQuery({
    queryKey: ['group', id],
    queryFn: () => readGroup(id!),
    enabled: id !== undefined,
  });
  const known = new Map(
    [...(data?.items ?? []), ...(id !== undefined && chosen.data ? [chosen.data] : [])].map((group) => [
      group.id,
      group.name,
    ]),
  );
  return (
    <Select
      className={styles.filter}
      aria-label="Group"
      placeholder="Any group"
      data={[...known].map(([value, label]) => ({ value, label }))}
      value={id !== undefined && known.has(id) ? id : null}
      onChange={(value) => onChange(value ?? undefined)}
      searchable
      searchValue={typed}
      onSearchChange={setTyped}
      nothingFoundMessage="No group of this name"
      clearable
    />
  );
}
