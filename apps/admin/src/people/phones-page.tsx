import { Table } from '@mantine/core';
import type { UnreachablePhone } from '@countersign/protocol/wire';
import { IconDeviceMobile } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Page } from '../layout/page.tsx';
import { Time } from '../layout/time.tsx';
import { ListView } from '../list/list-view.tsx';
import styles from '../list/list.module.css';
import { SearchBox } from '../list/search-box.tsx';
import { useList } from '../list/use-list.ts';
import { listUnreachablePhones } from '../server/admin-api.ts';
import { PeopleTabs } from './people-tabs.tsx';

const route = getRouteApi('/room/people/phones');

const reasons = {
  none: 'Takes no notifications',
  unreachable: 'The push service does not know it any more',
} as const satisfies Record<UnreachablePhone['push'], string>;

export function PhonesPage() {
  const { q } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useList(['phones', q], (cursor) => listUnreachablePhones(q, cursor));
  return (
    <Page
      title="Phones that no push reaches"
      lead="Requests appear on them only while the app is open. Opened with notifications allowed, the app mends it by itself."
    >
      <PeopleTabs />
      <search className={styles.tools}>
        <div className={styles.search}>
          <SearchBox
            label="Search phones"
            placeholder="Search by the person"
            value={q ?? ''}
            onSearch={(words) => void navigate({ search: { q: words.trim() || undefined }, replace: true })}
          />
        </div>
      </search>
      <ListView
        query={query}
        noun={{ one: 'phone', many: 'phones' }}
        filtered={q !== undefined}
        empty={{
          icon: <IconDeviceMobile aria-hidden />,
          title: 'Every phone can be reached',
          description:
            'A phone stands here when the push service says that it is gone, or notifications are off.',
        }}
      >
        {(phones) => <PhoneTable phones={phones} />}
      </ListView>
    </Page>
  );
}

function PhoneTable({ phones }: { phones: UnreachablePhone[] }) {
  return (
    <div className={styles.frame}>
      <Table className={styles.table} verticalSpacing="sm" horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Whose</Table.Th>
            <Table.Th scope="col">Phone</Table.Th>
            <Table.Th scope="col" className={styles.medium}>
              Last heard of
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {phones.map(({ id, user, device, push, last_seen_at }) => (
            <Table.Tr key={id} className={styles.row}>
              <Table.Td>
                <Link to="/people/$id" params={{ id: user.id }} className={styles.open}>
                  {user.name}
                </Link>
                <span className={styles.quiet}>{user.login}</span>
              </Table.Td>
              <Table.Td>
                {device}
                <span className={styles.quiet}>{reasons[push]}</span>
                <span className={`${styles.quiet} ${styles.smallOnly}`}>
                  Last heard of <Time at={last_seen_at} />
                </span>
              </Table.Td>
              <Table.Td className={styles.medium}>
                <span className={styles.quiet}>
                  <Time at={last_seen_at} />
                </span>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
