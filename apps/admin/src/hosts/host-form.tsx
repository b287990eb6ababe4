import { Button, Group, Stack, TextInput } from '@mantine/core';
import type { HostDetail, Named } from '@countersign/protocol/wire';
import { useState, type FormEvent } from 'react';
import { Failure } from '../layout/failure.tsx';
import { Section } from '../layout/section.tsx';
import { useSaved } from '../layout/use-saved.ts';
import { changeHost } from '../server/admin-api.ts';
import { HostGroupPicker } from './host-group-picker.tsx';

const shape = /^[A-Za-z0-9._-]{1,100}$/;

/** Its name, and the group whose rules it goes by. */
export function HostForm({ host }: { host: HostDetail }) {
  const [name, setName] = useState(host.name);
  const [group, setGroup] = useState<Named | null>(host.group);
  const [tried, setTried] = useState(false);
  const save = useSaved(
    'host',
    (patch: Parameters<typeof changeHost>[1]) => changeHost(host, patch),
    group?.id === host.group.id ? 'The host was saved.' : `The host is in ${group?.name} now.`,
  );
  const problem = shape.test(name.trim())
    ? undefined
    : 'A name is 1 to 100 letters, digits, dots, hyphens and underscores.';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (problem) return document.getElementById('host-name')?.focus();
    if (group) save.mutate({ name: name.trim(), group_id: group.id });
  };
  return (
    <Section
      title="Name and host group"
      lead="People read the name on their phone. The group says who may log in and what is asked, from the moment it is saved."
    >
      {save.error && <Failure error={save.error} what="The host was not saved." />}
      <form onSubmit={submit} noValidate>
        <Stack gap="lg">
          <TextInput
            id="host-name"
            label="Name"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={tried ? problem : undefined}
            maxLength={100}
            autoComplete="off"
            spellCheck={false}
            required
          />
          <HostGroupPicker
            label="Host group"
            value={group?.id ?? null}
            onChange={setGroup}
            error={tried && !group ? 'Choose a host group.' : undefined}
          />
          <Group>
            <Button type="submit" loading={save.isPending} aria-label="Save the name and the host group">
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}
