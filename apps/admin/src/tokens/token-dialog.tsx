import { Button, Checkbox, Group, Modal, Select, Stack, Table, Text, TextInput } from '@mantine/core';
import type { ApiScope, CreateApiToken, CreatedApiToken } from '@countersign/protocol/wire';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { Snippet } from '../layout/copyable.tsx';
import { Failure } from '../layout/failure.tsx';
import { makeToken } from '../server/admin-api.ts';
import { collections } from './scopes.ts';

/** Makes a token, and shows it this once. */
export function TokenDialog({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const make = useMutation({
    mutationFn: makeToken,
    onSuccess: () => client.invalidateQueries({ queryKey: ['tokens'] }),
  });
  const made = make.data;
  return (
    <Modal
      opened
      onClose={onClose}
      title={made ? `${made.name} is made` : 'Make a token'}
      size="lg"
      centered
      // A click beside it does not lose the token.
      withCloseButton={!made}
      closeOnClickOutside={!made}
      closeOnEscape={!made}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {made ? (
        <Made token={made} onClose={onClose} />
      ) : (
        <TokenForm busy={make.isPending} error={make.error} onMake={make.mutate} onClose={onClose} />
      )}
    </Modal>
  );
}

function Made({ token: { token }, onClose }: { token: CreatedApiToken; onClose: () => void }) {
  return (
    <Stack gap="md">
      <Text>
        Copy it to where the program reads it from. It is shown this once: only its hash is kept here.
      </Text>
      <Snippet name="API token" code={token} wraps />
      <Text size="sm" c="var(--cs-text-quiet)">
        The program sends it with each call, in the header <code>Authorization: Bearer …</code>
      </Text>
      <Group justify="flex-end">
        <Button onClick={onClose}>Done</Button>
      </Group>
    </Stack>
  );
}

/** In days; '' for no end. */
const lifetimes = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'A year' },
  { value: '', label: 'No end' },
];
const day = 24 * 60 * 60_000; // ms
const endAfter = (days: string): string | null =>
  days === '' ? null : new Date(Date.now() + Number(days) * day).toISOString();

function TokenForm(props: {
  busy: boolean;
  error: unknown;
  onMake: (body: CreateApiToken) => void;
  onClose: () => void;
}) {
  const { busy, error, onMake, onClose } = props;
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<ApiScope[]>([]);
  const [days, setDays] = useState('90');
  const [tried, setTried] = useState(false);
  const nameless = name.trim() === '' ? 'Give the token a name, such as that of the program.' : undefined;
  const idle = scopes.length === 0 ? 'Choose at least one.' : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (nameless) return document.getElementById('token-name')?.focus();
    if (!idle) onMake({ name: name.trim(), scopes, expires_at: endAfter(days) });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="lg">
        {error !== null && <Failure error={error} what="No token was made." />}
        <TextInput
          id="token-name"
          label="Name"
          description="Which program it is for."
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={tried ? nameless : undefined}
          maxLength={100}
          autoComplete="off"
          data-autofocus
          required
        />
        <ScopeChoice scopes={scopes} onChange={setScopes} error={tried ? idle : undefined} />
        <Select
          label="It ends after"
          data={lifetimes}
          value={days}
          onChange={(value) => setDays(value ?? '')}
          allowDeselect={false}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={busy}>
            Make the token
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function ScopeChoice(props: {
  scopes: ApiScope[];
  onChange: (scopes: ApiScope[]) => void;
  error: string | undefined;
}) {
  const { scopes, onChange, error } = props;
  const box = (label: string, act: string, scope: ApiScope | undefined) =>
    scope && <Checkbox value={scope} aria-label={`${label}: ${act}`} />;
  return (
    <Checkbox.Group
      label="What it reaches"
      description="Never more than your own role allows at that moment."
      error={error}
      value={scopes}
      onChange={onChange}
    >
      <Table mt="xs" horizontalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">What</Table.Th>
            <Table.Th scope="col">Read</Table.Th>
            <Table.Th scope="col">Change</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {collections.map(({ label, read, write, note }) => (
            <Table.Tr key={label}>
              <Table.Th scope="row" fw={400}>
                {label}
                {note && (
                  <Text size="sm" c="var(--cs-text-quiet)">
                    {note}
                  </Text>
                )}
              </Table.Th>
              <Table.Td>{box(label, 'read', read)}</Table.Td>
              <Table.Td>{box(label, 'change', write)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Checkbox.Group>
  );
}
