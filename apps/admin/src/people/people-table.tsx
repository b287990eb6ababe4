import { Table } from '@mantine/core';
import type { User } from '@countersign/protocol/wire';
import { Link } from '@tanstack/react-router';
import { Time } from '../layout/time.tsx';
import styles from '../list/list.module.css';
import { StateBadge } from './state-badge.tsx';
import { factorNames, pushReason, roleNames } from './words.ts';

export function PeopleTable({ people }: { people: User[] }) {
  return (
    <div className={styles.frame}>
      <Table className={styles.table} verticalSpacing="sm" horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Name</Table.Th>
            <Table.Th scope="col" className={styles.widest}>
              E-mail
            </Table.Th>
            <Table.Th scope="col" className={styles.medium}>
              Role
            </Table.Th>
            <Table.Th scope="col">State</Table.Th>
            <Table.Th scope="col" className={styles.medium}>
              Mobile push
            </Table.Th>
            <Table.Th scope="col" className={styles.medium}>
              Second factor
            </Table.Th>
            <Table.Th scope="col" className={styles.wide}>
              Last sign-in
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {people.map((user) => (
            <PersonRow key={user.id} user={user} />
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function PersonRow({ user }: { user: User }) {
  const factors = factorNames(user);
  return (
    <Table.Tr className={styles.row}>
      <Table.Td>
        <Link to="/people/$id" params={{ id: user.id }} className={styles.open}>
          {user.name}
        </Link>
        <span className={styles.quiet}>{user.login}</span>
        {user.email !== user.login && (
          <span className={`${styles.quiet} ${styles.narrowOnly}`}>{user.email}</span>
        )}
      </Table.Td>
      <Table.Td className={styles.widest}>
        <span className={styles.quiet}>{user.email}</span>
      </Table.Td>
      <Table.Td className={styles.medium}>{roleNames[user.role]}</Table.Td>
      <Table.Td>
        <StateBadge user={user} />
      </Table.Td>
      <Table.Td className={styles.medium}>
        {user.push.enabled ? 'On' : 'Off'}
        <span className={`${styles.quiet} ${styles.whole}`}>{pushReason(user)}</span>
      </Table.Td>
      <Table.Td className={styles.medium}>
        {factors.length > 0 ? factors.join(', ') : <span className={styles.none}>None yet</span>}
      </Table.Td>
      <Table.Td className={styles.wide}>
        <span className={styles.quiet}>
          {user.last_sign_in_at === null ? 'Never' : <Time at={user.last_sign_in_at} />}
        </span>
      </Table.Td>
    </Table.Tr>
  );
}
