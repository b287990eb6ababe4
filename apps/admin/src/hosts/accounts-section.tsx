import { Anchor, Button, Table } from '@mantine/core';
import type { HostAccount, HostGroup } from '@countersign/protocol/wire';
import { isProblem } from '@countersign/ui/api';
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

interface Change {
  localUser: string;
  person: PickedPerson | null;
  /** The id of who it is by now. */
  replaces?: string;
}

const findAccount = async (groupId: string, localUser: string): Promise<HostAccount | undefined> =>
  (await listHostAccounts(groupId, localUser)).items.find(({ local_user }) => local_user === localUser);

/** Which person a local user is. */
export function AccountsSection({ group, writable }: { group: HostGroup; writable: boolean }) {
  const [q, setQ] = useState<string>();
  const [leaving, setLeaving] = useState<HostAccount>();
  /** Who is somebody else, and is to be this person. */
  const [replacing, setReplacing] = useState<{ account: HostAccount; person: PickedPerson }>();
  const query = useList(['accounts', group.id, q], (cursor) => listHostAccounts(group.id, q, cursor));
  const client = useQueryClient();
  const { say } = useNotices();
  const list = useRef<HTMLDivElement>(null);
  const set = useMutation({
    mutationFn: ({ localUser, person, replaces }: Change) =>
      setHostAccount(group.id, { local_user: localUser, user_id: person?.id ?? null, replaces }),
    onError: async (error, { localUser, person }) => {
      if (!isProblem(error, 'local_user_taken') || !person) return;
      const account = await findAccount(group.id, localUser);
      // Where it is gone again by now, or not to be found, the sentence of the refusal stands.
      setReplacing(account && { account, person });
    },
    onSuccess: async (_nothing, { localUser, person }) => {
      await client.invalidateQueries({ queryKey: ['accounts', group.id] });
      setLeaving(undefined);
      setReplacing(undefined);
      say(person ? `${localUser} is ${person.name} now.` : `${localUser} was taken from the list.`);
      // Its button is gone.
      if (!person) list.current?.focus();
    },
  });
  return (
    <Section title="Local users" lead="Which person a local user of these hosts is, such as root or deploy.">
      {set.error && !leaving && !replacing && <Failure error={set.error} what="The list was not changed." />}
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
      <ConfirmDialog
        opened={replacing !== undefined}
        title={`${replacing?.account.local_user ?? ''} is ${replacing?.account.user.name ?? ''}`}
        act={`Make it ${replacing?.person.name ?? ''}`}
        busy={set.isPending}
        error={isProblem(set.error, 'local_user_taken') ? undefined : set.error}
        onConfirm={() =>
          set.mutate({
            localUser: replacing!.account.local_user,
            person: replacing!.person,
            replaces: replacing!.account.user.id,
          })
        }
        onClose={() => {
          setReplacing(undefined);
          set.reset();
        }}
      >
        {replacing?.account.user.name} ({replacing?.account.user.login}) cannot log in as{' '}
        {replacing?.account.local_user} any more, and {replacing?.person.name} can, with everything that this
        local user may do. Logins that wait are denied.
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
