import { Button, Group as Row, Modal, Table } from '@mantine/core';
import type { HostGroup } from '@countersign/protocol/wire';
import { IconPlus, IconServer2 } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { GroupNameForm } from '../groups/group-name-form.tsx';
import { useNotices } from '../layout/notice.tsx';
import { ExportButton } from '../layout/export-button.tsx';
import { Page } from '../layout/page.tsx';
import { ListView } from '../list/list-view.tsx';
import styles from '../list/list.module.css';
import { SearchBox } from '../list/search-box.tsx';
import { useList } from '../list/use-list.ts';
import { addHostGroup, listHostGroups } from '../server/admin-api.ts';
import { may } from '../session/permissions.ts';
import { useSession } from '../session/session.ts';
import { DeviceTabs } from './device-tabs.tsx';

const route = getRouteApi('/room/devices/groups');

export function HostGroupsPage() {
  const { q } = route.useSearch();
  const navigate = route.useNavigate();
  const { user } = useSession();
  const [adding, setAdding] = useState(false);
  const query = useList(['host groups', q], (cursor) => listHostGroups(q, cursor));
  return (
    <Page
      title="Host groups"
      lead="Which hosts belong together: who may log in there, and what is asked."
      action={
        <Row gap="sm">
          <ExportButton of="host-groups" />
          {may(user, 'write_settings') && (
            <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setAdding(true)}>
              Add host group
            </Button>
          )}
        </Row>
      }
    >
      <DeviceTabs />
      <search className={styles.tools}>
        <div className={styles.search}>
          <SearchBox
            label="Search host groups"
            placeholder="Search by name"
            value={q ?? ''}
            onSearch={(words) => void navigate({ search: { q: words.trim() || undefined }, replace: true })}
          />
        </div>
      </search>
      <ListView
        query={query}
        noun={{ one: 'host group', many: 'host groups' }}
        filtered={q !== undefined}
        empty={{
          icon: <IconServer2 aria-hidden />,
          title: 'No host groups yet',
          description: 'Add one, say who may log in there, and join hosts to it.',
        }}
      >
        {(groups) => <HostGroupTable groups={groups} />}
      </ListView>
      <AddHostGroup opened={adding} onClose={() => setAdding(false)} />
    </Page>
  );
}

const whoOf = ({ access, groups }: HostGroup): string =>
  access === 'everyone' ? 'Everyone' : groups.map(({ name }) => name).join(', ') || 'Nobody';

function HostGroupTable({ groups }: { groups: HostGroup[] }) {
  return (
    <div className={styles.frame}>
      <Table className={styles.table} verticalSpacing="sm" horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Name</Table.Th>
            <Table.Th scope="col">Hosts</Table.Th>
            <Table.Th scope="col" className={styles.medium}>
              Who may log in
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {groups.map((group) => (
            <Table.Tr key={group.id} className={styles.row}>
              <Table.Td>
                <Link to="/devices/groups/$id" params={{ id: group.id }} className={styles.open}>
                  {group.name}
                </Link>
                <span className={`${styles.quiet} ${styles.smallOnly}`}>{whoOf(group)}</span>
              </Table.Td>
              <Table.Td>{group.host_count}</Table.Td>
              <Table.Td className={styles.medium}>{whoOf(group)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function AddHostGroup({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const navigate = route.useNavigate();
  const client = useQueryClient();
  const { say } = useNotices();
  const add = useMutation({
    mutationFn: (name: string) => addHostGroup({ name }),
    onSuccess: async (group) => {
      client.setQueryData(['host group', group.id], group);
      void client.invalidateQueries({ queryKey: ['host groups'] });
      say(`${group.name} was added. Say who may log in there.`, `/devices/groups/${group.id}`);
      await navigate({ to: '/devices/groups/$id', params: { id: group.id } });
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
      title="Add host group"
      centered
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <GroupNameForm act="Add host group" busy={add.isPending} error={add.error} onSubmit={add.mutate}>
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
      </GroupNameForm>
    </Modal>
  );
}
