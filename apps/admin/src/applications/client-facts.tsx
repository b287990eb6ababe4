import { Code, CopyButton, Button, Group, Stack, Text } from '@mantine/core';

/** What is typed into the application, to be copied. */
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

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <Text fw={600} size="sm">
        {name}
      </Text>
      <Group gap="sm" wrap="nowrap">
        <Code style={{ overflowWrap: 'anywhere' }}>{value}</Code>
        <CopyButton value={value}>
          {({ copied, copy }) => (
            <Button size="compact-sm" variant="default" onClick={copy} aria-label={`Copy: ${name}`}>
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
      </Group>
    </div>
  );
}
