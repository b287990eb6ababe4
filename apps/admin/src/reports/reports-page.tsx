import { Select, Table } from '@mantine/core';
import type { AppReport } from '@countersign/protocol/wire';
import { IconReportAnalytics } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { Callout } from '../layout/callout.tsx';
import { Page } from '../layout/page.tsx';
import { ListView } from '../list/list-view.tsx';
import styles from '../list/list.module.css';
import { useList } from '../list/use-list.ts';
import { listReports } from '../server/admin-api.ts';
import { averageInWords, kinds, nameInWords, platforms } from './words.ts';

const route = getRouteApi('/room/reports');

/** What apps tell of how they fare: counters, of nobody in particular. */
export function ReportsPage() {
  const { kind } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useList(['reports', kind], (cursor) => listReports(kind, cursor));
  return (
    <Page title="App reports" lead="How the authenticator apps fare, as counts of a day, newest day first.">
      <div className={styles.note}>
        <Callout tone="info" title="What is never in them">
          No name, no account, no address, no device and no id: reports are added up as they come, and what an
          app sends beside the counts is dropped. Whoever uses the app can switch either kind off in it.
          Counts are kept for 90 days.
        </Callout>
      </div>
      <search className={styles.tools}>
        <Select
          className={styles.filter}
          label="Kind"
          placeholder="Both"
          data={kinds}
          value={kind ?? null}
          onChange={(chosen) =>
            void navigate({
              search: { kind: kinds.find(({ value }) => value === chosen)?.value },
              replace: true,
            })
          }
          clearable
        />
      </search>
      <ListView
        query={query}
        noun={{ one: 'count', many: 'counts' }}
        filtered={kind !== undefined}
        empty={{
          icon: <IconReportAnalytics aria-hidden />,
          title: 'No reports yet',
          description:
            'Apps send them now and then, where the person who uses one has left that switched on.',
        }}
      >
        {(reports) => <ReportTable reports={reports} />}
      </ListView>
    </Page>
  );
}

const keyOf = ({ day, kind, name, platform, app_version, code }: AppReport): string =>
  [day, kind, name, platform, app_version, code].join(' ');

function ReportTable({ reports }: { reports: AppReport[] }) {
  return (
    <div className={styles.frame}>
      <Table className={styles.table} verticalSpacing="sm" horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">What</Table.Th>
            <Table.Th scope="col">Count</Table.Th>
            <Table.Th scope="col" className={styles.medium}>
              Took on average
            </Table.Th>
            <Table.Th scope="col" className={styles.medium}>
              App
            </Table.Th>
            <Table.Th scope="col">Day</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {reports.map((report) => (
            <Table.Tr key={keyOf(report)}>
              <Table.Td>
                {nameInWords(report.name)}
                {report.code !== null && (
                  <span className={styles.quiet}>
                    <code>{report.code}</code>
                  </span>
                )}
                <span className={`${styles.quiet} ${styles.smallOnly}`}>
                  {[averageInWords(report), appOf(report)].filter(Boolean).join(' · ')}
                </span>
              </Table.Td>
              <Table.Td>{report.count.toLocaleString()}</Table.Td>
              <Table.Td className={styles.medium}>{averageInWords(report) ?? '–'}</Table.Td>
              <Table.Td className={styles.medium}>{appOf(report)}</Table.Td>
              <Table.Td className={styles.whole}>{report.day}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

const appOf = ({ platform, app_version }: AppReport): string => `${platforms[platform]} ${app_version}`;
