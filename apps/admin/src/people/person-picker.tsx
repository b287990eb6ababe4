import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { listPeople } from '../server/admin-api.ts';

export interface PickedPerson {
  id: string;
  name: string;
  login: string;
}
const labelOf = ({ name, login }: PickedPerson): string => `${name} (${login})`;

/** Finds one person by what one types. */
export function PersonPicker(props: {
  id: string;
  label: string;
  chosen: PickedPerson | null;
  onChoose: (person: PickedPerson | null) => void;
  error?: string;
}) {
  const { id, label, chosen, onChoose, error } = props;
  const [typed, setTyped] = useState('');
  const [words] = useDebouncedValue(typed.trim(), 250);
  const { data } = useQuery({
    queryKey: ['people', 'picker', words],
    queryFn: () => listPeople({ q: words || undefined }),
    // What was chosen stands in the field, and is no search.
    enabled: chosen === null,
    placeholderData: keepPreviousData,
  });
  const people: PickedPerson[] = chosen ? [chosen] : (data?.items ?? []);
  const change = (text: string) => {
    setTyped(text);
    if (chosen && text !== labelOf(chosen)) onChoose(null);
  };
  return (
    <Select
      id={id}
      label={label}
      placeholder="Search by name, login name or e-mail"
      style={{ flex: '1 1 16rem' }}
      data={people.map((person) => ({ value: person.id, label: labelOf(person) }))}
      // The server has searched.
      filter={({ options }) => options}
      value={chosen?.id ?? null}
      onChange={(value) => onChoose(people.find((person) => person.id === value) ?? null)}
      searchable
      searchValue={typed}
      onSearchChange={change}
      openOnFocus={false}
      nothingFoundMessage="Nobody found"
      error={error}
    />
  );
}
