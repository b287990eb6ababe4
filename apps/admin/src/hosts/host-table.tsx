import { Table } from '@mantine/core';
import type { Host } from '@countersign/protocol/wire';
import { Link } from '@tanstack/react-router';
import { Time } from '../layout/time.tsx';
import styles from '../list/list.module.css';
import { HostStateBadge } from './host-state.tsx';

export function HostTable({ hosts }: { hosts: Host[] }) {
  return (
    <div className={styles.frame}>
      <Table className={styles.table} verticalSpacing="sm" horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Name</Table.Th>
            <Table.Th scope="col" className={styles.medium}>
              Host group
            </Table.Th>
            <Table.Th scope="col">State</Table.Th>
            <Table.Th scope="col" className={styles.medium}>
              Last seen
            </Table.Th>
            <Table.Th scope="col" className={styles.wide}>
              Agent
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {hosts.map((host) => (
            <Table.Tr key={host.id} className={styles.row}>
              <Table.Td>
                <Link to="/devices/$id" params={{ id: host.id }} className={styles.open}>
                  {host.name}
                </Link>
                <span className={styles.quiet}>{host.os}</span>
                <span className={`${styles.quiet} ${styles.smallOnly}`}>
                  {host.group.name} · <Time at={host.last_seen_at} />
                </span>
              </Table.Td>
              <Table.Td className={styles.medium}>{host.group.name}</Table.Td>
              <Table.Td>
                <HostStateBadge host={host} />
              </Table.Td>
              <Table.Td className={styles.medium}>
                <span className={styles.quiet}>
                  <Time at={host.last_seen_at} />
                </span>
              </Table.Td>
              <Table.Td className={styles.wide}>
                <span className={styles.quiet}>{host.agent_version}</span>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
