import { Button, Radio, Stack } from '@mantine/core';
import type { Application, CreatedApplication } from '@countersign/protocol/wire';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { AboveLink } from '../layout/above-link.tsx';
import { useNotices } from '../layout/notice.tsx';
import { Page } from '../layout/page.tsx';
import { Section } from '../layout/section.tsx';
import { addApplication } from '../server/admin-api.ts';
import { ApplicationForm } from './application-form.tsx';
import { ClientFacts } from './client-facts.tsx';

const above = <AboveLink to="/applications">Applications</AboveLink>;

const kinds: { value: Application['kind']; label: string; text: string }[] = [
  {
    value: 'bookmark',
    label: 'Bookmark',
    text: 'A link in the User Portal; the application signs people in itself.',
  },
  {
    value: 'oidc',
    label: 'OpenID Connect',
    text: 'The application asks this server who somebody is: one sign-in for all, and step-up where you want it.',
  },
];

export function AddApplicationPage() {
  const navigate = useNavigate();
  const client = useQueryClient();
  const { say } = useNotices();
  const [kind, setKind] = useState<Application['kind']>('bookmark');
  const [made, setMade] = useState<CreatedApplication>();
  const add = useMutation({
    mutationFn: addApplication,
    onSuccess: async (added) => {
      void client.invalidateQueries({ queryKey: ['applications'] });
      say(`${added.name} is in everybody’s User Portal now.`, `/applications/${added.id}`);
      if (added.client_secret !== null) return setMade(added);
      await navigate({ to: '/applications/$id', params: { id: added.id } });
    },
  });
  if (made) {
    return (
      <Page title={`${made.name} is added`} above={above} lead="Type this into the application." narrow>
        <Section title="For the application">
          <ClientFacts clientId={made.oidc!.client_id} secret={made.client_secret} />
        </Section>
        <Button renderRoot={(props) => <Link to="/applications/$id" params={{ id: made.id }} {...props} />}>
          I have copied the secret
        </Button>
      </Page>
    );
  }
  return (
    <Page title="Add application" above={above} lead="A logo can be added afterwards." narrow>
      <Radio.Group label="How people sign in to it" value={kind} onChange={setKind} mb="lg">
        <Stack gap="xs" mt="sm">
          {kinds.map(({ value, label, text }) => (
            <Radio key={value} value={value} label={label} description={text} />
          ))}
        </Stack>
      </Radio.Group>
      <ApplicationForm
        kind={kind}
        act="Add application"
        busy={add.isPending}
        error={add.error}
        onSubmit={(values) => add.mutate({ kind, ...values })}
      >
        <Button variant="default" renderRoot={(props) => <Link to="/applications" {...props} />}>
          Cancel
        </Button>
      </ApplicationForm>
    </Page>
  );
}
