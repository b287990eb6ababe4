import { Code, Select, Stack, Text } from '@mantine/core';
import type { PreviewApplication } from '@countersign/protocol/wire';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Callout } from '../layout/callout.tsx';
import { Failure } from '../layout/failure.tsx';
import { Section } from '../layout/section.tsx';
import { listPeople, previewApplication } from '../server/admin-api.ts';
import { problemAt } from './problem.ts';

/** What the application would be told of somebody, with settings that need not be kept yet. */
export function PreviewSection({ id, saml }: { id: string; saml?: PreviewApplication['saml'] }) {
  const [search, setSearch] = useState('');
  const [userId, setUserId] = useState<string | null>(null);
  const people = useQuery({
    queryKey: ['people', 'choice', search],
    queryFn: () => listPeople({ q: search }),
    placeholderData: keepPreviousData,
  });
  const preview = useQuery({
    queryKey: ['preview', id, userId, saml],
    queryFn: () => previewApplication(id, { user_id: userId!, ...(saml === undefined ? {} : { saml }) }),
    enabled: userId !== null,
    placeholderData: keepPreviousData,
    retry: false,
  });
  const problem = problemAt(preview.error, '/saml');
  return (
    <Section
      title="Preview"
      lead={
        saml === undefined
          ? 'What an ID token says of a person, where the application asks for all scopes.'
          : 'What the application would be told of a person, with what is chosen here, saved or not.'
      }
    >
      <Stack gap="md">
        <Select
          label="Person"
          placeholder="Search by name or login name"
          data={(people.data?.items ?? []).map(({ id: value, name, login }) => ({
            value,
            label: `${name} (${login})`,
          }))}
          // The server searches.
          filter={({ options }) => options}
          searchable
          searchValue={search}
          onSearchChange={setSearch}
          value={userId}
          onChange={setUserId}
          nothingFoundMessage="Nobody is found."
        />
        {problem !== undefined ? (
          <Callout tone="warning">{problem}</Callout>
        ) : (
          preview.error && (
            <Failure error={preview.error} what="There is no preview." retry={preview.refetch} />
          )
        )}
        {preview.data && !preview.error && (
          <Stack gap="sm" role="status" aria-label="What it is told">
            {preview.data.name_id && (
              <Told
                name={`NameID (${preview.data.name_id.format.split(':').at(-1)})`}
                values={[preview.data.name_id.value]}
              />
            )}
            {preview.data.attributes.map(({ name, values }) => (
              <Told key={name} name={name} values={values} />
            ))}
          </Stack>
        )}
      </Stack>
    </Section>
  );
}

function Told({ name, values }: { name: string; values: string[] }) {
  return (
    <div>
      <Text fw={600} size="sm" style={{ overflowWrap: 'anywhere' }}>
        {name}
      </Text>
      {values.length === 0 ? (
        <Text size="sm" c="var(--cs-text-quiet)">
          nothing
        </Text>
      ) : (
        values.map((value) => (
          <div key={value}>
            <Code style={{ overflowWrap: 'anywhere' }}>{value}</Code>
          </div>
        ))
      )}
    </div>
  );
}
