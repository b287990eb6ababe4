import { Skeleton, Stack } from '@mantine/core';
import { isProblem } from '@countersign/ui/api';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { AboveLink } from '../layout/above-link.tsx';
import { Edited } from '../layout/edited.tsx';
import { Failure } from '../layout/failure.tsx';
import { Page } from '../layout/page.tsx';
import { may, mayTouch } from '../session/permissions.ts';
import { useSession } from '../session/session.ts';
import { PersonActs } from './person-acts.tsx';
import { PersonDevices } from './person-devices.tsx';
import { PersonEnrolment } from './person-enrolment.tsx';
import { PersonForm } from './person-form.tsx';
import { PersonGroups } from './person-groups.tsx';
import { personQuery } from './person-query.ts';
import { PersonSummary } from './person-summary.tsx';

const route = getRouteApi('/room/people/$id');

export function PersonPage() {
  const { id } = route.useParams();
  const { data: person, error, isPending, refetch } = useQuery(personQuery(id));
  const { user: me } = useSession();
  const above = <AboveLink to="/people">People</AboveLink>;

  if (isPending) {
    return (
      <Page title="Person" above={above} narrow>
        <Stack role="status" aria-label="Loading the person">
          <Skeleton height={120} />
          <Skeleton height={280} />
        </Stack>
      </Page>
    );
  }
  if (!person) {
    return isProblem(error, 'not_found') ? (
      <Page title="Nobody here" above={above} lead="There is no person at this address." narrow>
        {null}
      </Page>
    ) : (
      <Page title="Person" above={above} narrow>
        <Failure error={error} what="The person could not be loaded." retry={refetch} />
      </Page>
    );
  }

  const touchable = mayTouch(me, person);
  return (
    <Page title={person.name} above={above} narrow key={person.id}>
      <PersonSummary person={person} />
      {touchable && may(me, 'write_users') && (
        <Edited
          thing={person}
          part={({ name, email, role, push }) => [name, email, role, push.override]}
          changes={{ type: 'user.changed', user: person.id }}
        >
          {(opened) => <PersonForm person={opened} />}
        </Edited>
      )}
      <PersonGroups person={person} />
      <PersonEnrolment person={person} />
      <PersonDevices person={person} removable={touchable && may(me, 'help')} />
      <PersonActs person={person} />
    </Page>
  );
}
