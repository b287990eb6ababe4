import { Button, Group, Radio, Stack, Text } from '@mantine/core';
import type { Application } from '@countersign/protocol/wire';
import { useState, type FormEvent } from 'react';
import { GroupPicker } from '../groups/group-picker.tsx';
import { Failure } from '../layout/failure.tsx';
import { Section } from '../layout/section.tsx';
import { changeApplication } from '../server/admin-api.ts';
import { useApplicationChange } from './use-application-change.ts';

/** Who finds it in the User Portal and can sign in to it. */
export function AccessSection({ application }: { application: Application }) {
  const [access, setAccess] = useState(application.access);
  const [groups, setGroups] = useState(application.groups);
  const save = useApplicationChange(
    (patch: Parameters<typeof changeApplication>[1]) => changeApplication(application.id, patch),
    'Who may use it was saved.',
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({ access, group_ids: groups.map(({ id }) => id) });
  };
  return (
    <Section
      title="Who may use it"
      lead="For anybody else it is not in the User Portal, and their sign-in to it is refused."
    >
      {save.error && <Failure error={save.error} what="Who may use it was not saved." />}
      <form onSubmit={submit}>
        <Stack gap="lg">
          <Radio.Group aria-label="Who may use it" value={access} onChange={setAccess}>
            <Stack gap="sm">
              <Radio value="everyone" label="Everyone" description="All people of the organisation." />
              <Radio
                value="groups"
                label="These groups only"
                description="Whoever is in at least one of them."
              />
            </Stack>
          </Radio.Group>
          {access === 'groups' && <GroupPicker chosen={groups} onChange={setGroups} />}
          {access === 'groups' && groups.length === 0 && (
            <Text size="sm" c="var(--cs-warning)">
              Without a group nobody may use it.
            </Text>
          )}
          <Group>
            <Button type="submit" loading={save.isPending} aria-label="Save who may use it">
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}
