import { call, inWords, isProblem, ProblemError, secondsInWords, timeAfter } from '@countersign/ui/api';
import { canUsePasskeys } from '@countersign/ui/passkey';
import { beginWithPasskey, useSecondsLeft } from '@countersign/ui/sign-in';
import { Alert, Anchor, Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import type { Authentication, SetupState } from '@countersign/protocol/wire';
import { NarrowPage } from '../layout/narrow-page.tsx';
import { useInteraction } from '../sso/interaction.ts';
import { t } from '../texts/texts.ts';

export function PasswordForm({
  reason,
  onBegun,
}: {
  reason?: string;
  onBegun: (authentication: Authentication) => void;
}) {
  const [problem, setProblem] = useState<{ text: string; until?: string }>();
  const [busy, setBusy] = useState<'password' | 'passkey'>();
  const [setupNeeded, setSetupNeeded] = useState(false);
  const password = useRef<HTMLInputElement>(null);
  const wait = useSecondsLeft(problem?.until);
  const { problems } = t.shared;
  // Who sent the person here, if any application did.
  const asking = useInteraction(null).data?.application.name;

  useEffect(() => {
    call<SetupState>('GET', '/api/v1/setup').then(
      ({ needed }) => setSetupNeeded(needed),
      () => {},
    );
  }, []);

  const begin = async (by: 'password' | 'passkey', act: () => Promise<Authentication>) => {
    setBusy(by);
    setProblem(undefined);
    try {
      onBegun(await act());
    } catch (error) {
      setProblem(problemOf(error));
      if (by === 'password' && isProblem(error, 'invalid_credentials')) {
        password.current?.focus();
        password.current?.select();
      }
    } finally {
      setBusy(undefined);
    }
  };

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const body = { purpose: 'portal_login', login: form.get('login'), password: form.get('password') };
    await begin('password', () => call<Authentication>('POST', '/api/v1/authentications', body));
  };

  return (
    <NarrowPage title={asking === undefined ? t.signIn.title : t.sso.title(asking)}>
      {reason && (
        <Alert color="yellow" variant="light" role="status">
          {reason}
        </Alert>
      )}
      {setupNeeded && (
        <Alert variant="light" title={t.signIn.notSetUp}>
          {t.signIn.notSetUpText}
        </Alert>
      )}
      <form onSubmit={(event) => void submit(event)}>
        <Stack>
          <TextInput
            name="login"
            label={t.signIn.login}
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
            label={t.signIn.password}
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
            <Text>{wait > 0 ? problems.canTryIn(secondsInWords(wait)) : problems.canTryNow}</Text>
          )}
          <Button type="submit" size="md" loading={busy === 'password'} disabled={wait > 0}>
            {t.signIn.submit}
          </Button>
          {canUsePasskeys() && (
            <Button
              variant="default"
              size="md"
              loading={busy === 'passkey'}
              onClick={() => void begin('passkey', () => beginWithPasskey('portal_login'))}
            >
              {t.signIn.withPasskey}
            </Button>
          )}
        </Stack>
      </form>
      <Anchor href="/reset" underline="always" fz="sm">
        {t.reset.title}
      </Anchor>
      <Text fz="sm" c="dimmed">
        {t.signIn.forAdministrators}{' '}
        <Anchor href="/admin/" underline="always" inherit>
          {t.shell.adminPortal}
        </Anchor>
      </Text>
    </NarrowPage>
  );
}

function problemOf(error: unknown): { text: string; until?: string } {
  if (error instanceof ProblemError && error.retryAfter !== undefined) {
    return { text: error.message, until: timeAfter(error.retryAfter) };
  }
  return { text: inWords(error) };
}
