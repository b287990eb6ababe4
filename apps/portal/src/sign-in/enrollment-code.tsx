import { textOf } from '@countersign/ui/form-text';
import { call, inWords, isProblem, secondsInWords } from '@countersign/ui/api';
import { Alert, Button, Stack, Text, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { NarrowPage } from '../layout/narrow-page.tsx';
import { t } from '../texts/texts.ts';

/** Somebody who lost every factor enrols again with a one-time code of the help desk. */
export function EnrollmentCode({
  id,
  onAccepted,
  onStartAgain,
}: {
  id: string;
  onAccepted: () => void;
  onStartAgain: () => void;
}) {
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const code = textOf(new FormData(event.currentTarget), 'code');
    setBusy(true);
    setProblem(undefined);
    try {
      await call('POST', `/api/v1/authentications/${id}/enrollment-code`, { code });
      onAccepted();
    } catch (error) {
      setProblem(
        isProblem(error, 'factor_locked')
          ? `${t.signIn.codeLocked} ${t.shared.problems.tryAgainIn(secondsInWords(error.retryAfter ?? 60))}`
          : inWords(error),
      );
    } finally {
      setBusy(false);
    }
  };
  return (
    <NarrowPage title={t.signIn.codeTitle}>
      <Text>{t.signIn.codeText}</Text>
      <form onSubmit={(event) => void submit(event)}>
        <Stack>
          <TextInput
            name="code"
            label={t.signIn.code}
            placeholder="XXXXX-XXXXX-XXXXX-XXXXX"
            autoComplete="one-time-code"
            autoCapitalize="characters"
            spellCheck={false}
            required
            size="md"
            autoFocus
          />
          {problem && (
            <Alert color="red" variant="light" role="alert">
              {problem}
            </Alert>
          )}
          <Button type="submit" size="md" loading={busy}>
            {t.signIn.codeSubmit}
          </Button>
          <Button variant="subtle" onClick={onStartAgain}>
            {t.app.startAgain}
          </Button>
        </Stack>
      </form>
    </NarrowPage>
  );
}
