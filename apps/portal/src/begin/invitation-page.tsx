import { textOf } from '@countersign/ui/form-text';
import { call, inWords, isProblem } from '@countersign/ui/api';
import { Alert, Anchor, Button, Loader, PasswordInput, Stack, Text } from '@mantine/core';
import { useEffect, useState, type FormEvent } from 'react';
import type { Invitation } from '@countersign/protocol/wire';
import { NarrowPage } from '../layout/narrow-page.tsx';
import { enter } from './enter.ts';
import { fragmentToken as token } from './fragment-token.ts';

/** A new person chooses a password with the link of their invitation. */
export default function InvitationPage() {
  const [invitation, setInvitation] = useState<Invitation>();
  const [problem, setProblem] = useState<string>();
  const [used, setUsed] = useState(false);
  const [reasons, setReasons] = useState<string[]>();
  const [busy, setBusy] = useState(false);

  const fail = (error: unknown) => {
    setProblem(inWords(error));
    setUsed(isProblem(error, 'invitation_used'));
  };

  useEffect(() => {
    if (!token) return setProblem('Open the whole link of your invitation. It ends in a long token.');
    call<Invitation>('POST', '/api/v1/invitations/lookup', { token }).then(setInvitation, fail);
  }, [token]);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const password = textOf(form, 'password');
    if (password !== form.get('again')) return setReasons(['The two passwords differ.']);
    setBusy(true);
    setProblem(undefined);
    setReasons(undefined);
    try {
      await call('POST', '/api/v1/invitations/accept', { token, password });
      await enter(invitation!.login, password);
    } catch (error) {
      if (isProblem(error, 'weak_password')) setReasons(error.problem.reasons ?? [error.message]);
      else fail(error);
      setBusy(false);
    }
  };

  return (
    <NarrowPage title="Welcome">
      {problem && (
        <Alert color="red" variant="light" role="alert">
          {problem}{' '}
          {used && (
            <Anchor href="/" underline="always" inherit>
              Go to the sign-in page
            </Anchor>
          )}
        </Alert>
      )}
      {!invitation && !problem && <Loader aria-label="Loading" />}
      {invitation && (
        <form onSubmit={(event) => void submit(event)}>
          <Stack>
            <Text>
              {invitation.name}, choose a password for your account <strong>{invitation.login}</strong> at{' '}
              {invitation.organization.name}.
            </Text>
            <input type="hidden" name="username" autoComplete="username" value={invitation.login} readOnly />
            <PasswordInput
              name="password"
              label="Password"
              description={`At least ${invitation.password_min_length} characters.`}
              autoComplete="new-password"
              required
              error={reasons?.join(' ')}
              autoFocus
            />
            <PasswordInput name="again" label="Password again" autoComplete="new-password" required />
            <Button type="submit" size="md" loading={busy}>
              Set the password
            </Button>
          </Stack>
        </form>
      )}
    </NarrowPage>
  );
}
