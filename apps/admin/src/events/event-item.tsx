import { Anchor, DataList, Group, Table } from '@mantine/core';
import type { Event } from '@countersign/protocol/wire';
import { IconAlertTriangle, IconChevronRight } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Datum } from '../layout/datum.tsx';
import { Time } from '../layout/time.tsx';
import { settingName } from '../settings/fields.ts';
import { changesBetween, valueInWords, wordsOf } from './changes.ts';
import styles from './events.module.css';
import type { EventSearch } from './search.ts';
import { detailInWords, eventName, isAlarming, peopleInWords } from './words.ts';

/** One line of the log, which opens to everything that is known of it. `since`: seconds after the first of several. */
export function EventItem({ event, since }: { event: Event; since?: string }) {
  const [opened, setOpened] = useState(false);
  const from = [event.client, event.ip].filter((part) => part !== null).join(' · ');
  return (
    <li className={styles.item}>
      <details onToggle={(toggled) => setOpened(toggled.currentTarget.open)}>
        <summary className={styles.summary}>
          <IconChevronRight size={16} className={styles.chevron} aria-hidden />
          <span className={styles.what} data-alarming={isAlarming(event)}>
            {isAlarming(event) && <IconAlertTriangle size={16} aria-hidden />}
            {eventName(event)}
          </span>
          <span className={styles.who}>{peopleInWords(event)}</span>
          <span className={styles.from}>{from}</span>
          <span className={styles.when}>{since === undefined ? <Time at={event.at} /> : `+${since} s`}</span>
        </summary>
        {opened && <EventDetails event={event} />}
      </details>
    </li>
  );
}

function EventDetails({ event }: { event: Event }) {
  const { before, after, ...others } = event.details as Record<string, unknown>;
  const changes = changesBetween(before, after);
  return (
    <div className={styles.details}>
      <DataList size="sm" gap={6} labelWidth="8rem">
        <Datum label="Time">
          <Time at={event.at} precise />
        </Datum>
        <Datum label="Type">
          <code>{event.type}</code>
        </Datum>
        <Datum label="About">{event.user ? <Person person={event.user} /> : 'nobody in particular'}</Datum>
        <Datum label="Done by">
          {event.actor ? <Person person={event.actor} /> : 'the system, or somebody unknown'}
        </Datum>
        <Datum label="Address">{event.ip ?? 'not known'}</Datum>
        <Datum label="Browser">{event.client ?? 'not known'}</Datum>
        {Object.entries(others).map(([name, value]) => (
          <Datum key={name} label={wordsOf(name)}>
            {detailInWords(event, name, value)}
          </Datum>
        ))}
      </DataList>
      <More event={event} />
      {changes.length > 0 && (
        <Table className={styles.changes} withTableBorder withColumnBorders mt="md">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">What</Table.Th>
              {before !== undefined && <Table.Th scope="col">Before</Table.Th>}
              <Table.Th scope="col">After</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {changes.map((change) => (
              <Table.Tr key={change.path}>
                <Table.Th scope="row">{settingName(change.path) ?? wordsOf(change.path)}</Table.Th>
                {before !== undefined && <Table.Td>{valueInWords(change.before)}</Table.Td>}
                <Table.Td>{valueInWords(change.after)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </div>
  );
}

/** Other events that have to do with it. */
function More({ event: { user, ip, authentication_id: id } }: { event: Event }) {
  const to = (search: EventSearch) => (props: object) => <Link to="/events" search={search} {...props} />;
  return (
    <Group gap="md" mt="sm">
      {id !== null && (
        <Anchor
          size="sm"
          renderRoot={(props) => <Link to="/events/authentication/$id" params={{ id }} {...props} />}
        >
          The whole authentication
        </Anchor>
      )}
      {user && (
        <Anchor size="sm" renderRoot={to({ user: user.id })}>
          Events about {user.login}
        </Anchor>
      )}
      {ip !== null && (
        <Anchor size="sm" renderRoot={to({ ip })}>
          Events from {ip}
        </Anchor>
      )}
    </Group>
  );
}

/** Who acts at the server's command line is nobody in the organisation, and has no page. */
const operatorId = 'operator';

function Person({ person }: { person: NonNullable<Event['user']> }) {
  if (person.id === operatorId) return 'the operator, at the command line';
  return (
    <Anchor inherit renderRoot={(props) => <Link to="/people/$id" params={{ id: person.id }} {...props} />}>
      {person.login}
    </Anchor>
  );
}
