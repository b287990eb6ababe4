import { Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { IconShieldCheck, IconShieldExclamation } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Session } from '@countersign/protocol/wire';
import { PageTitle } from '../layout/page-title.tsx';
import { useAuthenticators, useMe } from '../security/queries.ts';
import { useDiscovery } from '../session.ts';

/** A short welcome: whether the account is well protected, and what to do if not. */
export function HomePage({ session }: { session: Session }) {
  const { data: phones } = useAuthenticators();
  const { data: me } = useMe();
  const organization = useDiscovery().data?.organization.name;
  const active = phones?.filter(({ state }) => state === 'active') ?? [];
  return (
    <>
      <PageTitle>{`Hello, ${session.user.name}`}</PageTitle>
      <Stack>
        <Text>You are signed in to {organization ?? 'the User Portal'}.</Text>
        {phones && me && (
          <Card withBorder radius="lg" padding="lg" bg="var(--cs-surface)">
            <Group wrap="nowrap" align="flex-start">
              {active.length > 0 ? (
                <IconShieldCheck size={40} style={{ flexShrink: 0 }} color="var(--cs-success)" aria-hidden />
              ) : (
                <IconShieldExclamation
                  size={40}
                  style={{ flexShrink: 0 }}
                  color="var(--cs-warning)"
                  aria-hidden
                />
              )}
              <Stack gap="xs" align="flex-start">
                <Title order={2} fz="lg">
                  {active.length > 0
                    ? 'Your sign-ins are protected'
                    : 'Your password is your only protection'}
                </Title>
                <Text>
                  {active.length > 0
                    ? `You approve them on ${active.map(({ device }) => `“${device.name}”`).join(' and ')}.`
                    : me.push_enabled
                      ? 'Enrol your phone, so that a stolen password is not enough to get in as you.'
                      : 'Your administrator has not enabled mobile push for you.'}
                </Text>
                {active.length === 0 && me.push_enabled ? (
                  <Button component={Link} to="/activate">
                    Enroll device
                  </Button>
                ) : (
                  <Button component={Link} to="/security" variant="default">
                    Open Security
                  </Button>
                )}
              </Stack>
            </Group>
          </Card>
        )}
      </Stack>
    </>
  );
}
