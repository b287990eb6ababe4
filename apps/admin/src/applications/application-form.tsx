import { ProblemError } from '@countersign/ui/api';
import { Button, Group, Stack, Switch, TextInput } from '@mantine/core';
import type { Application, CreateApplication } from '@countersign/protocol/wire';
import { useState, type FormEvent, type ReactNode } from 'react';
import { Failure } from '../layout/failure.tsx';
import { explain } from '../server/explain.ts';
import { checkName, checkUrl } from './fields.ts';
import { draftOf, OidcFields, settingsOf } from './oidc-fields.tsx';

/** What an application is; the same form for a new one and one that is there. */
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
  const [tried, setTried] = useState(false);
  const refused = error ? explain(error) : undefined;
  const problems = { name: checkName(name), url: checkUrl(url) };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    const wrong = problems.name ? 'name' : problems.url ? 'url' : undefined;
    if (wrong) return document.getElementById(`application-${wrong}`)?.focus();
    const values = { name: name.trim(), url: url.trim(), step_up: stepUp };
    onSubmit(kind === 'oidc' ? { ...values, oidc: settingsOf(oidc) } : values);
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
              kind === 'oidc'
                ? 'People confirm with their second factor again, unless they did in the last five minutes.'
                : 'People confirm with their second factor again, unless they did in the last five minutes. It guards the way from the User Portal only: who knows the address can go there without it.'
            }
            checked={stepUp}
            onChange={(event) => setStepUp(event.currentTarget.checked)}
          />
          {kind === 'oidc' && (
            <OidcFields draft={oidc} onChange={setOidc} problem={(member) => problemOf(error, member)} />
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

/** What the server says of a member of `oidc`, or of an item in it. */
function problemOf(error: unknown, member: string): string | undefined {
  const found = error instanceof ProblemError ? error.problem.errors : undefined;
  const own = found?.find(({ path }) => path === `/oidc/${member}` || path.startsWith(`/oidc/${member}/`));
  return own && `It ${own.message}.`;
}
