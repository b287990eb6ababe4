import { textOf } from '@countersign/ui/form-text';
import { call, inWords, isProblem, reasonsInWords } from '@countersign/ui/api';
import { Alert, Anchor, Button, Loader, PasswordInput, Stack, Text } from '@mantine/core';
import { useEffect, useState, type FormEvent } from 'react';
import type { Invitation } from '@countersign/protocol/wire';
import { NewPasswordField } from '../password/new-password-field.tsx';
import { NarrowPage } from '../layout/narrow-page.tsx';
import { enter } from './enter.ts';
import { fragmentToken as token } from './fragment-token.ts';
import { Bold } from '../display/bold.tsx';
import { t } from '../texts/texts.ts';

/** A new person chooses a password with the link of their invitation. */
export default function InvitationPage() {
  const [invitation, setInvitation] = useState<Invitation>();
  const [problem, setProblem] = useState<string>();
  const [used, setUsed] = useState(false);
  const [reasons, setReasons] = useState<string>();
  const [busy, setBusy] = useState(false);

  const fail = (error: unknown) => {
    setProblem(inWords(error));
    setUsed(isProblem(error, 'invitation_used'));
  };

  useEffect(() => {
    if (!token) return setProblem(t.begin.inviteWholeLink);
    call<Invitation>('POST', '/api/v1/invitations/lookup', { token }).then(setInvitation, fail);
  }, [token]);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const password = textOf(form, 'password');
    if (password !== form.get('again')) return setReasons(t.begin.passwordsDiffer);
    setBusy(true);
    setProblem(undefined);
    setReasons(undefined);
    try {
      await call('POST', '/api/v1/invitations/accept', { token, password });
      await enter(invitation!.login, password);
    } catch (error) {
      if (isProblem(error, 'weak_password')) setReasons(reasonsInWords(error));
      else fail(error);
      setBusy(false);
    }
  };

  return (
    <NarrowPage title={t.begin.welcome}>
      {problem && (
        <Alert color="red" variant="light" role="alert">
          {problem}{' '}
          {used && (
            <Anchor href="/" underline="always" inherit>
              {t.begin.goToSignIn}
            </Anchor>
          )}
        </Alert>
      )}
      {!invitation && !problem && <Loader aria-label={t.app.loading} />}
      {invitation && (
        <form onSubmit={(event) => void submit(event)}>
          <Stack>
            <Text>
              <Bold text={t.begin.invited(invitation.name, invitation.login, invitation.organization.name)} />
            </Text>
            <input type="hidden" name="username" autoComplete="username" value={invitation.login} readOnly />
            <NewPasswordField
              name="password"
              known={[invitation.name, invitation.login, invitation.organization.name]}
              label={t.begin.password}
              description={t.begin.atLeast(invitation.password_min_length)}
              error={reasons}
              autoFocus
            />
            <PasswordInput name="again" label={t.begin.passwordAgain} autoComplete="new-password" required />
            <Button type="submit" size="md" loading={busy}>
              {t.begin.setPassword}
            </Button>
          </Stack>
        </form>
      )}
    </NarrowPage>
  );
}
