import { Anchor, Button, Table } from '@mantine/core';
import type { HostAccount, HostGroup } from '@countersign/protocol/wire';
import { IconUserSearch } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { ConfirmDialog } from '../layout/confirm-dialog.tsx';
import { Failure } from '../layout/failure.tsx';
import { useNotices } from '../layout/notice.tsx';
import { Section } from '../layout/section.tsx';
import { ListView } from '../list/list-view.tsx';
import styles from '../list/list.module.css';
import { SearchBox } from '../list/search-box.tsx';
import { useList } from '../list/use-list.ts';
import type { PickedPerson } from '../people/person-picker.tsx';
import { listHostAccounts, setHostAccount } from '../server/admin-api.ts';
import { AccountForm } from './account-form.tsx';

/** Which person a local user is. */
export function AccountsSection({ group, writable }: { group: HostGroup; writable: boolean }) {
  const [q, setQ] = useState<string>();
  const [leaving, setLeaving] = useState<HostAccount>();
  const query = useList(['accounts', group.id, q], (cursor) => listHostAccounts(group.id, q, cursor));
  const client = useQueryClient();
  const { say } = useNotices();
  const list = useRef<HTMLDivElement>(null);
  const set = useMutation({
    mutationFn: ({ localUser, person }: { localUser: string; person: PickedPerson | null }) =>
      setHostAccount(group.id, localUser, person?.id ?? null),
    onSuccess: async (_nothing, { localUser, person }) => {
      await client.invalidateQueries({ queryKey: ['accounts', group.id] });
      setLeaving(undefined);
      say(person ? `${localUser} is ${person.name} now.` : `${localUser} was taken from the list.`);
      // Its button is gone.
      if (!person) list.current?.focus();
    },
  });
  return (
    <Section title="Local users" lead="Which person a local user of these hosts is, such as root or deploy.">
      {set.error && !leaving && <Failure error={set.error} what="The list was not changed." />}
      {writable && (
        <AccountForm busy={set.isPending} onSet={(localUser, person) => set.mutate({ localUser, person })} />
      )}
      <search className={styles.tools} style={{ marginTop: writable ? '1.25rem' : undefined }}>
        <div className={styles.search}>
          <SearchBox
            label="Search local users"
            placeholder="Search by local user or person"
            value={q ?? ''}
            onSearch={(words) => setQ(words.trim() || undefined)}
          />
        </div>
      </search>
      <div ref={list} tabIndex={-1} role="group" aria-label="Local users" style={{ outline: 'none' }}>
        <ListView
          query={query}
          noun={{ one: 'local user', many: 'local users' }}
          filtered={q !== undefined}
          empty={{
            icon: <IconUserSearch aria-hidden />,
            title: 'Nobody is on the list',
            description: group.match_login
              ? 'Everybody logs in by their own login name.'
              : 'Nobody can log in on these hosts yet.',
          }}
        >
          {(accounts) => <AccountTable accounts={accounts} onTake={writable ? setLeaving : undefined} />}
        </ListView>
      </div>
      <ConfirmDialog
        opened={leaving !== undefined}
        title={`Take ${leaving?.local_user ?? ''} from the list?`}
        act={`Take ${leaving?.local_user ?? ''} out`}
        busy={set.isPending}
        error={set.error}
        onConfirm={() => set.mutate({ localUser: leaving!.local_user, person: null })}
        onClose={() => setLeaving(undefined)}
      >
        {leaving?.user.name} cannot log in as {leaving?.local_user} any more, and logins that wait are denied.
        Who is logged in stays so.
      </ConfirmDialog>
    </Section>
  );
}

function AccountTable(props: {
  accounts: HostAccount[];
  onTake: ((account: HostAccount) => void) | undefined;
}) {
  const { accounts, onTake } = props;
  return (
    <div className={styles.frame}>
      <Table className={styles.table} verticalSpacing="sm" horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Local user</Table.Th>
            <Table.Th scope="col">Person</Table.Th>
            {onTake && <Table.Th scope="col">Change</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {accounts.map((account) => (
            <Table.Tr key={account.local_user}>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>{account.local_user}</Table.Td>
              <Table.Td>
                <Anchor
                  c="var(--cs-text)"
                  fw={600}
                  renderRoot={(link) => <Link to="/people/$id" params={{ id: account.user.id }} {...link} />}
                >
                  {account.user.name}
                </Anchor>
                <span className={styles.quiet}>{account.user.login}</span>
              </Table.Td>
              {onTake && (
                <Table.Td>
                  <Button
                    variant="default"
                    size="sm"
                    onClick={() => onTake(account)}
                    aria-label={`Take ${account.local_user} from the list`}
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
