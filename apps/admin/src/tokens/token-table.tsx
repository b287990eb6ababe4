import { Code, Table } from '@mantine/core';
import type { ApiToken } from '@countersign/protocol/wire';
import { DangerButton } from '../layout/danger-button.tsx';
import { Time } from '../layout/time.tsx';
import styles from '../list/list.module.css';
import { scopesInWords } from './scopes.ts';

export function TokenTable(props: { tokens: ApiToken[]; onDelete: ((token: ApiToken) => void) | undefined }) {
  const { tokens, onDelete } = props;
  return (
    <div className={styles.frame}>
      <Table className={styles.table} verticalSpacing="sm" horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Name</Table.Th>
            <Table.Th scope="col" className={styles.medium}>
              Reaches
            </Table.Th>
            <Table.Th scope="col" className={styles.medium}>
              Last used
            </Table.Th>
            <Table.Th scope="col" className={styles.medium}>
              Ends
            </Table.Th>
            {onDelete && <Table.Th scope="col">Change</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {tokens.map((token) => (
            <Table.Tr key={token.id}>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>
                <strong>{token.name}</strong>
                <span className={styles.quiet}>
                  <Code>{token.beginning}…</Code>, made <Time at={token.created_at} /> by{' '}
                  {token.made_by.id === 'operator'
                    ? 'the operator, at the command line'
                    : token.made_by.login}
                </span>
                <span className={`${styles.quiet} ${styles.smallOnly}`}>{scopesInWords(token.scopes)}</span>
                <span className={`${styles.quiet} ${styles.smallOnly}`}>
                  Last used: <LastUse token={token} />. Ends: <End token={token} />
                </span>
              </Table.Td>
              <Table.Td className={styles.medium}>{scopesInWords(token.scopes)}</Table.Td>
              <Table.Td className={styles.medium}>
                <LastUse token={token} />
              </Table.Td>
              <Table.Td className={styles.medium}>
                <End token={token} />
              </Table.Td>
              {onDelete && (
                <Table.Td>
                  <DangerButton
                    asks
                    size="sm"
                    onClick={() => onDelete(token)}
                    aria-label={`Delete ${token.name}`}
                  >
                    Delete
                  </DangerButton>
                </Table.Td>
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

const LastUse = ({ token: { last_used_at, last_used_ip } }: { token: ApiToken }) =>
  last_used_at === null ? (
    'never'
  ) : (
    <>
      <Time at={last_used_at} /> from {last_used_ip}
    </>
  );

const End = ({ token: { expires_at } }: { token: ApiToken }) =>
  expires_at === null ? 'never' : <Time at={expires_at} precise />;
