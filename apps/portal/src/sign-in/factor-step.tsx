import { PushWaiting, useAuthentication } from '@countersign/ui/sign-in';
import { Button } from '@mantine/core';
import { useEffect } from 'react';
import type { Authentication } from '@countersign/protocol/wire';
import { NarrowPage } from '../layout/narrow-page.tsx';

/** The second factor: the push goes out by itself, and the page waits for the phone. */
export function FactorStep({
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
    <NarrowPage title="Confirm it’s you">
      <PushWaiting following={following} onStartAgain={onStartAgain} />
      {waiting && (
        <Button
          variant="subtle"
          onClick={() => {
            void following.giveUp();
            onStartAgain();
          }}
        >
          Cancel
        </Button>
      )}
    </NarrowPage>
  );
}
