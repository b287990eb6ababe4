import { Button, Group, Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { listPeople } from '../server/admin-api.ts';

interface Person {
  id: string;
  name: string;
  login: string;
}
const labelOf = ({ name, login }: Person): string => `${name} (${login})`;

/** Finds a person by what one types, and puts them in. */
export function AddMember({ busy, onAdd }: { busy: boolean; onAdd: (person: Person) => void }) {
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState<Person | null>(null);
  const [words] = useDebouncedValue(typed.trim(), 250);
  const { data } = useQuery({
    queryKey: ['people', 'picker', words],
    queryFn: () => listPeople({ q: words || undefined }),
    // What was chosen stands in the field, and is no search.
    enabled: chosen === null,
    placeholderData: keepPreviousData,
  });
  const people: Person[] = chosen ? [chosen] : (data?.items ?? []);
  const change = (text: string) => {
    setTyped(text);
    if (chosen && text !== labelOf(chosen)) setChosen(null);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (chosen) onAdd(chosen);
    setChosen(null);
    setTyped('');
    document.getElementById('group-person')?.focus();
  };
  return (
    <form onSubmit={submit}>
      <Group align="flex-end" gap="sm">
        <Select
          id="group-person"
          label="Add a person"
          placeholder="Search by name, login name or e-mail"
          style={{ flex: '1 1 16rem' }}
          data={people.map((person) => ({ value: person.id, label: labelOf(person) }))}
          // The server has searched.
          filter={({ options }) => options}
          value={chosen?.id ?? null}
          onChange={(id) => setChosen(people.find((person) => person.id === id) ?? null)}
          searchable
          searchValue={typed}
          onSearchChange={change}
          openOnFocus={false}
          nothingFoundMessage="Nobody found"
        />
        <Button type="submit" variant="default" loading={busy} disabled={chosen === null}>
          Add
        </Button>
      </Group>
    </form>
  );
}
