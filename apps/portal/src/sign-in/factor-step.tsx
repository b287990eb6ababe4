import { SecondFactor, useAuthentication } from '@countersign/ui/sign-in';
import { Button } from '@mantine/core';
import { useEffect } from 'react';
import type { Authentication } from '@countersign/protocol/wire';
import { NarrowPage } from '../layout/narrow-page.tsx';
import { t } from '../texts/texts.ts';

/** The second factor: a push goes out by itself where it is the preferred one; the others are offered beside it. */
export default function FactorStep({
  initial,
  onReady,
  onStartAgain,
}: {
  initial: Authentication;
  onReady: () => void;
  onStartAgain: () => void;
}) {
  const following = useAuthentication(initial, initial.preferred === 'push');
  const { state } = following.authentication;
  useEffect(() => {
    if (state === 'ready') onReady();
  }, [state]);
  // Elsewhere the page has its own way on.
  const waiting = state === 'challenge' && following.problem === undefined;
  return (
    <NarrowPage title={t.signIn.confirm}>
      <SecondFactor following={following} onStartAgain={onStartAgain} />
      {waiting && (
        <Button
          variant="subtle"
          onClick={() => {
            void following.giveUp();
            onStartAgain();
          }}
        >
          {t.app.cancel}
        </Button>
      )}
    </NarrowPage>
  );
}
