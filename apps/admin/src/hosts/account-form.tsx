import { Button, Group, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { PersonPicker, type PickedPerson } from '../people/person-picker.tsx';

/** Says which person a local user is. */
export function AccountForm(props: {
  busy: boolean;
  onSet: (localUser: string, person: PickedPerson) => void;
}) {
  const { busy, onSet } = props;
  const [localUser, setLocalUser] = useState('');
  const [person, setPerson] = useState<PickedPerson | null>(null);
  const [round, setRound] = useState(0);
  const [tried, setTried] = useState(false);
  const name = localUser.trim();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (name === '') return document.getElementById('account-name')?.focus();
    if (!person) return document.getElementById('account-person')?.focus();
    onSet(name, person);
    setLocalUser('');
    setPerson(null);
    setRound(round + 1);
    setTried(false);
    document.getElementById('account-name')?.focus();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Group align="flex-start" gap="sm" mb="sm">
        <TextInput
          id="account-name"
          label="Local user"
          value={localUser}
          onChange={(event) => setLocalUser(event.currentTarget.value)}
          error={tried && name === '' ? 'Give the name of the local user.' : undefined}
          style={{ flex: '1 1 9rem' }}
          maxLength={256}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
        />
        <PersonPicker
          // Empty again after each one.
          key={round}
          id="account-person"
          label="Is this person"
          chosen={person}
          onChoose={setPerson}
          error={tried && !person ? 'Choose a person.' : undefined}
        />
      </Group>
      <Button type="submit" variant="default" loading={busy} aria-label="Save the local user">
        Save
      </Button>
    </form>
  );
}
