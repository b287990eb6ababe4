import { Button, Group, Stack, Switch, TextInput } from '@mantine/core';
import type { Application, CreateApplication, SamlMetadata } from '@countersign/protocol/wire';
import { useState, type FormEvent, type ReactNode } from 'react';
import { Callout } from '../layout/callout.tsx';
import { Failure } from '../layout/failure.tsx';
import { explain } from '../server/explain.ts';
import { checkName, checkUrl } from './fields.ts';
import { MetadataField } from './metadata-field.tsx';
import { draftOf, OidcFields, settingsOf } from './oidc-fields.tsx';
import { problemAt } from './problem.ts';

/**
 * What an application is; the same form for a new one and one that is there. Of a new service provider the metadata are
 * read; what it is told is chosen afterwards.
 */
export function ApplicationForm(props: {
  application?: Application;
  act: string;
  busy: boolean;
  error: unknown;
  kind: Application['kind'];
  onSubmit: (values: CreateApplication) => void;
  children?: ReactNode;
}) {
  const { application, kind, act, busy, error, onSubmit, children } = props;
  const [name, setName] = useState(application?.name ?? '');
  const [url, setUrl] = useState(application?.url ?? '');
  const [stepUp, setStepUp] = useState(application?.step_up ?? false);
  const [oidc, setOidc] = useState(() => draftOf(application?.oidc ?? undefined));
  const [metadata, setMetadata] = useState<SamlMetadata>();
  const [tried, setTried] = useState(false);
  const refused = error ? explain(error) : undefined;
  const problems = { name: checkName(name), url: checkUrl(url) };
  const isNewProvider = kind === 'saml' && !application;
  const samlProblem = problemAt(error, '/saml');

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    const wrong = problems.name ? 'name' : problems.url ? 'url' : undefined;
    if (wrong) return document.getElementById(`application-${wrong}`)?.focus();
    const values = { name: name.trim(), url: url.trim(), step_up: stepUp };
    if (isNewProvider) {
      if (metadata) onSubmit({ ...values, saml: { metadata: metadata.metadata } });
    } else onSubmit(kind === 'oidc' ? { ...values, oidc: settingsOf(oidc) } : values);
  };
  return (
    <>
      {refused && Object.keys(refused.fields).length === 0 && (
        <Failure error={error} what="The application was not saved." />
      )}
      <form onSubmit={submit} noValidate>
        <Stack gap="lg">
          <TextInput
            id="application-name"
            label="Name"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={refused?.fields['name'] ?? (tried ? problems.name : undefined)}
            autoComplete="off"
            required
          />
          <TextInput
            id="application-url"
            label="Address"
            description="Where it leads, such as https://wiki.example.com."
            type="url"
            value={url}
            onChange={(event) => setUrl(event.currentTarget.value)}
            error={refused?.fields['url'] ?? (tried ? problems.url : undefined)}
            autoComplete="off"
            spellCheck={false}
            required
          />
          <Switch
            label="Ask for a step-up before it opens"
            description={
              kind !== 'bookmark'
                ? 'People confirm with their second factor again, unless they did in the last five minutes.'
                : 'People confirm with their second factor again, unless they did in the last five minutes. It guards the way from the User Portal only: who knows the address can go there without it.'
            }
            checked={stepUp}
            onChange={(event) => setStepUp(event.currentTarget.checked)}
          />
          {kind === 'oidc' && (
            <OidcFields
              draft={oidc}
              onChange={setOidc}
              problem={(member) => problemAt(error, `/oidc/${member}`)}
            />
          )}
          {isNewProvider && <MetadataField read={metadata} onRead={setMetadata} />}
          {isNewProvider && tried && !metadata && (
            <Callout tone="warning" role="alert">
              Read the metadata of the application first.
            </Callout>
          )}
          {samlProblem !== undefined && (
            <Callout tone="danger" role="alert" title="The application was not saved.">
              {samlProblem}
            </Callout>
          )}
          <Group>
            <Button type="submit" loading={busy}>
              {act}
            </Button>
            {children}
          </Group>
        </Stack>
      </form>
    </>
  );
}
