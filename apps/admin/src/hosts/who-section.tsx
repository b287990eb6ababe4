import { Button, Group, Stack, Switch } from '@mantine/core';
import type { HostGroup } from '@countersign/protocol/wire';
import { useState, type FormEvent } from 'react';
import { AccessField, type Access } from '../groups/access-field.tsx';
import { Failure } from '../layout/failure.tsx';
import { Section } from '../layout/section.tsx';
import { useSaved } from '../layout/use-saved.ts';
import { changeHostGroup } from '../server/admin-api.ts';

/** For whom its hosts are, and whether a login name is enough to know who a local user is. */
export function WhoSection({ group }: { group: HostGroup }) {
  const [{ access, groups }, setAccess] = useState<Access>(group);
  const [matches, setMatches] = useState(group.match_login);
  const save = useSaved(
    'host group',
    (patch: Parameters<typeof changeHostGroup>[1]) => changeHostGroup(group, patch),
    'Who may log in was saved.',
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({ access, group_ids: groups.map(({ id }) => id), match_login: matches });
  };
  return (
    <Section title="Who may log in" lead="Everybody else is refused, whatever they approve.">
      {save.error && <Failure error={save.error} what="Who may log in was not saved." />}
      <form onSubmit={submit}>
        <Stack gap="lg">
          <AccessField
            label="Who may log in"
            everyone="All people of the organisation to whom a local user belongs."
            nobody="Without a group nobody may log in."
            value={{ access, groups }}
            onChange={setAccess}
          />
          <Switch
            label="A local user is the person with the same login name"
            description="Letter for letter: the local user ada is the person ada. Off: only the list below says who somebody is. The list always goes first."
            checked={matches}
            onChange={(event) => setMatches(event.currentTarget.checked)}
          />
          <Group>
            <Button type="submit" loading={save.isPending} aria-label="Save who may log in">
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}
