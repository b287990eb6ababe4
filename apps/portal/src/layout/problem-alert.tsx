import { Alert } from '@mantine/core';

/** What went wrong, and what to do now; nothing where nothing did. */
export function ProblemAlert({ text }: { text: string | undefined }) {
  if (text === undefined) return null;
  return (
    <Alert color="red" variant="light" role="alert">
      {text}
    </Alert>
  );
}
