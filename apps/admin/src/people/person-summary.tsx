import { DataList } from '@mantine/core';
import type { UserDetail } from '@countersign/protocol/wire';
import { Datum } from '../layout/datum.tsx';
import { Section } from '../layout/section.tsx';
import { Time } from '../layout/time.tsx';
import { StateBadge } from './state-badge.tsx';
import { factorNames, pushReason, roleNames } from './words.ts';

export function PersonSummary({ person }: { person: UserDetail }) {
  const factors = factorNames(person);
  return (
    <Section title="At a glance">
      <DataList size="md" gap="xs" labelWidth="9rem">
        <Datum label="State">
          <StateBadge user={person} />
        </Datum>
        {person.delete_at !== null && (
          <Datum label="Gone for good">
            <Time at={person.delete_at} precise />
          </Datum>
        )}
        <Datum label="Login name">{person.login}</Datum>
        <Datum label="E-mail address">{person.email}</Datum>
        <Datum label="Role">{roleNames[person.role]}</Datum>
        <Datum label="Second factor">{factors.length > 0 ? factors.join(', ') : 'None yet'}</Datum>
        <Datum label="Mobile push">
          {person.push.enabled ? 'On' : 'Off'}, {pushReason(person).toLowerCase()}
        </Datum>
        <Datum label="Last sign-in">
          {person.last_sign_in_at === null ? 'Never' : <Time at={person.last_sign_in_at} />}
        </Datum>
        <Datum label="Added">
          <Time at={person.created_at} precise />
        </Datum>
      </DataList>
    </Section>
  );
}
