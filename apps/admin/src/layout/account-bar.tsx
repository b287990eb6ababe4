import { ActionIcon, Tooltip } from '@mantine/core';
import { IconLogout } from '@tabler/icons-react';
import { roleNames } from '../people/words.ts';
import { useSession, useSignOut } from '../session/session.ts';
import styles from './account-bar.module.css';
import { ColorSchemeMenu } from './color-scheme-menu.tsx';

/** Who is signed in, and the way out. */
export function AccountBar() {
  const { user } = useSession();
  const signOut = useSignOut();
  return (
    <div className={styles.bar}>
      <div className={styles.who}>
        <span className={styles.name}>{user.name}</span>
        <span className={styles.role}>{roleNames[user.role]}</span>
      </div>
      <ColorSchemeMenu />
      <Tooltip label="Sign out">
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label="Sign out"
          loading={signOut.isPending}
          onClick={() => signOut.mutate()}
        >
          <IconLogout size={20} aria-hidden />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}
