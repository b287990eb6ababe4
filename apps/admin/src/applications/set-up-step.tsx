import { Button, Stack, Text } from '@mantine/core';
import type { CreatedApplication } from '@countersign/protocol/wire';
import { Link } from '@tanstack/react-router';
import { Section } from '../layout/section.tsx';
import { ClientFacts, IdentityProviderFacts } from './client-facts.tsx';
import { Snippet } from '../layout/copyable.tsx';
import { SignInTest } from './sign-in-test.tsx';
import type { Template } from './templates.ts';

/** The last step: what is typed into the application, and a sign-in to it. */
export function SetUpStep({ made, template }: { made: CreatedApplication; template: Template | undefined }) {
  const { id, oidc, client_secret } = made;
  const steps = template?.steps({
    issuer: location.origin,
    address: made.url.replace(/\/+$/, ''),
    clientId: oidc?.client_id ?? '',
    secret: client_secret ?? '',
  });
  return (
    <>
      {steps && (
        <Section title={`In ${template!.name}`} lead="With the values of this application filled in.">
          <Stack gap="lg" component="ol" pl="lg" m={0}>
            {steps.map(({ text, code }, index) => (
              <li key={text}>
                <Text mb="xs">{text}</Text>
                {code !== undefined && <Snippet name={`Step ${index + 1}`} code={code} />}
              </li>
            ))}
          </Stack>
        </Section>
      )}
      <Section title="For the application" lead="What is typed into the application.">
        {oidc ? (
          <ClientFacts clientId={oidc.client_id} secret={client_secret} />
        ) : (
          <IdentityProviderFacts id={id} />
        )}
      </Section>
      <SignInTest application={made} />
      <Button renderRoot={(props) => <Link to="/applications/$id" params={{ id }} {...props} />}>
        {client_secret === null ? 'Done' : 'I have copied the secret'}
      </Button>
    </>
  );
}
