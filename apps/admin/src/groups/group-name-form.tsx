import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useState, type FormEvent, type ReactNode } from 'react';
import { Failure } from '../layout/failure.tsx';
import { explain } from '../server/explain.ts';

/** The name of a group of people or of hosts, new or not. */
export function GroupNameForm(props: {
  name?: string;
  act: string;
  busy: boolean;
  error: unknown;
  onSubmit: (name: string) => void;
  children?: ReactNode;
}) {
  const { act, busy, error, onSubmit, children } = props;
  const [name, setName] = useState(props.name ?? '');
  const [tried, setTried] = useState(false);
  const refused = error ? explain(error) : undefined;
  const isOfName = refused?.code?.endsWith('group_name_taken') || refused?.fields['name'] !== undefined;
  const problem = name.trim() === '' ? 'Give the group a name.' : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (problem) return document.getElementById('group-name')?.focus();
    onSubmit(name.trim());
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="lg">
        {refused && !isOfName && <Failure error={error} what="The group was not saved." />}
        <TextInput
          id="group-name"
          label="Name"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={isOfName ? refused?.sentence : tried ? problem : undefined}
          maxLength={100}
          autoComplete="off"
          data-autofocus
          required
        />
        <Group>
          <Button type="submit" loading={busy}>
            {act}
          </Button>
          {children}
        </Group>
      </Stack>
    </form>
  );
}
