import { Anchor, Button, Select, Table } from '@mantine/core';
import type { FraudReport, FraudReportKind } from '@countersign/protocol/wire';
import { IconShieldCheck } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useRef } from 'react';
import { Failure } from '../layout/failure.tsx';
import { useNotices } from '../layout/notice.tsx';
import { Page } from '../layout/page.tsx';
import { Time } from '../layout/time.tsx';
import { ListView } from '../list/list-view.tsx';
import styles from '../list/list.module.css';
import { SearchBox } from '../list/search-box.tsx';
import { useList } from '../list/use-list.ts';
import { listFraudReports, reviewFraudReport } from '../server/admin-api.ts';

const route = getRouteApi('/room/fraud-reports');

const kinds: Record<FraudReportKind, string> = {
  sign_in: 'A sign-in',
  host_login: 'A login on a host',
  password_reset: 'A password reset',
  verification: 'A question of the help desk',
  transfer: 'A move to another phone',
  activity: 'Something in their recent activity',
};
const shown = [
  { value: 'open', label: 'To look into' },
  { value: 'reviewed', label: 'Looked into' },
  { value: 'all', label: 'All' },
];

export function FraudReportsPage() {
  const { q, which } = route.useSearch();
  const navigate = route.useNavigate();
  const client = useQueryClient();
  const { say } = useNotices();
  const list = useRef<HTMLDivElement>(null);
  const reviewed = which === 'all' ? undefined : which === 'reviewed';
  const query = useList(['fraud-reports', q, which], (cursor) => listFraudReports({ q, reviewed }, cursor));
  const review = useMutation({
    mutationFn: reviewFraudReport,
    onSuccess: async (report) => {
      for (const key of ['fraud-reports', 'home', 'events'])
        await client.invalidateQueries({ queryKey: [key] });
      say(`The report of ${report.user.name} is marked as looked into.`);
      // Its button is gone.
      list.current?.focus();
    },
  });
  return (
    <Page
      title="Fraud reports"
      lead="What people said was not them. Talk with the person, look at the steps, then say that you have looked into it."
    >
      <search className={styles.tools}>
        <div className={styles.search}>
          <SearchBox
            label="Search fraud reports"
            placeholder="Search by the person"
            value={q ?? ''}
            onSearch={(words) =>
              void navigate({ search: { q: words.trim() || undefined, which }, replace: true })
            }
          />
        </div>
        <Select
          className={styles.filter}
          aria-label="Which reports"
          data={shown}
          value={which ?? 'open'}
          allowDeselect={false}
          onChange={(value) =>
            void navigate({
              search: { q, which: value === 'all' || value === 'reviewed' ? value : undefined },
              replace: true,
            })
          }
        />
      </search>
      {review.error && <Failure error={review.error} what="It was not marked." />}
      <div ref={list} tabIndex={-1} role="group" aria-label="Fraud reports" style={{ outline: 'none' }}>
        <ListView
          query={query}
          noun={{ one: 'report', many: 'reports' }}
          filtered={q !== undefined}
          empty={{
            icon: <IconShieldCheck aria-hidden />,
            title: which === undefined ? 'Nothing to look into' : 'No reports yet',
            description:
              'When somebody says “this wasn’t me”, it stands here, and administrators get a mail.',
          }}
        >
          {(reports) => (
            <ReportTable
              reports={reports}
              busy={review.isPending ? review.variables : undefined}
              onReview={review.mutate}
            />
          )}
        </ListView>
      </div>
    </Page>
  );
}

function ReportTable(props: {
  reports: FraudReport[];
  busy: string | undefined;
  onReview: (id: string) => void;
}) {
  const { reports, busy, onReview } = props;
  return (
    <div className={styles.frame}>
      <Table className={styles.table} verticalSpacing="sm" horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Who</Table.Th>
            <Table.Th scope="col" className={styles.medium}>
              From
            </Table.Th>
            <Table.Th scope="col" className={styles.medium}>
              When
            </Table.Th>
            <Table.Th scope="col">Looked into</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {reports.map((report) => (
            <ReportRow key={report.id} report={report} busy={busy === report.id} onReview={onReview} />
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function ReportRow(props: { report: FraudReport; busy: boolean; onReview: (id: string) => void }) {
  const { report, busy, onReview } = props;
  const { id, user, what, client, ip, authentication_id, reported_at, reviewed_at, reviewed_by, reviewable } =
    report;
  const from = [client, ip].filter(Boolean).join(', ') || 'Not known';
  return (
    <Table.Tr>
      <Table.Td>
        <Anchor
          inherit
          className={styles.target}
          renderRoot={(link) => <Link to="/people/$id" params={{ id: user.id }} {...link} />}
        >
          {user.name}
        </Anchor>
        <span className={styles.quiet}>
          {authentication_id === null ? (
            kinds[what]
          ) : (
            <Anchor
              inherit
              className={styles.target}
              renderRoot={(link) => (
                <Link to="/events/authentication/$id" params={{ id: authentication_id }} {...link} />
              )}
            >
              {kinds[what]}
            </Anchor>
          )}
        </span>
        <span className={`${styles.quiet} ${styles.smallOnly}`}>
          {from} · <Time at={reported_at} />
        </span>
      </Table.Td>
      <Table.Td className={styles.medium}>
        <span className={styles.quiet}>{from}</span>
      </Table.Td>
      <Table.Td className={styles.medium}>
        <span className={styles.quiet}>
          <Time at={reported_at} />
        </span>
      </Table.Td>
      <Table.Td>
        {reviewed_at !== null ? (
          <span className={styles.quiet}>
            {reviewed_by}, <Time at={reviewed_at} />
          </span>
        ) : reviewable ? (
          <Button
            size="xs"
            variant="default"
            loading={busy}
            aria-label={`Mark the report of ${user.name} as looked into`}
            onClick={() => onReview(id)}
          >
            Mark
          </Button>
        ) : (
          <span className={styles.quiet}>Not yet</span>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
