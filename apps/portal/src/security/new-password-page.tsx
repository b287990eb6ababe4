import { call } from '@countersign/ui/api';
import { StepUpDialog } from '@countersign/ui/sign-in';
import { Button, Text } from '@mantine/core';
import type { Session } from '@countersign/protocol/wire';
import { NarrowPage } from '../layout/narrow-page.tsx';
import { useForgetSession } from '../session.ts';
import { PasswordChange } from './password-card.tsx';

/** Whose password an administrator chose replaces it before anything else. */
export default function NewPasswordPage({ session }: { session: Session }) {
  const forget = useForgetSession();
  const leave = () =>
    call('DELETE', '/api/v1/session')
      .catch(() => {})
      .finally(() => void forget('left'));
  return (
    <NarrowPage
      title="Choose a password of your own"
      below={
        <Button variant="subtle" fullWidth mt="sm" onClick={() => void leave()}>
          Sign out
        </Button>
      }
    >
      <Text>
        {session.user.name}, your present password was chosen by an administrator. Only you should know it, so
        replace it now.
      </Text>
      <PasswordChange onChanged={() => void forget()} />
      <StepUpDialog onSignedOut={(why) => void forget(why)} />
    </NarrowPage>
  );
}
