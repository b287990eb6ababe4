import { Box, Button, Menu, Text, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { IconChevronDown, IconUserCircle } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Session } from '@countersign/protocol/wire';
import { t } from '../texts/texts.ts';

/** The person's own menu: who is signed in, their profile, light or dark, the way out. */
export function AccountMenu({ user, onSignOut }: { user: Session['user']; onSignOut: () => void }) {
  return (
    <Menu position="bottom-end" width={240} withInitialFocusPlaceholder={false} menuItemTabIndex={0}>
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          c="var(--cs-text)"
          px="xs"
          flex="none"
          rightSection={<IconChevronDown size={16} aria-hidden />}
          aria-label={t.shell.accountOf(user.name)}
        >
          <Text truncate maw={180} visibleFrom="xs">
            {user.name}
          </Text>
          {/* Where there is no room for the name; the menu has it. */}
          <Box hiddenFrom="xs" display="flex">
            <IconUserCircle size={24} aria-hidden />
          </Box>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text fw={600} fz="sm" c="var(--cs-text)" style={{ overflowWrap: 'anywhere' }}>
            {user.name}
          </Text>
          <Text fz="xs" style={{ overflowWrap: 'anywhere' }}>
            {user.email}
          </Text>
        </Menu.Label>
        <Menu.Divider />
        <Menu.Item component={Link} to="/profile">
          {t.profile.title}
        </Menu.Item>
        <Menu.Divider />
        <SchemeChoice />
        <Menu.Divider />
        {user.role !== 'user' && (
          <Menu.Item component="a" href="/admin/">
            {t.shell.adminPortal}
          </Menu.Item>
        )}
        <Menu.Item onClick={onSignOut}>{t.app.signOut}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

const schemes = ['auto', 'light', 'dark'] as const;

function SchemeChoice() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { display, system, light, dark } = t.shell;
  const labels: Record<MantineColorScheme, string> = { auto: system, light, dark };
  return (
    <>
      <Menu.Label>{display}</Menu.Label>
      <Menu.RadioGroup
        aria-label={display}
        value={colorScheme}
        onChange={(value) => setColorScheme(value as MantineColorScheme)}
      >
        {schemes.map((value) => (
          <Menu.RadioItem key={value} value={value}>
            {labels[value]}
          </Menu.RadioItem>
        ))}
      </Menu.RadioGroup>
    </>
  );
}
