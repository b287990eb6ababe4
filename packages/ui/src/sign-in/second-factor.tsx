import { Button, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { Factor } from '@countersign/protocol/wire';
import { t } from '../texts.ts';
import { ArrivalTitle } from './arrival-title.tsx';
import { CodeStep } from './code-step.tsx';
import { PasskeyStep } from './passkey-step.tsx';
import { Over } from './push-over.tsx';
import { PushWaiting } from './push-waiting.tsx';
import type { Following } from './use-authentication.ts';
import { firstWay, isPhone, keepWay, keptWay, nameOfWay, waysOf } from './ways.ts';

/**
 * Confirming with a second factor: the preferred one at once, and every other one from there. The same in both portals, at
 * sign-in and at step-up. Leaving a phone that was asked for another way gives up nothing: its request stays good until
 * the other way has succeeded, and the server takes it back then.
 */
export function SecondFactor({
  following,
  onStartAgain,
}: {
  following: Following;
  onStartAgain: () => void;
}) {
  const { authentication } = following;
  const { state, push } = authentication;
  const [kind, setKind] = useState(() => keptWay(authentication) ?? firstWay(authentication));
  const [choosing, setChoosing] = useState(false);

  if (state === 'denied' || state === 'expired') {
    const { denied, resetDenied, reported, runOut, resetRunOut } = t.endings;
    const isReset = authentication.purpose === 'password_reset';
    const no = isReset ? resetDenied : denied;
    const late = isReset ? resetRunOut : runOut;
    const ending = state === 'expired' ? late : push?.state === 'reported' ? reported : no;
    return (
      <Over {...ending}>
        <Button size="md" onClick={onStartAgain}>
          {t.ways.startAgain}
        </Button>
      </Over>
    );
  }
  if (state === 'ready' || state === 'complete') {
    return (
      <Stack align="center" gap="sm" role="status">
        <ArrivalTitle>{push?.state === 'approved' ? t.endings.approved : t.endings.confirmed}</ArrivalTitle>
        <Text>{t.ways.moment}</Text>
      </Stack>
    );
  }

  const ways = waysOf(authentication);
  const choose = (way: Factor) => {
    setChoosing(false);
    setKind(way.kind);
    keepWay(authentication, way);
    // A phone that is being asked already is only shown again.
    if (isPhone(way) && push?.state !== 'pending') void following.sendPush(way.authenticator);
  };
  if (choosing) return <WayChoice ways={ways} onChoose={choose} />;
  return (
    <>
      {kind === 'push' && (
        <PushWaiting following={following} otherWays={ways.length > 1} onStartAgain={onStartAgain} />
      )}
      {(kind === 'totp' || kind === 'recovery_code') && (
        <CodeStep key={kind} kind={kind} following={following} />
      )}
      {kind === 'passkey' && <PasskeyStep following={following} />}
      {ways.length > 1 && (
        <Button variant="default" onClick={() => setChoosing(true)}>
          {t.ways.another}
        </Button>
      )}
    </>
  );
}

function WayChoice({ ways, onChoose }: { ways: Factor[]; onChoose: (way: Factor) => void }) {
  return (
    <Stack>
      <ArrivalTitle>{t.ways.title}</ArrivalTitle>
      <Stack gap="xs">
        {ways.map((way) => (
          <Button
            key={isPhone(way) ? way.authenticator : way.kind}
            variant="default"
            size="md"
            fullWidth
            onClick={() => onChoose(way)}
          >
            {nameOfWay(way)}
          </Button>
        ))}
      </Stack>
    </Stack>
  );
}
