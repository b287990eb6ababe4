import { call, inWords } from '@countersign/ui/api';
import { Button, Group, Stack, Text } from '@mantine/core';
import { useEffect, useState, type ReactNode } from 'react';
import type { Authenticator, PushTest } from '@countersign/protocol/wire';
import { t } from '../texts/texts.ts';

const pollInterval = 1000;

/** Sends a test and tells how far it came, live, below the row of actions that it begins. */
export function TestPush({ phone, children }: { phone: Authenticator; children: ReactNode }) {
  const [test, setTest] = useState<PushTest>();
  const [problem, setProblem] = useState<string>();
  const path = `/api/v1/me/authenticators/${phone.id}/test`;
  const waiting = test?.state === 'pending';

  useEffect(() => {
    if (!waiting) return;
    const timer = setInterval(() => {
      call<PushTest>('GET', path).then(setTest, () => {});
    }, pollInterval);
    return () => clearInterval(timer);
  }, [waiting, path]);

  const send = async () => {
    setProblem(undefined);
    setTest(undefined);
    await call<PushTest>('POST', path).then(setTest, (error: unknown) => setProblem(inWords(error)));
  };

  return (
    <Stack gap={6}>
      <Group>
        <Button variant="default" onClick={() => void send()} disabled={waiting}>
          {t.push.sendTest}
        </Button>
        {children}
      </Group>
      <Text role="status" fz="sm">
        {problem ?? (test && wordsOf(test))}
      </Text>
    </Stack>
  );
}

function wordsOf({ state, seen, push }: PushTest): string {
  if (state === 'approved') return t.push.testApproved;
  if (state === 'denied') return t.push.testDenied;
  if (state === 'expired') return t.push.testExpired;
  if (state !== 'pending') return t.push.testOver;
  if (seen) return t.push.testSeen;
  return push === 'ok' ? t.push.testSent : t.push.testAsleep;
}
