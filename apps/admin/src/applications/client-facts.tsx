import { Anchor, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Fact, Snippet } from '../layout/copyable.tsx';
import { certificateIn } from './saml-settings.ts';

/** What is typed into an application that speaks OpenID Connect. */
export function ClientFacts({ clientId, secret }: { clientId: string; secret?: string | null }) {
  return (
    <Stack gap="sm">
      <Fact name="Issuer" value={location.origin} />
      <Fact name="Discovery" value={`${location.origin}/.well-known/openid-configuration`} />
      <Fact name="Client ID" value={clientId} />
      {secret && (
        <>
          <Fact name="Client secret" value={secret} />
          <Text role="status">Copy the secret now: it is shown this once.</Text>
        </>
      )}
    </Stack>
  );
}

/** What is typed into an application that speaks SAML. */
export function IdentityProviderFacts({ id }: { id: string }) {
  const metadata = `${location.origin}/saml/apps/${id}/metadata`;
  const { data: certificate } = useQuery({
    queryKey: ['identity-provider', id],
    queryFn: async () => certificateIn(await (await fetch(metadata)).text()) ?? null,
  });
  return (
    <Stack gap="sm">
      <Fact name="Metadata" value={metadata} />
      <Anchor href={metadata} download="countersign-metadata.xml">
        Download the metadata
      </Anchor>
      <Text size="sm" c="var(--cs-text-quiet)">
        Most applications read all of this from the metadata, the certificates too:
      </Text>
      <Fact name="Entity ID" value={`${location.origin}/saml/metadata`} />
      <Fact name="Sign-on URL" value={`${location.origin}/saml/sso`} />
      <Fact name="Sign-out URL" value={`${location.origin}/saml/slo`} />
      {certificate && (
        <div>
          <Text fw={600} size="sm" mb={4}>
            Certificate
          </Text>
          <Snippet name="Certificate" code={certificate} />
        </div>
      )}
    </Stack>
  );
}
