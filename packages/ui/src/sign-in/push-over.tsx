import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { inWords, isProblem, ProblemError, secondsInWords, timeAfter } from '../api.ts';
import { t } from '../texts.ts';
import { ArrivalTitle } from './arrival-title.tsx';
import { useSecondsLeft } from './seconds-left.ts';

/** A request that has ended: what happened, and what to do now. */
export function Over({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  return (
    <Stack align="center" gap="md" role="alert">
      <ArrivalTitle>{title}</ArrivalTitle>
      <Text ta="center">{text}</Text>
      {children}
    </Stack>
  );
}

/** No request went out: why, and when another can. */
export function Refused({
  problem,
  busy,
  onRetry,
  onStartAgain,
}: {
  problem: unknown;
  busy: boolean;
  onRetry: () => void;
  onStartAgain: () => void;
}) {
  const retryAfter = problem instanceof ProblemError ? problem.retryAfter : undefined;
  const [until] = useState(() => (retryAfter === undefined ? undefined : timeAfter(retryAfter)));
  const wait = useSecondsLeft(until);
  const again = !isProblem(problem, 'authentication_over') && !isProblem(problem, 'factor_not_offered');
  return (
    <Stack gap="md">
      <ArrivalTitle>{t.push.refused}</ArrivalTitle>
      <Alert color="red" variant="light" role="alert">
        {problem instanceof ProblemError ? problem.message : inWords(problem)}
      </Alert>
      {/* Outside the alert, which would be read out again with every second. */}
      {until && (
        <Text ta="center">{wait > 0 ? t.problems.canTryIn(secondsInWords(wait)) : t.problems.canTryNow}</Text>
      )}
      <Group justify="center">
        {again && (
          <Button onClick={onRetry} loading={busy} disabled={wait > 0}>
            {t.push.sendAgain}
          </Button>
        )}
        <Button variant="default" onClick={onStartAgain}>
          {t.ways.startAgain}
        </Button>
      </Group>
    </Stack>
  );
}
