import { Button, Group, Stack, TextInput } from '@mantine/core';
import type { CreateApplication, SamlMetadata } from '@countersign/protocol/wire';
import { useState, type FormEvent, type ReactNode } from 'react';
import { Callout } from '../layout/callout.tsx';
import { Failure } from '../layout/failure.tsx';
import { checkName } from './fields.ts';
import { MetadataField } from './metadata-field.tsx';
import { problemAt } from './problem.ts';
import type { Template } from './templates.ts';

/** What has to be known of an application of a template; the rest is in the template. */
export function TemplateForm(props: {
  template: Template;
  busy: boolean;
  error: unknown;
  onSubmit: (values: CreateApplication) => void;
  children?: ReactNode;
}) {
  const { template, busy, error, onSubmit, children } = props;
  const { questions, kind } = template;
  const [name, setName] = useState(template.name);
  const [answers, setAnswers] = useState<Record<string, string>>({});
  const [metadata, setMetadata] = useState<SamlMetadata>();
  const [tried, setTried] = useState(false);
  const refused = problemAt(error, '');
  const problemOf = (question: Template['questions'][number]) => question.check(answers[question.name] ?? '');

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    const wrong = checkName(name) ? 'name' : questions.find(problemOf)?.name;
    if (wrong) return document.getElementById(`application-${wrong}`)?.focus();
    const { saml, ...values } = { ...template.make(answers), name: name.trim() };
    if (!saml) return onSubmit(values);
    const { metadata_url: _, ...chosen } = saml;
    if (metadata) onSubmit({ ...values, saml: { ...chosen, metadata: metadata.metadata } });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="lg">
        {refused !== undefined ? (
          <Callout tone="danger" role="alert" title="The application was not added.">
            {refused}
          </Callout>
        ) : (
          Boolean(error) && <Failure error={error} what="The application was not added." />
        )}
        <TextInput
          id="application-name"
          label="Name"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={tried ? checkName(name) : undefined}
          autoComplete="off"
          required
        />
        {questions.map((question) => (
          <TextInput
            key={question.name}
            id={`application-${question.name}`}
            label={question.label}
            description={question.description}
            value={answers[question.name] ?? ''}
            onChange={(event) => setAnswers({ ...answers, [question.name]: event.currentTarget.value })}
            error={tried ? problemOf(question) : undefined}
            autoComplete="off"
            spellCheck={false}
            required
          />
        ))}
        {kind === 'saml' && (
          <MetadataField
            address={template.make(answers).saml!.metadata_url}
            read={metadata}
            onRead={setMetadata}
          />
        )}
        {kind === 'saml' && tried && !metadata && (
          <Callout tone="warning" role="alert">
            Read the metadata of the application first.
          </Callout>
        )}
        <Group>
          <Button type="submit" loading={busy}>
            Add application
          </Button>
          {children}
        </Group>
      </Stack>
    </form>
  );
}
