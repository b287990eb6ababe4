import { Burger, Drawer } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Mark } from '@countersign/ui';
import { StepUpDialog } from '@countersign/ui/sign-in';
import { Outlet, useNavigate } from '@tanstack/react-router';
import { useOrganization } from '../session/organization.ts';
import { AccountBar } from './account-bar.tsx';
import { Navigation } from './navigation.tsx';
import { Notice } from './notice.tsx';
import styles from './shell.module.css';

/** What stands around every room: the navigation beside it, or behind a button where there is no width for it. */
export function Shell() {
  const [opened, { close, toggle }] = useDisclosure(false);
  const navigate = useNavigate();
  return (
    <div className={styles.shell}>
      <a href="#main" className={styles.skip}>
        Skip to content
      </a>
      <section className={styles.bar} aria-label="Admin Portal">
        <Brand />
        <Burger
          opened={opened}
          onClick={toggle}
          aria-label="Open navigation"
          aria-expanded={opened}
          size="sm"
        />
      </section>
      <Drawer
        opened={opened}
        onClose={close}
        title={<Brand />}
        size="18rem"
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
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
      <StepUpDialog onSignedOut={() => void navigate({ to: '/sign-in' })} />
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
