import { Alert, RingProgress, Stack, Text, VisuallyHidden } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { Authentication } from '@countersign/protocol/wire';
import { t } from '../texts.ts';
import { ArrivalTitle } from './arrival-title.tsx';
import { useSecondsLeft } from './seconds-left.ts';
import type { Phone } from './ways.ts';

type Push = NonNullable<Authentication['push']>;

/** After this many milliseconds unseen, other ways are said. */
const unseenFor = 5000;
/** Seconds before the end that are said aloud, once. */
const lastSeconds = 10;

/** A request that waits on the phone: the number to type, the countdown, and how far it has come. */
export function PushPending({
  push,
  phone,
  otherWays,
}: {
  push: Push;
  phone: Phone | undefined;
  /** Whether the page offers any. */
  otherWays: boolean;
}) {
  const left = useSecondsLeft(push.expires_at, Math.floor);
  const [total] = useState(() => Math.max(left, 30));
  const late = useLate();
  // A phone that cannot be woken is known beforehand: nobody need wait to be told.
  const asleep = phone !== undefined && phone.push !== 'ok';
  return (
    <Stack align="center" gap="md">
      <ArrivalTitle>{t.endings.notSent.title}</ArrivalTitle>
      {push.number && <NumberToType number={push.number} />}
      <RingProgress
        size={88}
        thickness={7}
        roundCaps
        rootColor="var(--cs-line)"
        sections={[
          {
            value: (left / total) * 100,
            color: left <= lastSeconds ? 'var(--cs-danger)' : 'var(--cs-accent)',
          },
        ]}
        label={
          <Text ta="center" fw={700} role="timer" aria-label={t.push.secondsLeft(left)}>
            {left}
          </Text>
        }
      />
      <VisuallyHidden role="status">
        {left > 0 && left <= lastSeconds && t.push.secondsLeft(lastSeconds)}
      </VisuallyHidden>
      <Text
        role="status"
        ta="center"
        fw={push.seen ? 600 : undefined}
        c={push.seen ? 'var(--cs-success)' : undefined}
      >
        {push.seen ? t.push.seen : t.push.sentTo(phone?.device.name ?? t.push.yourPhone)}
      </Text>
      {!push.seen && (asleep || late) && <NotSeen asleep={asleep} otherWays={otherWays} />}
    </Stack>
  );
}

function NumberToType({ number }: { number: string }) {
  return (
    <Stack align="center" gap={4}>
      <Text ta="center">{t.push.typeNumber}</Text>
      <Text
        fz={64}
        fw={750}
        lh={1.1}
        c="var(--cs-accent)"
        aria-hidden
        data-testid="push-number"
        style={{ letterSpacing: '0.12em', marginRight: '-0.12em', fontVariantNumeric: 'tabular-nums' }}
      >
        {number}
      </Text>
      {/* Digit by digit: “47” would be read as forty-seven. */}
      <VisuallyHidden>{[...number].join(' ')}</VisuallyHidden>
    </Stack>
  );
}

function useLate(): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), unseenFor);
    return () => clearTimeout(timer);
  }, []);
  return late;
}

function NotSeen({ asleep, otherWays }: { asleep: boolean; otherWays: boolean }) {
  return (
    <Alert
      color="yellow"
      variant="light"
      w="100%"
      role="status"
      title={asleep ? t.push.asleep : t.push.unseen}
    >
      {t.push.openApp} {otherWays && t.push.orAnother}
    </Alert>
  );
}
