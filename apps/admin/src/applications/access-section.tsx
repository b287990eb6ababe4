import { Button, Group, Stack } from '@mantine/core';
import type { Application } from '@countersign/protocol/wire';
import { useState, type FormEvent } from 'react';
import { AccessField, type Access } from '../groups/access-field.tsx';
import { Failure } from '../layout/failure.tsx';
import { Section } from '../layout/section.tsx';
import { changeApplication } from '../server/admin-api.ts';
import { useApplicationChange } from './use-application-change.ts';

/** Who finds it in the User Portal and can sign in to it. */
export function AccessSection({ application }: { application: Application }) {
  const [{ access, groups }, setAccess] = useState<Access>(application);
  const save = useApplicationChange(
    (patch: Parameters<typeof changeApplication>[1]) => changeApplication(application, patch),
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
          <AccessField
            label="Who may use it"
            everyone="All people of the organisation."
            nobody="Without a group nobody may use it."
            value={{ access, groups }}
            onChange={setAccess}
          />
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
