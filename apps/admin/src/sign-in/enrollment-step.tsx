import { Anchor, Button, Stack, Text, Title } from '@mantine/core';
import { call, inWords, isProblem } from '@countersign/ui/api';
import type { Authentication } from '@countersign/protocol/wire';
import { Callout } from '../layout/callout.tsx';
import { useMutation } from '@tanstack/react-query';
import styles from './sign-in-page.module.css';
import { useStepFocus } from './use-step-focus.ts';

/** Enrolling is done in the User Portal: the Admin Portal opens to two factors only. */
export function EnrollmentStep(props: { authentication: Authentication; onStartAgain: () => void }) {
  const { authentication, onStartAgain } = props;
  const heading = useStepFocus();
  const enroll = useMutation({
    mutationFn: () =>
      call<{ continue: string }>('POST', `/api/v1/authentications/${authentication.id}/complete`),
    onSuccess: ({ continue: next }) => location.assign(next),
  });
  // Who had a factor before types a code from the help desk first, and the User Portal asks for it.
  const needsCode = isProblem(enroll.error, 'not_ready');
  return (
    <Stack gap="md">
      <Title order={1} className={styles.title} ref={heading} tabIndex={-1}>
        Set up your phone first
      </Title>
      <Text>
        The Admin Portal opens to a password and a second proof together, such as your phone. You have none
        set up yet; that takes about two minutes, in the User Portal. Then come back here and sign in.
      </Text>
      {needsCode && (
        <Callout tone="warning" role="alert" title="You need an enrolment code">
          Your phone was removed, so a new one is set up with a one-time code from your help desk. Sign in to
          the <Anchor href="/">User Portal</Anchor>, which asks you for it.
        </Callout>
      )}
      {enroll.error && !needsCode && (
        <Callout tone="danger" role="alert">
          {inWords(enroll.error)}
        </Callout>
      )}
      {needsCode ? (
        <Button component="a" href="/">
          Go to the User Portal
        </Button>
      ) : (
        <Button onClick={() => enroll.mutate()} loading={enroll.isPending || enroll.isSuccess}>
          Set up my phone
        </Button>
      )}
      <Button variant="subtle" onClick={onStartAgain}>
        Sign in as somebody else
      </Button>
    </Stack>
  );
}
