import { textOf } from '@countersign/ui/form-text';
import { call, inWords, isProblem } from '@countersign/ui/api';
import { Alert, Anchor, Button, Checkbox, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { NarrowPage } from '../layout/narrow-page.tsx';
import { fragmentToken as token } from './fragment-token.ts';
import { enter } from './enter.ts';

/** First start: the one-time link of the console makes the owner. */
export default function SetupPage() {
  const [problem, setProblem] = useState<string>();
  const [done, setDone] = useState(false);
  const [reasons, setReasons] = useState<string[]>();
  const [busy, setBusy] = useState(false);
  const [push, setPush] = useState(true);
  if (!token) {
    return (
      <NarrowPage title="Set up Countersign">
        <Text>
          Open the whole set-up link that the server printed when it started. It ends in a long token.
        </Text>
      </NarrowPage>
    );
  }

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => textOf(form, name);
    setBusy(true);
    setProblem(undefined);
    setReasons(undefined);
    try {
      const owner = {
        name: text('name'),
        login: text('login'),
        email: text('email'),
        password: text('password'),
      };
      await call('POST', '/api/v1/setup', {
        token,
        organization: { name: text('organization') },
        owner,
        push_enabled: push,
      });
      await enter(owner.login, owner.password);
    } catch (error) {
      if (isProblem(error, 'weak_password')) setReasons(error.problem.reasons ?? [error.message]);
      else {
        setProblem(inWords(error));
        setDone(isProblem(error, 'setup_done'));
      }
      setBusy(false);
    }
  };

  return (
    <NarrowPage title="Set up Countersign">
      <Text>You become the owner: the person who decides about everything, and can add others.</Text>
      <form onSubmit={(event) => void submit(event)}>
        <Stack>
          <TextInput
            name="organization"
            label="Name of your organisation"
            required
            maxLength={100}
            autoFocus
          />
          <TextInput name="name" label="Your name" autoComplete="name" required maxLength={100} />
          <TextInput
            name="login"
            label="Login name"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
            maxLength={254}
          />
          <TextInput name="email" type="email" label="E-mail address" autoComplete="email" required />
          <PasswordInput
            name="password"
            label="Password"
            description={
              push
                ? 'At least 8 characters.'
                : 'At least 15 characters, since it is all that protects the account.'
            }
            autoComplete="new-password"
            required
            minLength={push ? 8 : 15}
            error={reasons?.join(' ')}
          />
          <Checkbox
            label="Enable mobile push"
            description={
              push
                ? 'People approve their sign-ins on their phone. You enrol yours in the next step.'
                : 'Without it, people sign in with their password alone, until another second factor is available. You can enable it later.'
            }
            checked={push}
            onChange={(event) => setPush(event.currentTarget.checked)}
          />
          {problem && (
            <Alert color="red" variant="light" role="alert">
              {problem}{' '}
              {done && (
                <Anchor href="/" underline="always" inherit>
                  Go to the sign-in page
                </Anchor>
              )}
            </Alert>
          )}
          <Button type="submit" size="md" loading={busy}>
            Create the organisation
          </Button>
        </Stack>
      </form>
    </NarrowPage>
  );
}
