import { Button, Group } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { PersonPicker, type PickedPerson } from '../people/person-picker.tsx';

/** Finds a person by what one types, and puts them in. */
export function AddMember({ busy, onAdd }: { busy: boolean; onAdd: (person: PickedPerson) => void }) {
  const [chosen, setChosen] = useState<PickedPerson | null>(null);
  const [added, setAdded] = useState(0);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (chosen) onAdd(chosen);
    setChosen(null);
    setAdded(added + 1);
    setTimeout(() => document.getElementById('group-person')?.focus());
  };
  return (
    <form onSubmit={submit}>
      <Group align="flex-end" gap="sm">
        <PersonPicker
          // Empty again after each one.
          key={added}
          id="group-person"
          label="Add a person"
          chosen={chosen}
          onChoose={setChosen}
        />
        <Button type="submit" variant="default" loading={busy} disabled={chosen === null}>
          Add
        </Button>
      </Group>
    </form>
  );
}
