import { Table } from '@mantine/core';
import type { Mail } from '@countersign/protocol/wire';
import { IconMailbox } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { Callout } from '../layout/callout.tsx';
import { ExportButton } from '../layout/export-button.tsx';
import { Page } from '../layout/page.tsx';
import { Tag } from '../layout/tag.tsx';
import { Time } from '../layout/time.tsx';
import { FilterBox } from '../list/filter-box.tsx';
import { ListView } from '../list/list-view.tsx';
import styles from '../list/list.module.css';
import { SearchBox } from '../list/search-box.tsx';
import { useList } from '../list/use-list.ts';
import { listMails } from '../server/admin-api.ts';
import { may } from '../session/permissions.ts';
import { useSession } from '../session/session.ts';
import { MailDialog } from './mail-dialog.tsx';
import { mailStates } from './mail-states.ts';

const route = getRouteApi('/room/outbox');

export function OutboxPage() {
  const { user } = useSession();
  const title = 'Outbox';
  if (may(user, 'read_outbox')) return <OwnersOutbox title={title} />;
  return (
    <Page title={title}>
      <Callout tone="warning" title="Only an owner may read mail">
        Mail holds links that let people in, so the other roles do not see it.
      </Callout>
    </Page>
  );
}

function OwnersOutbox({ title }: { title: string }) {
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const narrow = (change: Partial<typeof filter>) =>
    void navigate({ search: { ...filter, ...change }, replace: true });
  const query = useList(['outbox', filter], (cursor) => listMails(filter, cursor));
  const [opened, setOpened] = useState<Mail>();
  const isKept = query.items[0]?.state === 'kept';

  return (
    <Page
      title={title}
      lead="The mail that Countersign writes to people, newest first."
      action={<ExportButton of="outbox" />}
    >
      {isKept && (
        <div className={styles.note}>
          <Callout tone="info" title="Mail is kept here and goes nowhere">
            No mail server is set. Read the mail here and pass its links on yourself, or set{' '}
            <code>SMTP_URL</code> and start the server again: mail written from then on is sent.
          </Callout>
        </div>
      )}
      <search className={styles.tools}>
        <div className={styles.search}>
          <SearchBox
            label="Search mail"
            placeholder="Search by address or subject"
            value={filter.q ?? ''}
            onSearch={(words) => narrow({ q: words.trim() || undefined })}
          />
        </div>
        <FilterBox
          label="Not taken, of the last 7 days"
          checked={filter.failing === true}
          onChange={(failing) => narrow({ failing })}
        />
      </search>
      <ListView
        query={query}
        noun={{ one: 'mail', many: 'mails' }}
        filtered={Object.values(filter).some((value) => value !== undefined)}
        empty={{
          icon: <IconMailbox aria-hidden />,
          title: 'No mail yet',
          description:
            'Invitations and notices appear here. Without a mail server (SMTP_URL) they are kept here for you to read.',
        }}
      >
        {(mails) => <MailTable mails={mails} onOpen={setOpened} />}
      </ListView>
      <MailDialog mail={opened} onClose={() => setOpened(undefined)} />
    </Page>
  );
}

function MailTable({ mails, onOpen }: { mails: Mail[]; onOpen: (mail: Mail) => void }) {
  return (
    <div className={styles.frame}>
      <Table className={styles.table} verticalSpacing="sm" horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Subject</Table.Th>
            <Table.Th scope="col" className={styles.medium}>
              To
            </Table.Th>
            <Table.Th scope="col">State</Table.Th>
            <Table.Th scope="col" className={styles.medium}>
              Written
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {mails.map((mail) => (
            <Table.Tr key={mail.id} className={styles.row}>
              <Table.Td>
                <button
                  type="button"
                  className={styles.open}
                  onClick={() => onOpen(mail)}
                  aria-haspopup="dialog"
                >
                  {mail.subject}
                </button>
                <span className={`${styles.quiet} ${styles.smallOnly}`}>
                  {mail.to} · <Time at={mail.created_at} />
                </span>
                {mail.last_error !== null && mail.state !== 'sent' && (
                  <span className={styles.quiet}>{mail.last_error}</span>
                )}
              </Table.Td>
              <Table.Td className={styles.medium}>
                <span className={styles.quiet}>{mail.to}</span>
              </Table.Td>
              <Table.Td>
                <Tag tone={mailStates[mail.state].tone}>{mailStates[mail.state].label}</Tag>
              </Table.Td>
              <Table.Td className={styles.medium}>
                <span className={styles.quiet}>
                  <Time at={mail.created_at} />
                </span>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
