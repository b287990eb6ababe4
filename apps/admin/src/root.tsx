import { Anchor, Button, Stack, Text, Title } from '@mantine/core';
import { isProblem } from '@countersign/ui/api';
import { Link, Outlet, useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { Failure } from './layout/failure.tsx';
import { NoticeProvider } from './layout/notice.tsx';
import styles from './root.module.css';

export function Root() {
  return (
    <NoticeProvider>
      <Outlet />
    </NoticeProvider>
  );
}

export function NotFound() {
  useEffect(() => {
    document.title = 'Nothing here · Admin Portal';
  }, []);
  return (
    <main className={styles.alone}>
      <Title order={1}>There is nothing at this address</Title>
      <Text>The link may be old, or mistyped.</Text>
      <Anchor renderRoot={(props) => <Link to="/people" {...props} />}>Go to People</Anchor>
    </main>
  );
}

/** No room can open: nobody may be here, or the server did not answer. */
export function RoomFailed({ error }: { error: unknown }) {
  const router = useRouter();
  useEffect(() => {
    document.title = 'Not available · Admin Portal';
  }, []);
  if (isProblem(error, 'password_change_required')) {
    return (
      <main className={styles.alone}>
        <Title order={1}>Choose a password of your own first</Title>
        <Text>
          Somebody else chose your present password. Sign in to the User Portal and replace it; then come back
          here.
        </Text>
        <Button component="a" href="/">
          Go to the User Portal
        </Button>
      </main>
    );
  }
  if (isProblem(error, 'forbidden') || isProblem(error, 'enrollment_required')) {
    return (
      <main className={styles.alone}>
        <Title order={1}>You are not an administrator any more</Title>
        <Text>Your role was changed since you signed in. Ask an owner if that is not right.</Text>
        <Stack gap="sm" align="flex-start">
          <Button component="a" href="/">
            Go to the User Portal
          </Button>
          <Anchor renderRoot={(props) => <Link to="/sign-in" {...props} />}>Sign in as somebody else</Anchor>
        </Stack>
      </main>
    );
  }
  return (
    <main className={styles.alone}>
      <Title order={1}>The Admin Portal cannot open just now</Title>
      <Failure error={error} retry={() => router.invalidate()} />
    </main>
  );
}
