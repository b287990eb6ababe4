import { Checkbox, Table } from '@mantine/core';
import type { User } from '@countersign/protocol/wire';
import { Link } from '@tanstack/react-router';
import { Time } from '../layout/time.tsx';
import styles from '../list/list.module.css';
import type { Selection } from './bulk/use-selection.ts';
import { StateBadge } from './state-badge.tsx';
import { factorNames, pushReason, roleNames } from './words.ts';

export function PeopleTable({ people, selection }: { people: User[]; selection?: Selection }) {
  const ticked = people.filter(({ id }) => selection?.chosen.has(id)).length;
  return (
    <div className={styles.frame}>
      <Table className={styles.table} verticalSpacing="sm" horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            {selection && (
              <Table.Th scope="col" className={styles.tick}>
                <Checkbox
                  aria-label="Choose everybody who is shown"
                  checked={ticked === people.length}
                  indeterminate={ticked > 0 && ticked < people.length}
                  onChange={(event) => selection.tick(people, event.currentTarget.checked)}
                />
              </Table.Th>
            )}
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
            <PersonRow key={user.id} user={user} selection={selection} />
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function PersonRow({ user, selection }: { user: User; selection: Selection | undefined }) {
  const factors = factorNames(user);
  return (
    <Table.Tr className={styles.row}>
      {selection && (
        <Table.Td className={styles.tick}>
          <Checkbox
            aria-label={`Choose ${user.name}`}
            checked={selection.chosen.has(user.id)}
            onChange={(event) => selection.tick([user], event.currentTarget.checked)}
          />
        </Table.Td>
      )}
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
