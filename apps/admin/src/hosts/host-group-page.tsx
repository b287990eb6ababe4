import { Anchor, List, Text } from '@mantine/core';
import type { HostGroup } from '@countersign/protocol/wire';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { GroupNameForm } from '../groups/group-name-form.tsx';
import { AboveLink } from '../layout/above-link.tsx';
import { Edited } from '../layout/edited.tsx';
import { OnePage } from '../layout/one-page.tsx';
import { Page } from '../layout/page.tsx';
import { Section } from '../layout/section.tsx';
import { useSaved } from '../layout/use-saved.ts';
import { changeHostGroup, readHostGroup } from '../server/admin-api.ts';
import { may } from '../session/permissions.ts';
import { useSession } from '../session/session.ts';
import { AccountsSection } from './accounts-section.tsx';
import { outages, ruleInWords, whoMayLogIn } from './group-words.ts';
import { HostGroupRemoval } from './host-group-removal.tsx';
import { JoinButton } from './join-dialog.tsx';
import { OutageSection } from './outage-section.tsx';
import { RulesSection } from './rules-section.tsx';
import { WhoSection } from './who-section.tsx';
import { serviceName } from './words.ts';

const route = getRouteApi('/room/devices/groups/$id');
const above = <AboveLink to="/devices/groups">Host groups</AboveLink>;

export function HostGroupPage() {
  const { id } = route.useParams();
  const query = useQuery({ queryKey: ['host group', id], queryFn: () => readHostGroup(id) });
  const { user } = useSession();
  return (
    <OnePage query={query} noun="host group" above={above}>
      {(group) => (
        <Page
          title={group.name}
          above={above}
          lead={<HostCount group={group} />}
          action={<JoinButton group={group} />}
          narrow
          key={group.id}
        >
          {may(user, 'write_settings') ? <Changeable group={group} /> : <Readable group={group} />}
        </Page>
      )}
    </OnePage>
  );
}

function HostCount({ group: { id, host_count } }: { group: HostGroup }) {
  if (host_count === 0) return 'No hosts yet';
  return (
    <Anchor renderRoot={(link) => <Link to="/devices" search={{ group_id: id }} {...link} />}>
      {host_count === 1 ? '1 host' : `${host_count} hosts`}
    </Anchor>
  );
}

function Changeable({ group }: { group: HostGroup }) {
  return (
    <>
      <EditedGroup
        group={group}
        part={({ access, groups, match_login }) => [access, groups, match_login]}
        of={WhoSection}
      />
      <AccountsSection group={group} writable />
      <EditedGroup group={group} part={({ services }) => services} of={RulesSection} />
      <EditedGroup
        group={group}
        part={({ outage, break_glass }) => [outage, break_glass]}
        of={OutageSection}
      />
      <EditedGroup group={group} part={({ name }) => name} of={Rename} />
      <HostGroupRemoval group={group} />
    </>
  );
}

function EditedGroup(props: {
  group: HostGroup;
  part: (group: HostGroup) => unknown;
  of: ComponentType<{ group: HostGroup }>;
}) {
  const { group, part, of: Form } = props;
  return (
    <Edited thing={group} part={part} changes={{ type: 'host_group.changed', target: group.id }}>
      {(opened) => <Form group={opened} />}
    </Edited>
  );
}

function Readable({ group }: { group: HostGroup }) {
  return (
    <>
      <Section title="Who may log in">
        <Text>{whoMayLogIn(group)}</Text>
      </Section>
      <AccountsSection group={group} writable={false} />
      <Section title="What is asked">
        <List>
          {Object.entries(group.services).map(([service, rule]) => (
            <List.Item key={service}>
              <strong>{serviceName(service)}</strong>: {ruleInWords(rule)}
            </List.Item>
          ))}
        </List>
      </Section>
      <Section title="Without the server">
        <Text>
          {outages[group.outage].sentence}{' '}
          {group.break_glass === null ? (
            'There is no break-glass account.'
          ) : (
            <>
              The break-glass account is <code>{group.break_glass}</code>.
            </>
          )}
        </Text>
      </Section>
    </>
  );
}

function Rename({ group }: { group: HostGroup }) {
  const save = useSaved(
    'host group',
    (name: string) => changeHostGroup(group, { name }),
    'The name was saved.',
  );
  return (
    <Section title="Name">
      <GroupNameForm
        name={group.name}
        act="Save the name"
        busy={save.isPending}
        error={save.error}
        onSubmit={save.mutate}
      />
    </Section>
  );
}
