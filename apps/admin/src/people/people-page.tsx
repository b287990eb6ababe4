import { Button, Group, Select } from '@mantine/core';
import { IconUpload, IconUserPlus, IconUsers } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { ExportButton } from '../layout/export-button.tsx';
import { Page } from '../layout/page.tsx';
import { FilterBox } from '../list/filter-box.tsx';
import { ListView } from '../list/list-view.tsx';
import listStyles from '../list/list.module.css';
import { SearchBox } from '../list/search-box.tsx';
import { useList } from '../list/use-list.ts';
import { listPeople, type PeopleFilter } from '../server/admin-api.ts';
import { may } from '../session/permissions.ts';
import { useSession } from '../session/session.ts';
import { BulkBar } from './bulk/bulk-bar.tsx';
import { useSelection } from './bulk/use-selection.ts';
import { PeopleTabs } from './people-tabs.tsx';
import { PeopleTable } from './people-table.tsx';
import { roleNames, roles, stateNames, states } from './words.ts';

const route = getRouteApi('/room/people');

export function PeoplePage() {
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const { user } = useSession();
  const query = useList(['people', filter], (cursor) => listPeople(filter, cursor));
  const selection = useSelection(filter);
  const mayAct = may(user, 'help');
  const narrow = (change: PeopleFilter) =>
    void navigate({ search: (now: PeopleFilter) => ({ ...now, ...change }), replace: true });
  const filtered = Object.values(filter).some((value) => value !== undefined);

  return (
    <Page
      title="People"
      lead="Everybody who can sign in here, and how they prove who they are."
      action={
        <Group gap="sm">
          <ExportButton of="users" />
          {may(user, 'write_users') && (
            <>
              <Button
                variant="default"
                renderRoot={(props) => <Link to="/people/import" {...props} />}
                leftSection={<IconUpload size={18} aria-hidden />}
              >
                Import
              </Button>
              <Button
                renderRoot={(props) => <Link to="/people/new" {...props} />}
                leftSection={<IconUserPlus size={18} aria-hidden />}
              >
                Add person
              </Button>
            </>
          )}
        </Group>
      }
    >
      <PeopleTabs />
      <search className={listStyles.tools}>
        <div className={listStyles.search}>
          <SearchBox
            label="Search people"
            placeholder="Search by name, login name or e-mail"
            value={filter.q ?? ''}
            onSearch={(words) => narrow({ q: words.trim() || undefined })}
          />
        </div>
        <Select
          className={listStyles.filter}
          aria-label="State"
          placeholder="Any state"
          data={states.map((value) => ({ value, label: stateNames[value] }))}
          value={filter.state ?? null}
          onChange={(value) => narrow({ state: value ?? undefined })}
          clearable
        />
        <Select
          className={listStyles.filter}
          aria-label="Role"
          placeholder="Any role"
          data={roles.map((value) => ({ value, label: roleNames[value] }))}
          value={filter.role ?? null}
          onChange={(value) => narrow({ role: value ?? undefined })}
          clearable
        />
        <FilterBox
          label="No second factor"
          checked={filter.without_factor === true}
          onChange={(without_factor) => narrow({ without_factor })}
        />
        <FilterBox
          label="Locked"
          checked={filter.factor_locked === true}
          onChange={(factor_locked) => narrow({ factor_locked })}
        />
      </search>
      <ListView
        query={query}
        noun={{ one: 'person', many: 'people' }}
        filtered={filtered}
        empty={{
          icon: <IconUsers aria-hidden />,
          title: 'Nobody yet',
          description: 'Add the first person with an initial password, or invite them by mail.',
        }}
      >
        {(people) => <PeopleTable people={people} selection={mayAct ? selection : undefined} />}
      </ListView>
      {mayAct && <BulkBar selection={selection} hasMore={query.hasNextPage} />}
    </Page>
  );
}
