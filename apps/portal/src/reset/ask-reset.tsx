import { textOf } from '@countersign/ui/form-text';
import { call, inWords } from '@countersign/ui/api';
import { Anchor, Button, Stack, Text, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { Bold } from '../display/bold.tsx';
import { NarrowPage } from '../layout/narrow-page.tsx';
import { ProblemAlert } from '../layout/problem-alert.tsx';
import { t } from '../texts/texts.ts';

/** The answer is the same whether or not somebody has this address: nobody learns who has an account here. */
export function AskReset() {
  const [sentTo, setSentTo] = useState<string>();
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const email = textOf(new FormData(event.currentTarget), 'email').trim();
    setBusy(true);
    setProblem(undefined);
    try {
      await call('POST', '/api/v1/password-resets', { email });
      setSentTo(email);
    } catch (error) {
      setProblem(inWords(error));
    } finally {
      setBusy(false);
    }
  };

  if (sentTo !== undefined) {
    return (
      <NarrowPage title={t.reset.lookAtMail}>
        <Text role="status">
          <Bold text={t.reset.mailed(sentTo)} />
        </Text>
        <Text c="dimmed">{t.reset.noMail}</Text>
        <Button variant="default" onClick={() => setSentTo(undefined)}>
          {t.reset.askAgain}
        </Button>
        <ToSignIn />
      </NarrowPage>
    );
  }
  return (
    <NarrowPage title={t.reset.title}>
      <Text>{t.reset.text}</Text>
      <form onSubmit={(event) => void submit(event)}>
        <Stack>
          <TextInput
            name="email"
            type="email"
            label={t.reset.email}
            autoComplete="email"
            autoCapitalize="none"
            spellCheck={false}
            required
            maxLength={254}
            size="md"
            autoFocus
          />
          <ProblemAlert text={problem} />
          <Button type="submit" size="md" loading={busy}>
            {t.reset.send}
          </Button>
        </Stack>
      </form>
      <ToSignIn />
    </NarrowPage>
  );
}

export const ToSignIn = () => (
  <Anchor href="/" underline="always" fz="sm">
    {t.begin.goToSignIn}
  </Anchor>
);
