import { Box, Button, Menu, Text, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { IconChevronDown, IconUserCircle } from '@tabler/icons-react';
import type { Session } from '@countersign/protocol/wire';

/** The person's own menu: who is signed in, light or dark, the way out. */
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
          aria-label={`Account of ${user.name}`}
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
        <SchemeChoice />
        <Menu.Divider />
        {user.role !== 'user' && (
          <Menu.Item component="a" href="/admin/">
            Admin Portal
          </Menu.Item>
        )}
        <Menu.Item onClick={onSignOut}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

const schemes: { value: MantineColorScheme; label: string }[] = [
  { value: 'auto', label: 'System' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
];

function SchemeChoice() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <>
      <Menu.Label>Display</Menu.Label>
      <Menu.RadioGroup
        aria-label="Display"
        value={colorScheme}
        onChange={(value) => setColorScheme(value as MantineColorScheme)}
      >
        {schemes.map(({ value, label }) => (
          <Menu.RadioItem key={value} value={value}>
            {label}
          </Menu.RadioItem>
        ))}
      </Menu.RadioGroup>
    </>
  );
}
