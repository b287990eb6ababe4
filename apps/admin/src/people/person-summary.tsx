import { DataList } from '@mantine/core';
import type { UserDetail } from '@countersign/protocol/wire';
import type { ReactNode } from 'react';
import { Section } from '../layout/section.tsx';
import { Time } from '../layout/time.tsx';
import { StateBadge } from './state-badge.tsx';
import { factorNames, pushReason, roleNames } from './words.ts';

export function PersonSummary({ person }: { person: UserDetail }) {
  const factors = factorNames(person);
  return (
    <Section title="At a glance">
      <DataList size="md" gap="xs" labelWidth="9rem">
        <Fact label="State">
          <StateBadge user={person} />
        </Fact>
        <Fact label="Login name">{person.login}</Fact>
        <Fact label="E-mail address">{person.email}</Fact>
        <Fact label="Role">{roleNames[person.role]}</Fact>
        <Fact label="Second factor">{factors.length > 0 ? factors.join(', ') : 'None yet'}</Fact>
        <Fact label="Mobile push">
          {person.push.enabled ? 'On' : 'Off'}, {pushReason(person).toLowerCase()}
        </Fact>
        <Fact label="Last sign-in">
          {person.last_sign_in_at === null ? 'Never' : <Time at={person.last_sign_in_at} />}
        </Fact>
        <Fact label="Added">
          <Time at={person.created_at} precise />
        </Fact>
      </DataList>
    </Section>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <DataList.Item>
      <DataList.ItemLabel>{label}</DataList.ItemLabel>
      <DataList.ItemValue>{children}</DataList.ItemValue>
    </DataList.Item>
  );
}
