import { Burger, Drawer } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Mark } from '@countersign/ui';
import { Outlet } from '@tanstack/react-router';
import { useOrganization } from '../session/organization.ts';
import { AccountBar } from './account-bar.tsx';
import { Navigation } from './navigation.tsx';
import { Notice } from './notice.tsx';
import styles from './shell.module.css';

/** What stands around every room: the navigation beside it, or behind a button where there is no width for it. */
export function Shell() {
  const [opened, { open, close, toggle }] = useDisclosure(false);
  return (
    <div className={styles.shell}>
      <a href="#main" className={styles.skip}>
        Skip to content
      </a>
      <div className={styles.bar}>
        <Brand />
        <Burger
          opened={opened}
          onClick={opened ? toggle : open}
          aria-label="Open navigation"
          aria-expanded={opened}
          size="sm"
        />
      </div>
      <Drawer opened={opened} onClose={close} title={<Brand />} size="18rem" closeButtonProps={{ 'aria-label': 'Close' }}>
        <div className={styles.drawer}>
          <Navigation onGo={close} />
          <AccountBar />
        </div>
      </Drawer>
      <aside className={styles.side}>
        <Brand />
        <Navigation />
        <AccountBar />
      </aside>
      <main id="main" tabIndex={-1} className={styles.main}>
        <Notice />
        <Outlet />
      </main>
    </div>
  );
}

function Brand() {
  return (
    <span className={styles.brand}>
      <Mark size={30} />
      <span className={styles.name}>
        <strong>{useOrganization()}</strong>
        <span>Admin Portal</span>
      </span>
    </span>
  );
}
