import { DataList } from '@mantine/core';
import type { Event } from '@countersign/protocol/wire';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { AboveLink } from '../layout/above-link.tsx';
import { Datum } from '../layout/datum.tsx';
import { OnePage } from '../layout/one-page.tsx';
import { Page } from '../layout/page.tsx';
import { Section } from '../layout/section.tsx';
import { Time } from '../layout/time.tsx';
import listStyles from '../list/list.module.css';
import { listStepsOf } from '../server/admin-api.ts';
import { EventItem } from './event-item.tsx';
import styles from './events.module.css';
import { endOf, methodsInWords, secondsBetween } from './steps.ts';
import { eventName } from './words.ts';

const route = getRouteApi('/room/events/authentication/$id');
const above = <AboveLink to="/events">Events</AboveLink>;

/** One authentication from its beginning to its end: what was asked, why, and everything that was tried. */
export function AuthenticationPage() {
  const { id } = route.useParams();
  const query = useQuery({ queryKey: ['events', 'authentication', id], queryFn: () => listStepsOf(id) });
  return (
    <OnePage query={query} noun="authentication" above={above}>
      {(steps) =>
        steps.length === 0 ? (
          <Page title="Nothing here" above={above} lead="No event is left of this authentication." narrow>
            {null}
          </Page>
        ) : (
          <Steps steps={steps} />
        )
      }
    </OnePage>
  );
}

function Steps({ steps }: { steps: Event[] }) {
  const [first] = steps as [Event];
  const { reason, amr } = first.details as { reason?: string; amr?: string[] };
  const end = endOf(steps);
  const login = first.user?.login ?? 'somebody unknown';
  return (
    <Page title={`Authentication of ${login}`} above={above} narrow>
      <Section title="What was asked">
        <DataList size="sm" gap={6} labelWidth="8rem">
          <Datum label="What">{eventName(first)}</Datum>
          <Datum label="Begun">
            <Time at={first.at} precise />
          </Datum>
          <Datum label="From">{[first.client, first.ip].filter(Boolean).join(' · ') || 'not known'}</Datum>
          {amr && <Datum label="On the strength of">{methodsInWords(amr)}</Datum>}
          {reason !== undefined && <Datum label="A second factor">{`was asked for since ${reason}`}</Datum>}
          <Datum label="How it ended">
            {end
              ? `${eventName(end)}, after ${secondsBetween(first, end)} s`
              : 'It has not ended, or its time ran out.'}
          </Datum>
        </DataList>
      </Section>
      <Section title="Step by step" lead="From the first to the last.">
        <ol className={`${listStyles.frame} ${styles.list}`}>
          {steps.map((step) => (
            <EventItem key={step.id} event={step} since={secondsBetween(first, step)} />
          ))}
        </ol>
      </Section>
    </Page>
  );
}
