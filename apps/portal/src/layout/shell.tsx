import { call } from '@countersign/ui/api';
import { Mark } from '@countersign/ui';
import {
  AppShell,
  Button,
  Container,
  Group,
  Menu,
  SegmentedControl,
  Text,
  useMantineColorScheme,
} from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { Link, Outlet } from '@tanstack/react-router';
import type { Session } from '@countersign/protocol/wire';
import { useDiscovery, useForgetSession } from '../session.ts';

/** The frame of every page of a signed-in person: where they are, and the way out. */
export function Shell({ session }: { session: Session }) {
  const { data } = useDiscovery();
  const forget = useForgetSession();
  const signOut = () => call('DELETE', '/api/v1/session').finally(() => void forget());
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
              <Group component="nav" aria-label="Main" gap={4} wrap="nowrap" ml={{ base: 0, xs: 'md' }}>
                <NavigationLink to="/">Home</NavigationLink>
                <NavigationLink to="/security">Security</NavigationLink>
              </Group>
            </Group>
            <Menu position="bottom-end" width={240}>
              <Menu.Target>
                <Button
                  variant="subtle"
                  color="gray"
                  c="var(--cs-text)"
                  px="xs"
                  rightSection={<IconChevronDown size={16} aria-hidden />}
                  aria-label={`Account of ${session.user.name}`}
                >
                  <Text truncate maw={{ base: 90, xs: 180 }}>
                    {session.user.name}
                  </Text>
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Label>{session.user.email}</Menu.Label>
                <SchemeChoice />
                <Menu.Divider />
                {session.user.role !== 'user' && (
                  <Menu.Item component="a" href="/admin/">
                    Admin Portal
                  </Menu.Item>
                )}
                <Menu.Item onClick={() => void signOut()}>Sign out</Menu.Item>
              </Menu.Dropdown>
            </Menu>
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

function SchemeChoice() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <SegmentedControl
      aria-label="Display"
      fullWidth
      size="xs"
      m={6}
      w="calc(100% - 12px)"
      value={colorScheme}
      onChange={(value) => setColorScheme(value)}
      data={[
        { value: 'light', label: 'Light' },
        { value: 'dark', label: 'Dark' },
        { value: 'auto', label: 'System' },
      ]}
    />
  );
}
