import { textOf } from '@countersign/ui/form-text';
import { call, inWords, isProblem, reasonsInWords } from '@countersign/ui/api';
import { Alert, Anchor, Button, Checkbox, Stack, Text, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { NewPasswordField } from '../password/new-password-field.tsx';
import { NarrowPage } from '../layout/narrow-page.tsx';
import { fragmentToken as token } from './fragment-token.ts';
import { enter } from './enter.ts';
import { t } from '../texts/texts.ts';

/** First start: the one-time link of the console makes the owner. */
export default function SetupPage() {
  const [problem, setProblem] = useState<string>();
  const [done, setDone] = useState(false);
  const [reasons, setReasons] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [push, setPush] = useState(true);
  const [known, setKnown] = useState<string[]>([]);
  if (!token) {
    return (
      <NarrowPage title={t.begin.setupTitle}>
        <Text>{t.begin.setupWholeLink}</Text>
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
      if (isProblem(error, 'weak_password')) setReasons(reasonsInWords(error));
      else {
        setProblem(inWords(error));
        setDone(isProblem(error, 'setup_done'));
      }
      setBusy(false);
    }
  };

  return (
    <NarrowPage title={t.begin.setupTitle}>
      <Text>{t.begin.setupText}</Text>
      <form
        onSubmit={(event) => void submit(event)}
        onChange={({ currentTarget }) => {
          const form = new FormData(currentTarget);
          setKnown(['organization', 'name', 'login', 'email'].map((name) => textOf(form, name)));
        }}
      >
        <Stack>
          <TextInput name="organization" label={t.begin.organization} required maxLength={100} autoFocus />
          <TextInput name="name" label={t.begin.name} autoComplete="name" required maxLength={100} />
          <TextInput
            name="login"
            label={t.begin.login}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
            maxLength={254}
          />
          <TextInput name="email" type="email" label={t.begin.email} autoComplete="email" required />
          <NewPasswordField
            name="password"
            known={known}
            label={t.begin.password}
            description={push ? t.begin.atLeast(8) : t.begin.atLeastAlone(15)}
            minLength={push ? 8 : 15}
            error={reasons}
          />
          <Checkbox
            label={t.begin.push}
            description={push ? t.begin.pushText : t.begin.noPushText}
            checked={push}
            onChange={(event) => setPush(event.currentTarget.checked)}
          />
          {problem && (
            <Alert color="red" variant="light" role="alert">
              {problem}{' '}
              {done && (
                <Anchor href="/" underline="always" inherit>
                  {t.begin.goToSignIn}
                </Anchor>
              )}
            </Alert>
          )}
          <Button type="submit" size="md" loading={busy}>
            {t.begin.create}
          </Button>
        </Stack>
      </form>
    </NarrowPage>
  );
}
