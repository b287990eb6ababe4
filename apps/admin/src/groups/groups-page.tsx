import { Button, Group as Row, Modal, Table } from '@mantine/core';
import type { Group } from '@countersign/protocol/wire';
import { IconPlus, IconUsersGroup } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { ExportButton } from '../layout/export-button.tsx';
import { useNotices } from '../layout/notice.tsx';
import { Page } from '../layout/page.tsx';
import { Time } from '../layout/time.tsx';
import { ListView } from '../list/list-view.tsx';
import styles from '../list/list.module.css';
import { SearchBox } from '../list/search-box.tsx';
import { useList } from '../list/use-list.ts';
import { addGroup, listGroups } from '../server/admin-api.ts';
import { may } from '../session/permissions.ts';
import { useSession } from '../session/session.ts';
import { GroupNameForm } from './group-name-form.tsx';

const route = getRouteApi('/room/groups');

export function GroupsPage() {
  const { q } = route.useSearch();
  const navigate = route.useNavigate();
  const { user } = useSession();
  const [adding, setAdding] = useState(false);
  const query = useList(['groups', q], (cursor) => listGroups(q, cursor));
  return (
    <Page
      title="Groups"
      lead="Who belongs together: applications can be for some groups only, and are told of them."
      action={
        <Row gap="sm">
          <ExportButton of="groups" />
          {may(user, 'write_users') && (
            <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setAdding(true)}>
              Add group
            </Button>
          )}
        </Row>
      }
    >
      <search className={styles.tools}>
        <div className={styles.search}>
          <SearchBox
            label="Search groups"
            placeholder="Search by name"
            value={q ?? ''}
            onSearch={(words) => void navigate({ search: { q: words.trim() || undefined }, replace: true })}
          />
        </div>
      </search>
      <ListView
        query={query}
        noun={{ one: 'group', many: 'groups' }}
        filtered={q !== undefined}
        empty={{
          icon: <IconUsersGroup aria-hidden />,
          title: 'No groups yet',
          description: 'Add one, put people into it, and choose it where an application is not for everyone.',
        }}
      >
        {(groups) => <GroupTable groups={groups} />}
      </ListView>
      <AddGroup opened={adding} onClose={() => setAdding(false)} />
    </Page>
  );
}

function GroupTable({ groups }: { groups: Group[] }) {
  return (
    <div className={styles.frame}>
      <Table className={styles.table} verticalSpacing="sm" horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Name</Table.Th>
            <Table.Th scope="col">People</Table.Th>
            <Table.Th scope="col" className={styles.medium}>
              Added
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {groups.map(({ id, name, member_count, created_at }) => (
            <Table.Tr key={id} className={styles.row}>
              <Table.Td>
                <Link to="/groups/$id" params={{ id }} className={styles.open}>
                  {name}
                </Link>
              </Table.Td>
              <Table.Td>{member_count}</Table.Td>
              <Table.Td className={styles.medium}>
                <span className={styles.quiet}>
                  <Time at={created_at} />
                </span>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function AddGroup({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const navigate = route.useNavigate();
  const client = useQueryClient();
  const { say } = useNotices();
  const add = useMutation({
    mutationFn: addGroup,
    onSuccess: async (group) => {
      client.setQueryData(['group', group.id], group);
      void client.invalidateQueries({ queryKey: ['groups'] });
      say(`${group.name} was added. Put people into it.`, `/groups/${group.id}`);
      await navigate({ to: '/groups/$id', params: { id: group.id } });
    },
  });
  const close = () => {
    add.reset();
    onClose();
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      title="Add group"
      centered
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <GroupNameForm act="Add group" busy={add.isPending} error={add.error} onSubmit={add.mutate}>
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
      </GroupNameForm>
    </Modal>
  );
}
