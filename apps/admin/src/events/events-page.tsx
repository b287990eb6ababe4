import { Button } from '@mantine/core';
import { IconHistory, IconRefresh } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { Page } from '../layout/page.tsx';
import { ListView } from '../list/list-view.tsx';
import listStyles from '../list/list.module.css';
import { SearchBox } from '../list/search-box.tsx';
import { useList } from '../list/use-list.ts';
import { listEvents } from '../server/admin-api.ts';
import { EventItem } from './event-item.tsx';
import styles from './events.module.css';

const route = getRouteApi('/room/events');

export function EventsPage() {
  const { q } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useList(['events', q], (cursor) => listEvents(q, cursor));
  return (
    <Page
      title="Events"
      lead="Everything that happened, newest first. Open one to see where it came from and what it changed."
      action={
        <Button
          variant="default"
          leftSection={<IconRefresh size={18} aria-hidden />}
          loading={query.isRefetching}
          onClick={() => void query.refetch()}
        >
          Refresh
        </Button>
      }
    >
      <search className={listStyles.tools}>
        <div className={listStyles.search}>
          <SearchBox
            label="Search events"
            placeholder="Search by login name, address or type, such as push"
            value={q ?? ''}
            onSearch={(words) => void navigate({ search: { q: words.trim() || undefined }, replace: true })}
          />
        </div>
      </search>
      <ListView
        query={query}
        noun={{ one: 'event', many: 'events' }}
        filtered={q !== undefined}
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
