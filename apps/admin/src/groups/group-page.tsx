import { Anchor, Button, List, Table, Text } from '@mantine/core';
import type { GroupDetail, GroupMember } from '@countersign/protocol/wire';
import { IconUsersGroup } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { RequirementForm } from '../enrolment/requirement-form.tsx';
import { AboveLink } from '../layout/above-link.tsx';
import { ConfirmDialog } from '../layout/confirm-dialog.tsx';
import { DangerButton } from '../layout/danger-button.tsx';
import { Edited } from '../layout/edited.tsx';
import { Failure } from '../layout/failure.tsx';
import { useNotices } from '../layout/notice.tsx';
import { OnePage } from '../layout/one-page.tsx';
import { Page } from '../layout/page.tsx';
import { Section } from '../layout/section.tsx';
import { Time } from '../layout/time.tsx';
import { useSaved } from '../layout/use-saved.ts';
import { ListView } from '../list/list-view.tsx';
import styles from '../list/list.module.css';
import { SearchBox } from '../list/search-box.tsx';
import { useList } from '../list/use-list.ts';
import {
  listMembers,
  putMember,
  readGroup,
  removeGroup,
  changeGroup,
  takeMember,
} from '../server/admin-api.ts';
import { may } from '../session/permissions.ts';
import { useSession } from '../session/session.ts';
import { AddMember } from './add-member.tsx';
import { GroupNameForm } from './group-name-form.tsx';

const route = getRouteApi('/room/groups/$id');
const above = <AboveLink to="/groups">Groups</AboveLink>;

export function GroupPage() {
  const { id } = route.useParams();
  const query = useQuery({
    queryKey: ['group', id],
    queryFn: () => readGroup(id),
  });
  const { user } = useSession();
  const writable = may(user, 'write_users');
  return (
    <OnePage query={query} noun="group" above={above}>
      {(found) => (
        <Page title={found.name} above={above} narrow key={found.id}>
          <Members group={found} writable={writable} />
          <Applications group={found} />
          {writable && (
            <>
              <Edited
                thing={found}
                part={({ mfa_required_from }) => mfa_required_from}
                changes={{ type: 'group.changed', target: found.id }}
              >
                {(opened) => <Requirement group={opened} />}
              </Edited>
              <Edited
                thing={found}
                part={({ name }) => name}
                changes={{ type: 'group.changed', target: found.id }}
              >
                {(opened) => <Rename group={opened} />}
              </Edited>
              <Removal group={found} />
            </>
          )}
        </Page>
      )}
    </OnePage>
  );
}

function Members({ group, writable }: { group: GroupDetail; writable: boolean }) {
  const [q, setQ] = useState<string>();
  const query = useList(['members', group.id, q], (cursor) => listMembers(group.id, q, cursor));
  const client = useQueryClient();
  const { say } = useNotices();
  const list = useRef<HTMLDivElement>(null);
  const set = useMutation({
    mutationFn: ({ id, isIn }: { id: string; name: string; isIn: boolean }) =>
      (isIn ? putMember : takeMember)(group.id, id),
    onSuccess: async (_nothing, { id, name, isIn }) => {
      await client.invalidateQueries({ queryKey: ['members', group.id] });
      for (const queryKey of [['group', group.id], ['groups'], ['groups of', id]])
        void client.invalidateQueries({ queryKey });
      say(isIn ? `${name} is in ${group.name} now.` : `${name} was taken out of ${group.name}.`);
      // Its button is gone.
      if (!isIn) list.current?.focus();
    },
  });
  return (
    <Section title="Members" lead={group.member_count === 1 ? '1 person' : `${group.member_count} people`}>
      {set.error && <Failure error={set.error} what="The group was not changed." />}
      {writable && (
        <AddMember busy={set.isPending} onAdd={(person) => set.mutate({ ...person, isIn: true })} />
      )}
      <search className={styles.tools} style={{ marginTop: '1.25rem' }}>
        <div className={styles.search}>
          <SearchBox
            label="Search members"
            value={q ?? ''}
            onSearch={(words) => setQ(words.trim() || undefined)}
          />
        </div>
      </search>
      <div ref={list} tabIndex={-1} role="group" aria-label="Members" style={{ outline: 'none' }}>
        <ListView
          query={query}
          noun={{ one: 'member', many: 'members' }}
          filtered={q !== undefined}
          empty={{
            icon: <IconUsersGroup aria-hidden />,
            title: 'Nobody is in it',
            description: 'An application that is for this group only is for nobody yet.',
          }}
        >
          {(members) => (
            <MemberTable
              members={members}
              onTake={writable ? (member) => set.mutate({ ...member, isIn: false }) : undefined}
            />
          )}
        </ListView>
      </div>
    </Section>
  );
}

function MemberTable(props: { members: GroupMember[]; onTake: ((member: GroupMember) => void) | undefined }) {
  const { members, onTake } = props;
  return (
    <div className={styles.frame}>
      <Table className={styles.table} verticalSpacing="sm" horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Name</Table.Th>
            <Table.Th scope="col" className={styles.medium}>
              In it since
            </Table.Th>
            {onTake && <Table.Th scope="col">Change</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {members.map((member) => (
            <Table.Tr key={member.id}>
              <Table.Td>
                <Anchor
                  c="var(--cs-text)"
                  fw={600}
                  renderRoot={(link) => <Link to="/people/$id" params={{ id: member.id }} {...link} />}
                >
                  {member.name}
                </Anchor>
                <span className={styles.quiet}>
                  {member.login}
                  {member.state === 'suspended' && ', suspended'}
                </span>
              </Table.Td>
              <Table.Td className={styles.medium}>
                <span className={styles.quiet}>
                  <Time at={member.added_at} />
                </span>
              </Table.Td>
              {onTake && (
                <Table.Td>
                  <Button
                    variant="default"
                    size="sm"
                    onClick={() => onTake(member)}
                    aria-label={`Take ${member.name} out`}
                  >
                    Take out
                  </Button>
                </Table.Td>
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function Applications({ group }: { group: GroupDetail }) {
  return (
    <Section title="Applications" lead="What is for this group, and not for everyone.">
      {group.applications.length === 0 ? (
        <Text c="var(--cs-text-quiet)">None. Whom an application is for is chosen on its own page.</Text>
      ) : (
        <List>
          {group.applications.map(({ id, name }) => (
            <List.Item key={id}>
              <Anchor renderRoot={(link) => <Link to="/applications/$id" params={{ id }} {...link} />}>
                {name}
              </Anchor>
            </List.Item>
          ))}
        </List>
      )}
    </Section>
  );
}

function Requirement({ group }: { group: GroupDetail }) {
  const client = useQueryClient();
  const save = useSaved(
    'group',
    async (mfa_required_from: string | null) => {
      const saved = await changeGroup(group, { mfa_required_from });
      for (const name of ['enrolment', 'person', 'events'])
        void client.invalidateQueries({ queryKey: [name] });
      return saved;
    },
    'It was saved.',
  );
  return (
    <Section
      title="Second factor"
      lead={
        <>
          Whether every member needs one, and from when on.{' '}
          <Anchor
            underline="always"
            renderRoot={(link) => <Link to="/people/enrolment" search={{ group_id: group.id }} {...link} />}
          >
            Who has none yet
          </Anchor>
        </>
      }
    >
      <RequirementForm
        from={group.mfa_required_from}
        notRequired="Of its members as members. What the organisation and other groups require holds all the same."
        busy={save.isPending}
        error={save.error}
        onSave={save.mutate}
      />
    </Section>
  );
}

function Rename({ group }: { group: GroupDetail }) {
  const rename = useSaved('group', (name: string) => changeGroup(group, { name }), 'The name was saved.');
  return (
    <Section title="Name" lead="Applications that are told of groups know it by its name.">
      <GroupNameForm
        name={group.name}
        act="Save the name"
        busy={rename.isPending}
        error={rename.error}
        onSubmit={rename.mutate}
      />
    </Section>
  );
}

function Removal({ group }: { group: GroupDetail }) {
  const [asking, setAsking] = useState(false);
  const navigate = useNavigate();
  const client = useQueryClient();
  const { say } = useNotices();
  const remove = useMutation({
    mutationFn: () => removeGroup(group.id),
    onSuccess: async () => {
      for (const name of ['groups', 'groups of', 'application'])
        void client.invalidateQueries({ queryKey: [name] });
      say(`${group.name} was removed.`, '/groups');
      await navigate({ to: '/groups' });
    },
  });
  const names = group.applications.map(({ name }) => name).join(', ');
  return (
    <Section title="Remove it">
      <DangerButton asks onClick={() => setAsking(true)}>
        Remove group
      </DangerButton>
      <ConfirmDialog
        opened={asking}
        title={`Remove ${group.name}?`}
        act={`Remove ${group.name}`}
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
        onClose={() => setAsking(false)}
      >
        The people in it stay.{' '}
        {names === ''
          ? 'No application is for it.'
          : `They lose the applications that are for it, unless another group of theirs has them: ${names}.`}{' '}
        This cannot be undone.
      </ConfirmDialog>
    </Section>
  );
}
