import { Button, Group, Menu, Switch, VisuallyHidden } from '@mantine/core';
import { IconDownload, IconHistory, IconRefresh } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { Page } from '../layout/page.tsx';
import { ListView } from '../list/list-view.tsx';
import listStyles from '../list/list.module.css';
import { useList } from '../list/use-list.ts';
import { eventFile, listEvents } from '../server/admin-api.ts';
import { EventFilters } from './event-filters.tsx';
import { EventItem } from './event-item.tsx';
import styles from './events.module.css';
import { filterOf, isNarrowed, type EventSearch } from './search.ts';
import { useLiveEvents } from './use-live-events.ts';

const route = getRouteApi('/room/events');

export function EventsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const filter = filterOf(search);
  const query = useList(['events', filter], (cursor) => listEvents(filter, cursor));
  const live = search.live === true;
  const { fresh, isOpen } = useLiveEvents(filter, live, () => void query.refetch());
  const listed = new Set(query.items.map(({ id }) => id));
  const shown = { ...query, items: [...fresh.filter(({ id }) => !listed.has(id)), ...query.items] };
  const narrow = (change: EventSearch) =>
    void navigate({ search: (now: EventSearch) => ({ ...now, ...change }), replace: true });
  return (
    <Page
      title="Events"
      lead="Everything that happened, newest first. Open one to see where it came from and what it changed."
      action={
        <Group gap="sm">
          <Switch
            label="Live"
            checked={live}
            onChange={(event) => narrow({ live: event.currentTarget.checked || undefined })}
          />
          {!live && (
            <Button
              variant="default"
              leftSection={<IconRefresh size={18} aria-hidden />}
              loading={query.isRefetching}
              onClick={() => void query.refetch()}
            >
              Refresh
            </Button>
          )}
          <Menu position="bottom-end">
            <Menu.Target>
              <Button variant="default" leftSection={<IconDownload size={18} aria-hidden />}>
                Export
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item component="a" href={eventFile(filter, 'csv')} download>
                As CSV, for a spreadsheet
              </Menu.Item>
              <Menu.Item component="a" href={eventFile(filter, 'jsonl')} download>
                As JSON lines, for programs
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </Group>
      }
    >
      <EventFilters search={search} onChange={narrow} />
      {live && (
        <p className={styles.live} data-open={isOpen}>
          {isOpen ? 'New events appear by themselves.' : 'Connecting…'}
        </p>
      )}
      <VisuallyHidden role="status">
        {fresh.length > 0 ? `${fresh.length} new since you follow` : ''}
      </VisuallyHidden>
      <ListView
        query={shown}
        noun={{ one: 'event', many: 'events' }}
        filtered={isNarrowed(search)}
        empty={{
          icon: <IconHistory aria-hidden />,
          title: 'Nothing has happened yet',
          description: 'Sign-ins, changes and refusals appear here.',
        }}
      >
        {(events) => (
          <ul className={`${listStyles.frame} ${styles.list}`}>
            {events.map((event) => (
              <EventItem key={event.id} event={event} />
            ))}
          </ul>
        )}
      </ListView>
    </Page>
  );
}
