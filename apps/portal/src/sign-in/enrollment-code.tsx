import { textOf } from '@countersign/ui/form-text';
import { call, inWords, isProblem, secondsInWords } from '@countersign/ui/api';
import { Alert, Button, Stack, Text, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { NarrowPage } from '../layout/narrow-page.tsx';

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
          ? `Too many wrong codes. Try again in ${secondsInWords(error.retryAfter ?? 60)}.`
          : inWords(error),
      );
    } finally {
      setBusy(false);
    }
  };
  return (
    <NarrowPage title="Enrolment code">
      <Text>
        Your account has no phone at present. Enter the one-time code from your help desk to set one up.
      </Text>
      <form onSubmit={(event) => void submit(event)}>
        <Stack>
          <TextInput
            name="code"
            label="Code"
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
            Continue
          </Button>
          <Button variant="subtle" onClick={onStartAgain}>
            Start again
          </Button>
        </Stack>
      </form>
    </NarrowPage>
  );
}
