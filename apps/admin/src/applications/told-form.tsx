import { Button, Group, Stack } from '@mantine/core';
import type { Application } from '@countersign/protocol/wire';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { Callout } from '../layout/callout.tsx';
import { useEditing } from '../layout/edited.tsx';
import { Failure } from '../layout/failure.tsx';
import { Section } from '../layout/section.tsx';
import { changeApplication } from '../server/admin-api.ts';
import { PreviewSection } from './preview-section.tsx';
import { problemAt } from './problem.ts';
import { SamlFields } from './saml-fields.tsx';
import { samlDraftOf } from './saml-settings.ts';

/** What a service provider is told, with a preview of it beside what is being chosen. */
export function ToldForm(props: {
  application: Application;
  act: string;
  onSaved: (application: Application) => void;
}) {
  const { application, act, onSaved } = props;
  const { id } = application;
  const client = useQueryClient();
  const { saved } = useEditing();
  const [draft, setDraft] = useState(() => samlDraftOf(application.saml!));
  const save = useMutation({
    mutationFn: () => changeApplication(application, { saml: draft }),
    onSuccess: (changed) => {
      saved();
      client.setQueryData(['application', id], changed);
      onSaved(changed);
    },
  });
  const problem = (member: string) => problemAt(save.error, `/saml/${member}`);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  // Some are of fields that are folded away.
  const overall = problemAt(save.error, '/saml');
  const { name_id_format, name_id_source, attributes } = draft;
  return (
    <>
      <Section title="What it is told">
        <form onSubmit={submit} noValidate>
          <Stack gap="lg">
            {overall !== undefined ? (
              <Callout tone="danger" role="alert" title="It was not saved.">
                {overall}
              </Callout>
            ) : (
              save.error && <Failure error={save.error} what="It was not saved." />
            )}
            <SamlFields draft={draft} onChange={setDraft} problem={problem} />
            <Group>
              <Button type="submit" loading={save.isPending}>
                {act}
              </Button>
            </Group>
          </Stack>
        </form>
      </Section>
      <PreviewSection
        id={id}
        // What is half typed cannot be told yet.
        saml={{
          name_id_format,
          name_id_source,
          attributes: attributes.filter(({ name, value }) => name !== '' && value !== ''),
        }}
      />
    </>
  );
}
