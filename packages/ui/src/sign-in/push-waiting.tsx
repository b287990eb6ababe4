import { Button, Text, VisuallyHidden } from '@mantine/core';
import { t } from '../texts.ts';
import { Over, Refused } from './push-over.tsx';
import { PushPending } from './push-pending.tsx';
import type { Following } from './use-authentication.ts';
import { isPhone, type Phone } from './ways.ts';

interface Waiting {
  following: Following;
  /** Whether the page offers ways beside the phone. */
  otherWays: boolean;
  onStartAgain: () => void;
}

/** The wait for the phone, in all its states: sent, on the phone now, not seen, timed out, wrong number. */
export function PushWaiting(waiting: Waiting) {
  const { push } = waiting.following.authentication;
  const number = push?.state === 'pending' ? push.number : null;
  return (
    <>
      {/* Stays while the states change: what appears together with its region is not read out everywhere. */}
      <VisuallyHidden role="status">{number && t.push.numberAloud(spoken(number))}</VisuallyHidden>
      <State {...waiting} />
    </>
  );
}

/** Digit by digit. */
const spoken = (number: string): string => [...number].join(' ');

function State({ following, otherWays, onStartAgain }: Waiting) {
  const { authentication, problem, sending, sentTo, sendPush } = following;
  const { push } = authentication;
  const phones = authentication.factors.filter(isPhone);
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
    const phone = phones.find(({ authenticator }) => authenticator === sentTo) ?? phones[0];
    return <PushPending key={push.id} push={push} phone={phone} otherWays={otherWays} />;
  }
  if (sending) {
    return (
      <Text role="status" ta="center">
        {t.push.sending}
      </Text>
    );
  }
  const { notSent, cancelled, expired, failed } = t.endings;
  const ending =
    push === null
      ? notSent
      : push.state === 'expired'
        ? expired
        : push.state === 'failed'
          ? failed
          : cancelled;
  return (
    <Over {...ending}>
      <SendButtons
        again={push !== null}
        isReset={authentication.purpose === 'password_reset'}
        phones={phones}
        onSend={(to) => void sendPush(to)}
      />
    </Over>
  );
}

/** One button; where the person has several phones, one for each, since the others are another way. */
function SendButtons({
  again,
  isReset,
  phones,
  onSend,
}: {
  again: boolean;
  isReset: boolean;
  phones: Phone[];
  onSend: (authenticator?: string) => void;
}) {
  if (phones.length < 2) {
    return (
      <Button size="md" onClick={() => onSend()}>
        {again ? t.push.sendAgain : isReset ? t.push.sendReset : t.push.send}
      </Button>
    );
  }
  return phones.map(({ authenticator, device }, index) => (
    <Button
      key={authenticator}
      size="md"
      variant={index === 0 ? 'filled' : 'default'}
      onClick={() => onSend(authenticator)}
    >
      {again ? t.push.sendAgainTo(device.name) : t.push.sendTo(device.name)}
    </Button>
  ));
}
