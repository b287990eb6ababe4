import { Anchor, List, Text } from '@mantine/core';
import type { UserDetail } from '@countersign/protocol/wire';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Failure } from '../layout/failure.tsx';
import { Section } from '../layout/section.tsx';
import { listGroupsOfPerson } from '../server/admin-api.ts';

export function PersonGroups({ person }: { person: UserDetail }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['groups of', person.id],
    queryFn: () => listGroupsOfPerson(person.id),
  });
  return (
    <Section title="Groups">
      {error && <Failure error={error} what="The groups could not be loaded." retry={refetch} />}
      {data?.length === 0 && (
        <Text c="var(--cs-text-quiet)">In none. People are put into a group on its own page.</Text>
      )}
      {data && data.length > 0 && (
        <List>
          {data.map(({ id, name }) => (
            <List.Item key={id}>
              <Anchor renderRoot={(link) => <Link to="/groups/$id" params={{ id }} {...link} />}>
                {name}
              </Anchor>
            </List.Item>
          ))}
        </List>
      )}
    </Section>
  );
}
