import { Anchor, Button, PasswordInput, Stack, TextInput, Title } from '@mantine/core';
import { call, inWords, isProblem } from '@countersign/ui/api';
import { canUsePasskeys } from '@countersign/ui/passkey';
import { beginWithPasskey } from '@countersign/ui/sign-in';
import type { Authentication } from '@countersign/protocol/wire';
import { Callout } from '../layout/callout.tsx';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useState, type FormEvent } from 'react';
import styles from './sign-in-page.module.css';

export function PasswordStep({ onBegun }: { onBegun: (authentication: Authentication) => void }) {
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const begin = useMutation({
    mutationFn: () =>
      call<Authentication>('POST', '/api/v1/authentications', {
        purpose: 'admin_login',
        login: login.trim(),
        password,
      }),
    onSuccess: onBegun,
    onError: () => setPassword(''),
  });
  const byPasskey = useMutation({
    mutationFn: () => beginWithPasskey('admin_login'),
    onSuccess: onBegun,
    onMutate: () => begin.reset(),
  });
  const error = begin.error ?? byPasskey.error;
  // The page is for nothing else, so one can type at once.
  useEffect(() => document.getElementById('login')?.focus(), []);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (login.trim() === '') return document.getElementById('login')?.focus();
    if (password === '') return document.getElementById('password')?.focus();
    byPasskey.reset();
    begin.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Title order={1} className={styles.title}>
          Admin Portal
        </Title>
        {error && <Refused error={error} />}
        <TextInput
          id="login"
          label="Login name or e-mail address"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          value={login}
          onChange={(event) => setLogin(event.currentTarget.value)}
        />
        <PasswordInput
          id="password"
          label="Password"
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
        />
        <Button type="submit" size="md" loading={begin.isPending}>
          Continue
        </Button>
        {canUsePasskeys() && (
          <Button
            variant="default"
            size="md"
            loading={byPasskey.isPending}
            onClick={() => byPasskey.mutate()}
          >
            Sign in with a passkey
          </Button>
        )}
      </Stack>
    </form>
  );
}

function Refused({ error }: { error: unknown }) {
  if (isProblem(error, 'forbidden')) {
    return (
      <Callout tone="warning" role="alert" title="This account administers nothing here">
        Your login name and password are right, but only administrators get in here. Your own sign-in, phone
        and applications are in the <Anchor href="/">User Portal</Anchor>.
      </Callout>
    );
  }
  return (
    <Callout tone="danger" role="alert" title="Not signed in">
      {inWords(error)}
    </Callout>
  );
}
