import {
  call,
  inWords,
  isProblem,
  NetworkError,
  ProblemError,
  secondsInWords,
  timeAfter,
} from '@countersign/ui/api';
import { useSecondsLeft } from '@countersign/ui/sign-in';
import { Alert, Anchor, Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import type { Authentication, SetupState } from '@countersign/protocol/wire';
import { NarrowPage } from '../layout/narrow-page.tsx';

export function PasswordForm({
  reason,
  onBegun,
}: {
  reason?: string;
  onBegun: (authentication: Authentication) => void;
}) {
  const [problem, setProblem] = useState<{ text: string; until?: string }>();
  const [busy, setBusy] = useState(false);
  const [setupNeeded, setSetupNeeded] = useState(false);
  const password = useRef<HTMLInputElement>(null);
  const wait = useSecondsLeft(problem?.until);

  useEffect(() => {
    call<SetupState>('GET', '/api/v1/setup').then(
      ({ needed }) => setSetupNeeded(needed),
      () => {},
    );
  }, []);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const body = { purpose: 'portal_login', login: form.get('login'), password: form.get('password') };
    setBusy(true);
    setProblem(undefined);
    try {
      onBegun(await call<Authentication>('POST', '/api/v1/authentications', body));
    } catch (error) {
      setProblem(problemOf(error));
      if (isProblem(error, 'invalid_credentials')) {
        password.current?.focus();
        password.current?.select();
      }
    } finally {
      setBusy(false);
    }
  };

  return (
    <NarrowPage title="Sign in">
      {reason && (
        <Alert color="yellow" variant="light" role="status">
          {reason}
        </Alert>
      )}
      {setupNeeded && (
        <Alert variant="light" title="Not set up yet">
          Open the set-up link that the server printed when it started.
        </Alert>
      )}
      <form onSubmit={(event) => void submit(event)}>
        <Stack>
          <TextInput
            name="login"
            label="Login name or e-mail address"
            autoComplete="username"
            autoCapitalize="none"
            autoCorrect="off"
            spellCheck={false}
            required
            size="md"
            autoFocus
          />
          <PasswordInput
            ref={password}
            name="password"
            label="Password"
            autoComplete="current-password"
            required
            size="md"
          />
          {problem && (
            <Alert color="red" variant="light" role="alert">
              {problem.text}
            </Alert>
          )}
          {/* Outside the alert, which would be read out again with every second. */}
          {problem?.until && (
            <Text>
              {wait > 0 ? `You can try again in ${secondsInWords(wait)}.` : 'You can try again now.'}
            </Text>
          )}
          <Button type="submit" size="md" loading={busy} disabled={wait > 0}>
            Sign in
          </Button>
        </Stack>
      </form>
      <Text fz="sm" c="dimmed">
        For administrators:{' '}
        <Anchor href="/admin/" underline="always">
          Admin Portal
        </Anchor>
      </Text>
    </NarrowPage>
  );
}

function problemOf(error: unknown): { text: string; until?: string } {
  if (error instanceof ProblemError && error.retryAfter !== undefined) {
    return { text: error.problem.title, until: timeAfter(error.retryAfter) };
  }
  if (error instanceof NetworkError || !(error instanceof ProblemError)) return { text: inWords(error) };
  return { text: error.message };
}
