import { Anchor, Button, EmptyState, Table } from '@mantine/core';
import type { HostDetail } from '@countersign/protocol/wire';
import { IconRefresh, IconTerminal2 } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { Section } from '../layout/section.tsx';
import { Tag } from '../layout/tag.tsx';
import { Time } from '../layout/time.tsx';
import styles from '../list/list.module.css';
import { outcomeOf } from './outcome-words.ts';
import { serviceName } from './words.ts';

type Login = HostDetail['logins'][number];

/** Who logged in there lately, and who did not get in. */
export function HostLogins(props: { host: HostDetail; onRefresh: () => unknown; isRefreshing: boolean }) {
  const { host, onRefresh, isRefreshing } = props;
  const { logins } = host;
  return (
    <Section title="Last logins" lead="The last 50, newest first.">
      <Button
        variant="default"
        size="sm"
        mb="md"
        leftSection={<IconRefresh size={16} aria-hidden />}
        loading={isRefreshing}
        onClick={() => void onRefresh()}
        aria-label="Refresh the logins"
      >
        Refresh
      </Button>
      {logins.length === 0 ? (
        <EmptyState
          py="lg"
          icon={<IconTerminal2 aria-hidden />}
          withIndicatorBackground
          title="Nobody has logged in yet"
          description="Who logs in there, and who is refused, appears here."
        />
      ) : (
        <div className={styles.frame}>
          <Table className={styles.table} verticalSpacing="sm" horizontalSpacing="sm">
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col" w="30%">
                  Who
                </Table.Th>
                <Table.Th scope="col" className={styles.medium} w="27%">
                  Service and origin
                </Table.Th>
                <Table.Th scope="col" w="26%">
                  Outcome
                </Table.Th>
                <Table.Th scope="col" className={styles.medium}>
                  When
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {logins.map((login, index) => (
                // Nothing of a login is its own but its place.
                <LoginRow key={`${login.at} ${index}`} login={login} />
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
    </Section>
  );
}

function LoginRow({ login }: { login: Login }) {
  const { at, user, local_user, service, rhost, outcome } = login;
  const { tone, label, more } = outcomeOf(outcome);
  const from = rhost === null || rhost === '' ? 'on the machine itself' : `from ${rhost}`;
  return (
    <Table.Tr>
      <Table.Td>
        {user ? (
          <Anchor
            c="var(--cs-text)"
            fw={600}
            style={{ overflowWrap: 'anywhere' }}
            renderRoot={(link) => <Link to="/people/$id" params={{ id: user.id }} {...link} />}
          >
            {user.login}
          </Anchor>
        ) : (
          <span style={{ overflowWrap: 'anywhere' }}>{local_user}</span>
        )}
        {user?.login !== local_user && (
          <span className={styles.quiet}>{user ? `as ${local_user}` : 'local user'}</span>
        )}
        <span className={`${styles.quiet} ${styles.smallOnly}`}>
          {serviceName(service)} {from} · <Time at={at} />
        </span>
      </Table.Td>
      <Table.Td className={styles.medium}>
        {serviceName(service)}
        <span className={styles.quiet}>{from}</span>
      </Table.Td>
      <Table.Td>
        <Tag tone={tone}>{label}</Tag>
        {more !== undefined && <span className={styles.quiet}>{more}</span>}
      </Table.Td>
      <Table.Td className={styles.medium}>
        <span className={styles.quiet}>
          <Time at={at} />
        </span>
      </Table.Td>
    </Table.Tr>
  );
}
