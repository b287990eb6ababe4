import { Group as Row, Select } from '@mantine/core';
import { IconServer2 } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { ExportButton } from '../layout/export-button.tsx';
import { Page } from '../layout/page.tsx';
import { FilterBox } from '../list/filter-box.tsx';
import { ListView } from '../list/list-view.tsx';
import listStyles from '../list/list.module.css';
import { SearchBox } from '../list/search-box.tsx';
import { useList } from '../list/use-list.ts';
import { listHosts, type HostFilter } from '../server/admin-api.ts';
import { DeviceTabs } from './device-tabs.tsx';
import { HostGroupPicker } from './host-group-picker.tsx';
import { HostTable } from './host-table.tsx';
import { JoinButton } from './join-dialog.tsx';
import { hostStateNames, hostStates } from './words.ts';

const route = getRouteApi('/room/devices');

export function HostsPage() {
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const query = useList(['hosts', filter], (cursor) => listHosts(filter, cursor));
  const narrow = (change: HostFilter) =>
    void navigate({ search: (now: HostFilter) => ({ ...now, ...change }), replace: true });
  const filtered = Object.values(filter).some((value) => value !== undefined);
  return (
    <Page
      title="Devices"
      lead="The machines whose logins (ssh, sudo, console) are approved on the phone."
      action={
        <Row gap="sm">
          <ExportButton of="hosts" />
          <JoinButton />
        </Row>
      }
    >
      <DeviceTabs />
      <search className={listStyles.tools}>
        <div className={listStyles.search}>
          <SearchBox
            label="Search hosts"
            placeholder="Search by name"
            value={filter.q ?? ''}
            onSearch={(words) => narrow({ q: words.trim() || undefined })}
          />
        </div>
        <HostGroupPicker
          className={listStyles.filter}
          label="Host group"
          isLabelShown={false}
          placeholder="Any host group"
          value={filter.group_id ?? null}
          onChange={(group) => narrow({ group_id: group?.id })}
          clearable
        />
        <Select
          className={listStyles.filter}
          aria-label="State"
          placeholder="Any state"
          data={hostStates.map((value) => ({ value, label: hostStateNames[value] }))}
          value={filter.state ?? null}
          onChange={(value) => narrow({ state: value ?? undefined })}
          clearable
        />
        <FilterBox
          label="Not heard of lately"
          checked={filter.silent === true}
          onChange={(silent) => narrow({ silent })}
        />
      </search>
      <ListView
        query={query}
        noun={{ one: 'host', many: 'hosts' }}
        filtered={filtered}
        empty={{
          icon: <IconServer2 aria-hidden />,
          title: 'No hosts yet',
          description:
            'Add a host group, which says who may log in and what is asked. Then join the first host to it.',
        }}
      >
        {(hosts) => <HostTable hosts={hosts} />}
      </ListView>
    </Page>
  );
}
