import { Button, Stack, Text, VisuallyHidden } from '@mantine/core';
import type { Authentication } from '@countersign/protocol/wire';
import { ArrivalTitle } from './arrival-title.tsx';
import { Over, Refused } from './push-over.tsx';
import { PushPending } from './push-pending.tsx';
import type { Following } from './use-authentication.ts';

/**
 * The wait for the phone, in all its states: sent, on the phone now, not seen, timed out, wrong number, denied. The same in
 * both portals, at sign-in and at step-up.
 */
export function PushWaiting({ following, onStartAgain }: { following: Following; onStartAgain: () => void }) {
  const { push, state } = following.authentication;
  const number = state === 'challenge' && push?.state === 'pending' ? push.number : null;
  return (
    <>
      {/* Stays while the states change: what appears together with its region is not read out everywhere. */}
      <VisuallyHidden role="status">
        {number && `Type the number ${spoken(number)} in Countersign Authenticator.`}
      </VisuallyHidden>
      <State following={following} onStartAgain={onStartAgain} />
    </>
  );
}

/** Digit by digit. */
const spoken = (number: string): string => [...number].join(' ');

function State({ following, onStartAgain }: { following: Following; onStartAgain: () => void }) {
  const { authentication, problem, sending, sentTo, sendPush } = following;
  const { state, push, factors } = authentication;
  if (state === 'denied') {
    return (
      <Over {...(push?.state === 'reported' ? endings.reported : endings.denied)}>
        <Button size="md" onClick={onStartAgain}>
          Start again
        </Button>
      </Over>
    );
  }
  if (state === 'expired') {
    return (
      <Over title="This sign-in has run out" text="It was not finished within ten minutes.">
        <Button size="md" onClick={onStartAgain}>
          Start again
        </Button>
      </Over>
    );
  }
  if (state === 'ready' || state === 'complete') {
    return (
      <Stack align="center" gap="sm" role="status">
        <ArrivalTitle>Approved</ArrivalTitle>
        <Text>One moment…</Text>
      </Stack>
    );
  }
  if (problem !== undefined) {
    return (
      <Refused
        problem={problem}
        busy={sending}
        onRetry={() => void sendPush(sentTo)}
        onStartAgain={onStartAgain}
      />
    );
  }
  if (push?.state === 'pending') {
    const phone = factors.find(({ authenticator }) => authenticator === sentTo) ?? factors[0];
    return <PushPending key={push.id} push={push} phone={phone} />;
  }
  if (sending) {
    return (
      <Text role="status" ta="center">
        Sending a request to your phone…
      </Text>
    );
  }
  const ending = push ? (endings[push.state as keyof typeof endings] ?? endings.cancelled) : endings.notSent;
  return (
    <Over {...ending}>
      <SendButtons again={push !== null} factors={factors} onSend={(to) => void sendPush(to)} />
    </Over>
  );
}

/** One button; where the person has several phones, one for each, since the others are another way. */
function SendButtons({
  again,
  factors,
  onSend,
}: {
  again: boolean;
  factors: Authentication['factors'];
  onSend: (authenticator?: string) => void;
}) {
  if (factors.length < 2) {
    return (
      <Button size="md" onClick={() => onSend()}>
        {again ? 'Send again' : 'Send'}
      </Button>
    );
  }
  return factors.map(({ authenticator, device }, index) => (
    <Button
      key={authenticator}
      size="md"
      variant={index === 0 ? 'filled' : 'default'}
      onClick={() => onSend(authenticator)}
    >
      {again ? 'Send again' : 'Send'} to {device.name}
    </Button>
  ));
}

const endings = {
  notSent: { title: 'Approve on your phone', text: 'A request is sent to your phone.' },
  expired: {
    title: 'No answer in time',
    text: 'The request on your phone has timed out. Nothing was approved.',
  },
  failed: {
    title: 'That was not the number',
    text: 'Another number was typed on the phone, so the request has ended. A new one shows a new number.',
  },
  cancelled: { title: 'The request was cancelled', text: 'It has ended without an answer.' },
  denied: {
    title: 'Denied on your phone',
    text: 'This sign-in was denied on your phone, so nobody was let in.',
  },
  reported: {
    title: 'This sign-in was reported',
    text: 'It was answered with “This wasn’t me”. The administrators have been told, and whoever asked was not let in.',
  },
};
