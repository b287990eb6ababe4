import { call } from '@countersign/ui/api';
import { StepUpDialog } from '@countersign/ui/sign-in';
import { Button, Text } from '@mantine/core';
import type { Session } from '@countersign/protocol/wire';
import { NarrowPage } from '../layout/narrow-page.tsx';
import { useForgetSession } from '../session.ts';
import { PasswordChange } from './password-card.tsx';
import { t } from '../texts/texts.ts';

/** Whose password an administrator chose replaces it before anything else. */
export default function NewPasswordPage({ session }: { session: Session }) {
  const forget = useForgetSession();
  const leave = () =>
    call('DELETE', '/api/v1/session')
      .catch(() => {})
      .finally(() => void forget('left'));
  return (
    <NarrowPage
      title={t.password.ownTitle}
      below={
        <Button variant="subtle" fullWidth mt="sm" onClick={() => void leave()}>
          {t.app.signOut}
        </Button>
      }
    >
      <Text>{t.password.ownText(session.user.name)}</Text>
      <PasswordChange onChanged={() => void forget()} />
      <StepUpDialog onSignedOut={(why) => void forget(why)} />
    </NarrowPage>
  );
}
