import { Button, Group as Row, Table } from '@mantine/core';
import type { Application } from '@countersign/protocol/wire';
import { IconApps, IconPlus } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { ExportButton } from '../layout/export-button.tsx';
import { Page } from '../layout/page.tsx';
import { Tag } from '../layout/tag.tsx';
import { ListView } from '../list/list-view.tsx';
import styles from '../list/list.module.css';
import { SearchBox } from '../list/search-box.tsx';
import { useList } from '../list/use-list.ts';
import { listApplications } from '../server/admin-api.ts';
import { may } from '../session/permissions.ts';
import { useSession } from '../session/session.ts';
import { ApplicationLogo } from './application-logo.tsx';
import { kinds } from './kinds.ts';
import { troubleOf } from './saml-settings.ts';

const route = getRouteApi('/room/applications');

export function ApplicationsPage() {
  const { q } = route.useSearch();
  const navigate = route.useNavigate();
  const { user } = useSession();
  const query = useList(['applications', q], (cursor) => listApplications(q, cursor));
  return (
    <Page
      title="Applications"
      lead="What people find in the User Portal and open from there."
      action={
        <Row gap="sm">
          <ExportButton of="applications" />
          {may(user, 'write_settings') && (
            <Button
              renderRoot={(props) => <Link to="/applications/new" {...props} />}
              leftSection={<IconPlus size={18} aria-hidden />}
            >
              Add application
            </Button>
          )}
        </Row>
      }
    >
      <search className={styles.tools}>
        <div className={styles.search}>
          <SearchBox
            label="Search applications"
            placeholder="Search by name"
            value={q ?? ''}
            onSearch={(words) => void navigate({ search: { q: words.trim() || undefined }, replace: true })}
          />
        </div>
      </search>
      <ListView
        query={query}
        noun={{ one: 'application', many: 'applications' }}
        filtered={q !== undefined}
        empty={{
          icon: <IconApps aria-hidden />,
          title: 'No applications yet',
          description: 'Add what your people use, and they find it in their User Portal.',
        }}
      >
        {(applications) => <ApplicationTable applications={applications} />}
      </ListView>
    </Page>
  );
}

function ApplicationTable({ applications }: { applications: Application[] }) {
  return (
    <div className={styles.frame}>
      <Table className={styles.table} verticalSpacing="sm" horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Name</Table.Th>
            <Table.Th scope="col" className={styles.medium}>
              Address
            </Table.Th>
            <Table.Th scope="col" className={styles.medium}>
              Kind
            </Table.Th>
            <Table.Th scope="col" className={styles.wide}>
              Who may use it
            </Table.Th>
            <Table.Th scope="col">Step-up</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {applications.map((application) => (
            <Table.Tr key={application.id} className={styles.row}>
              <Table.Td>
                <div style={{ display: 'flex', gap: '0.75rem', alignItems: 'center' }}>
                  <ApplicationLogo application={application} />
                  <div>
                    <Link to="/applications/$id" params={{ id: application.id }} className={styles.open}>
                      {application.name}
                    </Link>
                    <span className={`${styles.quiet} ${styles.smallOnly}`}>
                      {kindName(application)}, {application.url}
                    </span>
                    <SamlTrouble application={application} />
                  </div>
                </div>
              </Table.Td>
              <Table.Td className={styles.medium}>
                <span className={styles.quiet}>{application.url}</span>
              </Table.Td>
              <Table.Td className={styles.medium}>{kindName(application)}</Table.Td>
              <Table.Td className={styles.wide}>
                <WhoMayUse application={application} />
              </Table.Td>
              <Table.Td>{application.step_up ? 'Asks' : 'No'}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

const kindName = ({ kind }: Application) => kinds.find(({ id }) => id === kind)!.label;

function WhoMayUse({ application: { access, groups } }: { application: Application }) {
  if (access === 'everyone') return 'Everyone';
  if (groups.length === 0) return <span className={styles.none}>Nobody</span>;
  return groups.map(({ name }) => name).join(', ');
}

/** What an administrator must not learn from those who cannot sign in. */
function SamlTrouble({ application: { saml } }: { application: Application }) {
  const trouble = saml && troubleOf(saml, Date.now());
  return trouble ? <Tag tone={trouble.tone}>{trouble.words}</Tag> : null;
}
