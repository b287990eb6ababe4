import { Alert, Button, Group, RingProgress, Stack, Text, Title } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { Authentication } from '@countersign/protocol/wire';
import { inWords, isProblem, ProblemError, secondsInWords } from '../api.ts';
import { useSecondsLeft } from './seconds-left.ts';
import type { Following } from './use-authentication.ts';

/**
 * The wait for the phone, in all its states: sent, on the phone now, not seen, timed out, wrong number, denied. The same in
 * both portals, at sign-in and at step-up.
 */
export function PushWaiting({ following, onStartAgain }: { following: Following; onStartAgain: () => void }) {
  const { authentication, problem, sending, sendPush } = following;
  const { state, push, factors } = authentication;
  if (state === 'denied') return <Ended push={push} onStartAgain={onStartAgain} />;
  if (state === 'expired') {
    return (
      <Over
        title="This sign-in has run out"
        text="It took longer than ten minutes."
        action="Start again"
        onAct={onStartAgain}
      />
    );
  }
  if (state === 'ready' || state === 'complete') {
    return (
      <Stack align="center" gap="sm" role="status">
        <Title order={2}>Approved</Title>
        <Text>One moment…</Text>
      </Stack>
    );
  }
  if (problem !== undefined)
    return (
      <Refused problem={problem} busy={sending} onRetry={() => void sendPush()} onStartAgain={onStartAgain} />
    );
  if (push?.state === 'pending') return <Pending push={push} phone={factors[0]} />;
  if (sending || !push) {
    return push === null && !sending ? (
      <Over
        title="Approve on your phone"
        text="A request is sent to your phone."
        action="Send"
        onAct={() => void sendPush()}
      />
    ) : (
      <Text role="status" ta="center">
        Sending a request to your phone…
      </Text>
    );
  }
  const words = endWords[push.state] ?? endWords.cancelled!;
  return <Over {...words} action="Send again" onAct={() => void sendPush()} />;
}

const endWords: Record<string, { title: string; text: string }> = {
  expired: {
    title: 'No answer in time',
    text: 'The request on your phone has timed out. Nothing was approved.',
  },
  failed: {
    title: 'That was not the number',
    text: 'Another number was typed on the phone, so the request has ended. A new one shows a new number.',
  },
  cancelled: { title: 'The request was cancelled', text: 'It has ended without an answer.' },
};

type Push = NonNullable<Authentication['push']>;

/** After this many seconds unseen, other ways are said. */
const unseenFor = 5;

function Pending({ push, phone }: { push: Push; phone: Authentication['factors'][number] | undefined }) {
  const left = useSecondsLeft(push.expires_at);
  const [total] = useState(() => Math.max(left, 30));
  const unseen = useUnseen(push);
  return (
    <Stack align="center" gap="md">
      <Title order={2} ta="center">
        Approve on your phone
      </Title>
      {push.number && (
        <Stack align="center" gap={4}>
          <Text ta="center">Type this number in Countersign Authenticator:</Text>
          <Text
            component="output"
            fz={64}
            fw={750}
            lh={1.1}
            c="var(--cs-accent)"
            aria-label={`Number ${[...push.number].join(' ')}`}
            data-testid="push-number"
            style={{ letterSpacing: '0.12em', marginRight: '-0.12em', fontVariantNumeric: 'tabular-nums' }}
          >
            {push.number}
          </Text>
        </Stack>
      )}
      <RingProgress
        size={88}
        thickness={7}
        roundCaps
        rootColor="var(--cs-line)"
        sections={[
          { value: (left / total) * 100, color: left <= 10 ? 'var(--cs-danger)' : 'var(--cs-accent)' },
        ]}
        label={
          <Text ta="center" fw={700} role="timer" aria-label={`${left} seconds left`}>
            {left}
          </Text>
        }
      />
      <Text
        role="status"
        ta="center"
        fw={push.seen ? 600 : undefined}
        c={push.seen ? 'var(--cs-success)' : undefined}
      >
        {push.seen ? 'On your phone now' : `Sent to ${phone?.device.name ?? 'your phone'}`}
      </Text>
      {unseen && <NotSeen push={phone?.push} />}
    </Stack>
  );
}

function useUnseen(push: Push): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    const timer = setTimeout(() => setLate(true), unseenFor * 1000);
    return () => clearTimeout(timer);
  }, [push.id]);
  return late && !push.seen;
}

function NotSeen({ push }: { push: Authentication['factors'][number]['push'] | undefined }) {
  return (
    <Alert color="yellow" variant="light" w="100%" role="status" title="Nothing on your phone?">
      {push === 'ok'
        ? 'Open Countersign Authenticator on your phone: the request waits there.'
        : 'Notifications do not reach your phone at present. Open Countersign Authenticator on it: the request waits there.'}
    </Alert>
  );
}

function Ended({ push, onStartAgain }: { push: Authentication['push']; onStartAgain: () => void }) {
  return push?.state === 'reported' ? (
    <Over
      title="This sign-in was reported"
      text="It was answered with “This wasn't me”. The administrators have been told, and whoever asked was not let in."
      action="Start again"
      onAct={onStartAgain}
    />
  ) : (
    <Over
      title="Denied on your phone"
      text="This sign-in was denied on your phone, so nobody was let in."
      action="Start again"
      onAct={onStartAgain}
    />
  );
}

function Refused({
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
  const until = useCountdown(problem instanceof ProblemError ? problem.retryAfter : undefined);
  const over = isProblem(problem, 'authentication_over');
  const text = problem instanceof ProblemError ? problem.message : inWords(problem);
  return (
    <Stack gap="md">
      <Alert color="red" variant="light" role="alert" title="No request was sent">
        {text}
        {until > 0 && ` You can try again in ${secondsInWords(until)}.`}
      </Alert>
      <Group justify="center">
        {!over && (
          <Button onClick={onRetry} loading={busy} disabled={until > 0}>
            Send again
          </Button>
        )}
        <Button variant="default" onClick={onStartAgain}>
          Start again
        </Button>
      </Group>
    </Stack>
  );
}

function useCountdown(seconds: number | undefined): number {
  const [end] = useState(() => Date.now() + (seconds ?? 0) * 1000);
  return useSecondsLeft(seconds === undefined ? undefined : new Date(end).toISOString());
}

function Over({
  title,
  text,
  action,
  onAct,
}: {
  title: string;
  text: string;
  action: string;
  onAct: () => void;
}) {
  return (
    <Stack align="center" gap="md" role="alert">
      <Title order={2} ta="center">
        {title}
      </Title>
      <Text ta="center">{text}</Text>
      <Button onClick={onAct} size="md">
        {action}
      </Button>
    </Stack>
  );
}
