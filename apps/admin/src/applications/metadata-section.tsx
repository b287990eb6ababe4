import { Button, Group, Stack } from '@mantine/core';
import type { Application, SamlMetadata } from '@countersign/protocol/wire';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Callout } from '../layout/callout.tsx';
import { Failure } from '../layout/failure.tsx';
import { useNotices } from '../layout/notice.tsx';
import { Section } from '../layout/section.tsx';
import { changeApplication } from '../server/admin-api.ts';
import { MetadataField } from './metadata-field.tsx';
import { problemAt } from './problem.ts';
import { ServiceProviderFacts } from './service-provider-facts.tsx';

/** What is registered of a service provider; `mayChange`: with others in its place, when its certificate changes. */
export function MetadataSection({
  application,
  mayChange,
}: {
  application: Application;
  mayChange: boolean;
}) {
  const { id } = application;
  const saml = application.saml!;
  const client = useQueryClient();
  const { say } = useNotices();
  const [replacing, setReplacing] = useState(false);
  const [read, setRead] = useState<SamlMetadata>();
  const save = useMutation({
    mutationFn: ({ metadata }: SamlMetadata) => changeApplication(application, { saml: { metadata } }),
    onSuccess: (changed) => {
      client.setQueryData(['application', id], changed);
      setReplacing(false);
      setRead(undefined);
      say('The metadata were replaced.');
    },
  });
  const problem = problemAt(save.error, '/saml');
  return (
    <Section title="Metadata" lead="What the application says of itself, as it was registered.">
      <Stack gap="md">
        {saml.problem === null ? (
          <ServiceProviderFacts said={saml} />
        ) : (
          <Callout tone="danger" title="These metadata cannot be read any more: nobody can sign in to it.">
            {saml.problem} Register its present metadata.
          </Callout>
        )}
        {mayChange && !replacing && (
          <div>
            <Button variant="default" onClick={() => setReplacing(true)}>
              Replace the metadata
            </Button>
          </div>
        )}
        {replacing && (
          <>
            <MetadataField read={read} onRead={setRead} />
            {read && read.entity_id !== saml.entity_id && (
              <Callout tone="warning" title="These are of another entity id.">
                Until now it was {saml.entity_id}. Go on only if the application was renamed.
              </Callout>
            )}
            {problem !== undefined ? (
              <Callout tone="danger" role="alert" title="The metadata were not replaced.">
                {problem}
              </Callout>
            ) : (
              save.error && <Failure error={save.error} what="The metadata were not replaced." />
            )}
            <Group>
              <Button disabled={!read} loading={save.isPending} onClick={() => read && save.mutate(read)}>
                Register these
              </Button>
              <Button variant="default" onClick={() => setReplacing(false)}>
                Cancel
              </Button>
            </Group>
          </>
        )}
      </Stack>
    </Section>
  );
}
