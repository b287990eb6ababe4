import { Button, FileButton, Group, Text } from '@mantine/core';
import type { Application } from '@countersign/protocol/wire';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { AboveLink } from '../layout/above-link.tsx';
import { ConfirmDialog } from '../layout/confirm-dialog.tsx';
import { DangerButton } from '../layout/danger-button.tsx';
import { Edited } from '../layout/edited.tsx';
import { Failure } from '../layout/failure.tsx';
import { useNotices } from '../layout/notice.tsx';
import { OnePage } from '../layout/one-page.tsx';
import { Page } from '../layout/page.tsx';
import { Section } from '../layout/section.tsx';
import {
  changeApplication,
  changeLogo,
  makeSecret,
  readApplication,
  removeApplication,
} from '../server/admin-api.ts';
import { may } from '../session/permissions.ts';
import { useSession } from '../session/session.ts';
import { AccessSection } from './access-section.tsx';
import { howOld, whoMayUse } from './access-words.ts';
import { ApplicationForm } from './application-form.tsx';
import { ApplicationLogo } from './application-logo.tsx';
import { ClientFacts, IdentityProviderFacts } from './client-facts.tsx';
import { MetadataSection } from './metadata-section.tsx';
import { pngOf } from './picture.ts';
import { PreviewSection } from './preview-section.tsx';
import { SessionSection } from './session-section.tsx';
import { SignInTest } from './sign-in-test.tsx';
import { ToldForm } from './told-form.tsx';
import { useApplicationChange } from './use-application-change.ts';

const route = getRouteApi('/room/applications/$id');
const above = <AboveLink to="/applications">Applications</AboveLink>;

export function ApplicationPage() {
  const { id } = route.useParams();
  const query = useQuery({
    queryKey: ['application', id],
    queryFn: () => readApplication(id),
  });
  const { user } = useSession();
  return (
    <OnePage query={query} noun="application" above={above}>
      {(found) => (
        <Page title={found.name} above={above} narrow key={found.id}>
          {may(user, 'write_settings') ? (
            <>
              <EditedApplication
                application={found}
                part={({ name, url, step_up, oidc }) => [name, url, step_up, oidc]}
              >
                {(opened) => <Details application={opened} />}
              </EditedApplication>
              {found.oidc && <Client application={found} clientId={found.oidc.client_id} />}
              {found.saml && <ServiceProvider application={found} />}
              {found.oidc && <PreviewSection id={found.id} />}
              {found.kind !== 'bookmark' && <SignInTest application={found} />}
              <EditedApplication application={found} part={({ access, groups }) => [access, groups]}>
                {(opened) => <AccessSection application={opened} />}
              </EditedApplication>
              <EditedApplication application={found} part={(each) => each.session_minutes}>
                {(opened) => <SessionSection application={opened} />}
              </EditedApplication>
              <Logo application={found} />
              <Removal application={found} />
            </>
          ) : (
            <>
              <Text mb="sm">{found.url}</Text>
              <Text mb="lg">
                {found.step_up && 'It asks for a step-up before it opens. '}
                {whoMayUse(found)} {howOld(found.session_minutes)}
              </Text>
              {found.saml && <MetadataSection application={found} mayChange={false} />}
              {found.kind !== 'bookmark' && (
                <>
                  <PreviewSection id={found.id} saml={found.saml ? {} : undefined} />
                  <SignInTest application={found} />
                </>
              )}
            </>
          )}
        </Page>
      )}
    </OnePage>
  );
}

function EditedApplication(props: {
  application: Application;
  part: (application: Application) => unknown;
  children: (opened: Application) => ReactNode;
}) {
  const { application, ...rest } = props;
  return (
    <Edited thing={application} changes={{ type: 'application.changed', target: application.id }} {...rest} />
  );
}

function Details({ application }: { application: Application }) {
  const save = useApplicationChange(
    (patch: Parameters<typeof changeApplication>[1]) => changeApplication(application, patch),
    'The application was saved.',
  );
  return (
    <Section title="Details">
      <ApplicationForm
        application={application}
        kind={application.kind}
        act="Save changes"
        busy={save.isPending}
        error={save.error}
        onSubmit={save.mutate}
      />
    </Section>
  );
}

function Client({ application, clientId }: { application: Application; clientId: string }) {
  const [asking, setAsking] = useState(false);
  const anew = useMutation({
    mutationFn: () => makeSecret(application.id),
    onSuccess: () => setAsking(false),
  });
  const hasSecret = application.oidc!.token_endpoint_auth_method.startsWith('client_secret_');
  return (
    <Section title="For the application" lead="What is typed into the application.">
      <ClientFacts clientId={clientId} secret={anew.data?.client_secret} />
      {hasSecret && (
        <Button variant="default" mt="md" onClick={() => setAsking(true)}>
          Make another secret
        </Button>
      )}
      <ConfirmDialog
        opened={asking}
        title="Make another secret?"
        act="Make another secret"
        busy={anew.isPending}
        error={anew.error}
        onConfirm={() => anew.mutate()}
        onClose={() => setAsking(false)}
      >
        The one before is good no longer: until the new one is typed into the application, nobody can sign in
        to it.
      </ConfirmDialog>
    </Section>
  );
}

function ServiceProvider({ application }: { application: Application }) {
  const { say } = useNotices();
  return (
    <>
      <MetadataSection application={application} mayChange />
      <EditedApplication application={application} part={({ saml }) => saml}>
        {(opened) => (
          <ToldForm
            application={opened}
            act="Save what it is told"
            onSaved={() => say('The application was saved.')}
          />
        )}
      </EditedApplication>
      <Section title="For the application" lead="What is typed into the application.">
        <IdentityProviderFacts id={application.id} />
      </Section>
    </>
  );
}

function Logo({ application }: { application: Application }) {
  const keep = useApplicationChange(
    (png: string | null) => changeLogo(application, png),
    'The logo was changed.',
  );
  const [noPicture, setNoPicture] = useState(false);
  const choose = (file: File | null) => {
    setNoPicture(false);
    if (file)
      pngOf(file).then(
        (png) => keep.mutate(png),
        () => setNoPicture(true),
      );
  };
  return (
    <Section
      title="Logo"
      lead="Any picture; it is made small and square. Without one people see the first letter."
    >
      {keep.error && <Failure error={keep.error} what="The logo was not changed." />}
      {noPicture && (
        <Text role="alert" c="var(--cs-danger)" mb="sm">
          This file is no picture that this browser can read. Choose a PNG, JPEG, WebP or SVG.
        </Text>
      )}
      <Group>
        <ApplicationLogo application={application} size={64} />
        <FileButton accept="image/*" onChange={choose}>
          {(props) => (
            <Button variant="default" loading={keep.isPending} {...props}>
              {application.logo_uri === null ? 'Choose a logo' : 'Choose another logo'}
            </Button>
          )}
        </FileButton>
        {application.logo_uri !== null && (
          <Button variant="subtle" onClick={() => keep.mutate(null)} disabled={keep.isPending}>
            Remove the logo
          </Button>
        )}
      </Group>
    </Section>
  );
}

function Removal({ application }: { application: Application }) {
  const [asking, setAsking] = useState(false);
  const navigate = useNavigate();
  const client = useQueryClient();
  const { say } = useNotices();
  const remove = useMutation({
    mutationFn: () => removeApplication(application.id),
    onSuccess: async () => {
      void client.invalidateQueries({ queryKey: ['applications'] });
      say(`${application.name} was taken away.`, '/applications');
      await navigate({ to: '/applications' });
    },
  });
  return (
    <Section title="Take it away">
      <DangerButton asks onClick={() => setAsking(true)}>
        {application.kind === 'bookmark' ? 'Remove bookmark' : 'Remove application'}
      </DangerButton>
      <ConfirmDialog
        opened={asking}
        title={`Remove ${application.name}?`}
        act={`Remove ${application.name}`}
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
        onClose={() => setAsking(false)}
      >
        {application.kind === 'bookmark'
          ? 'It disappears from everybody’s User Portal. What it leads to stays as it is. This cannot be undone.'
          : 'Nobody can sign in to it through this server any more, and what it was given is good no longer. This cannot be undone.'}
      </ConfirmDialog>
    </Section>
  );
}
