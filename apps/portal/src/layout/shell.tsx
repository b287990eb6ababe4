import { call } from '@countersign/ui/api';
import { Mark } from '@countersign/ui';
import { AppShell, Button, Container, Group, Text } from '@mantine/core';
import { Link, Outlet, useNavigate } from '@tanstack/react-router';
import type { Session, SignedOut } from '@countersign/protocol/wire';
import { useDiscovery, useForgetSession } from '../session.ts';
import { AccountMenu } from './account-menu.tsx';
import { t } from '../texts/texts.ts';

/** The frame of every page of a signed-in person: where they are, and the way out. */
export function Shell({ session }: { session: Session }) {
  const { data } = useDiscovery();
  const forget = useForgetSession();
  const navigate = useNavigate();
  const signOut = async () => {
    // Also where the server cannot be reached: what it then says of the session decides what is shown.
    const left = await call<SignedOut | null>('DELETE', '/api/v1/session').catch(() => null);
    // Through the applications that are to be signed out of, and back here.
    if (left) return location.assign(left.continue);
    await forget('left');
    // Whoever signs in next begins at the beginning.
    await navigate({ to: '/', replace: true });
  };
  return (
    <AppShell header={{ height: 60 }} padding={0}>
      <AppShell.Header>
        <Container size="md" h="100%">
          <Group h="100%" justify="space-between" wrap="nowrap" gap="xs">
            <Group gap="xs" wrap="nowrap" miw={0}>
              <Mark size={30} />
              <Text fw={650} truncate visibleFrom="xs">
                {data?.organization.name}
              </Text>
              <Group
                component="nav"
                aria-label={t.shell.main}
                gap={4}
                wrap="nowrap"
                ml={{ base: 0, xs: 'md' }}
              >
                <NavigationLink to="/">{t.shell.home}</NavigationLink>
                <NavigationLink to="/security">{t.shell.security}</NavigationLink>
              </Group>
            </Group>
            <AccountMenu user={session.user} onSignOut={() => void signOut()} />
          </Group>
        </Container>
      </AppShell.Header>
      <AppShell.Main>
        <Container size="md" py="xl">
          <Outlet />
        </Container>
      </AppShell.Main>
    </AppShell>
  );
}

function NavigationLink({ to, children }: { to: '/' | '/security'; children: string }) {
  return (
    <Button
      component={Link}
      to={to}
      variant="subtle"
      color="gray"
      c="var(--cs-text)"
      px="xs"
      activeProps={{ 'aria-current': 'page', style: { background: 'var(--cs-accent-quiet)' } }}
    >
      {children}
    </Button>
  );
}
