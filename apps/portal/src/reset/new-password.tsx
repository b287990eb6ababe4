import { textOf } from '@countersign/ui/form-text';
import { call, inWords, isProblem, reasonsInWords } from '@countersign/ui/api';
import { SecondFactor, useAuthentication } from '@countersign/ui/sign-in';
import { Button, Loader, PasswordInput, Stack, Text } from '@mantine/core';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import type { Authentication, PasswordReset } from '@countersign/protocol/wire';
import { Bold } from '../display/bold.tsx';
import { GreenCheck } from '../layout/green-check.tsx';
import { NewPasswordField } from '../password/new-password-field.tsx';
import { NarrowPage } from '../layout/narrow-page.tsx';
import { ProblemAlert } from '../layout/problem-alert.tsx';
import { t } from '../texts/texts.ts';
import { ToSignIn } from './ask-reset.tsx';

/** The link of the mail: a new password, a second factor, and only then it changes. */
export function NewPassword({ token }: { token: string }) {
  const [reset, setReset] = useState<PasswordReset>();
  const [problem, setProblem] = useState<string>();
  const [authentication, setAuthentication] = useState<Authentication>();
  const [done, setDone] = useState(false);

  useEffect(() => {
    call<PasswordReset>('POST', '/api/v1/password-resets/lookup', { token }).then(
      setReset,
      (error: unknown) => setProblem(inWords(error)),
    );
  }, [token]);

  const complete = async ({ id }: Authentication) => {
    try {
      await call('POST', `/api/v1/authentications/${id}/complete`);
      setDone(true);
    } catch (error) {
      setProblem(inWords(error));
    }
  };

  if (done) {
    return (
      <NarrowPage title={t.reset.title}>
        <GreenCheck
          title={t.reset.done}
          text={t.reset.doneText}
          label={t.begin.goToSignIn}
          onDone={() => location.assign('/')}
        />
      </NarrowPage>
    );
  }
  if (problem !== undefined) {
    return (
      <NarrowPage title={t.reset.title}>
        <ProblemAlert text={problem} />
        <Button component="a" href="/reset" size="md">
          {t.reset.askAgain}
        </Button>
        <ToSignIn />
      </NarrowPage>
    );
  }
  if (!reset) {
    return (
      <NarrowPage title={t.reset.title}>
        <Loader aria-label={t.app.loading} />
      </NarrowPage>
    );
  }
  if (authentication) {
    return (
      <Confirming
        key={authentication.id}
        initial={authentication}
        onReady={() => void complete(authentication)}
        onStartAgain={() => location.assign('/reset')}
      />
    );
  }
  return (
    <PasswordForm
      token={token}
      reset={reset}
      onProblem={setProblem}
      onBegun={(begun) => {
        if (begun.state === 'ready') void complete(begun);
        else setAuthentication(begun);
      }}
    />
  );
}

function PasswordForm({
  token,
  reset: { login, password_policy },
  onBegun,
  onProblem,
}: {
  token: string;
  reset: PasswordReset;
  onBegun: (authentication: Authentication) => void;
  onProblem: (text: string) => void;
}) {
  const [reasons, setReasons] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const new_password = textOf(form, 'password');
    if (new_password !== form.get('again')) return setReasons(t.begin.passwordsDiffer);
    setBusy(true);
    setReasons(undefined);
    try {
      onBegun(await call<Authentication>('POST', '/api/v1/password-resets/begin', { token, new_password }));
    } catch (error) {
      if (isProblem(error, 'weak_password')) setReasons(reasonsInWords(error));
      else onProblem(inWords(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <NarrowPage title={t.reset.choose}>
      <form onSubmit={(event) => void submit(event)}>
        <Stack>
          <Text>
            <Bold text={t.reset.chooseText(login)} />
          </Text>
          <input type="hidden" name="username" autoComplete="username" value={login} readOnly />
          <NewPasswordField
            name="password"
            known={[login]}
            label={t.password.next}
            description={t.begin.atLeast(password_policy.min_length)}
            size="md"
            error={reasons}
            autoFocus
          />
          <PasswordInput
            name="again"
            label={t.password.again}
            autoComplete="new-password"
            required
            size="md"
          />
          <Button type="submit" size="md" loading={busy}>
            {t.reset.submit}
          </Button>
        </Stack>
      </form>
    </NarrowPage>
  );
}

/** Nothing is sent by itself: whoever has the mail alone is not to ring somebody's phone by opening a page. */
function Confirming({
  initial,
  onReady,
  onStartAgain,
}: {
  initial: Authentication;
  onReady: () => void;
  onStartAgain: () => void;
}) {
  const following = useAuthentication(initial, false);
  const { state } = following.authentication;
  const completing = useRef(false);
  useEffect(() => {
    if (state !== 'ready' || completing.current) return;
    completing.current = true;
    onReady();
  }, [state]);
  return (
    <NarrowPage title={t.signIn.confirm}>
      {state === 'challenge' && <Text>{t.reset.confirmText}</Text>}
      <SecondFactor following={following} onStartAgain={onStartAgain} />
    </NarrowPage>
  );
}
