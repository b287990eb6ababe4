import { Button, Modal, Stack, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { Authentication } from '@countersign/protocol/wire';
import { call, inWords, isProblem, type ProblemError } from '../api.ts';
import { PushWaiting } from './push-waiting.tsx';
import { useAuthentication } from './use-authentication.ts';

/**
 * Step-up: acts that a call refused with 403 `step_up_required` are confirmed on the phone, then made again.
 * `withStepUp(act)` runs the act; the dialog opens by itself where it is needed.
 */

interface Wanted {
  resource: string;
  settle: (confirmed: boolean) => void;
}
let open: ((wanted: Wanted) => void) | undefined;

/** The person closed the dialog: nothing was done, and nothing need be said. */
export class StepUpCancelled extends Error {}

/** @throws StepUpCancelled, and whatever the act throws. */
export async function withStepUp<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!isProblem(error, 'step_up_required') || !open) throw error;
    if (!(await confirm(error))) throw new StepUpCancelled();
    return act();
  }
}

const confirm = ({ problem }: ProblemError): Promise<boolean> =>
  new Promise((settle) => open!({ resource: problem.resource ?? '', settle }));

/** The dialog, once in each portal. `onSignedOut`: a denial on the phone ends the session. */
export function StepUpDialog({ onSignedOut }: { onSignedOut: (why: 'denied' | 'reported') => void }) {
  const [wanted, setWanted] = useState<Wanted>();
  const [authentication, setAuthentication] = useState<Authentication>();
  const [problem, setProblem] = useState<string>();

  useEffect(() => {
    open = setWanted;
    return () => {
      open = undefined;
    };
  }, []);

  const begin = (resource: string) => {
    setProblem(undefined);
    setAuthentication(undefined);
    call<Authentication>('POST', '/api/v1/authentications', { purpose: 'step_up', resource }).then(
      setAuthentication,
      (error: unknown) => setProblem(inWords(error)),
    );
  };
  useEffect(() => {
    if (wanted) begin(wanted.resource);
  }, [wanted]);

  const end = (confirmed: boolean) => {
    wanted?.settle(confirmed);
    setWanted(undefined);
    setAuthentication(undefined);
  };

  return (
    <Modal
      opened={wanted !== undefined}
      onClose={() => end(false)}
      title="Confirm that it is you"
      centered
      size="sm"
    >
      {problem && (
        <Stack>
          <Text role="alert">{problem}</Text>
          <Button variant="default" onClick={() => end(false)}>
            Close
          </Button>
        </Stack>
      )}
      {authentication && (
        <Confirming
          key={authentication.id}
          initial={authentication}
          onDone={() => end(true)}
          onStartAgain={() => begin(wanted!.resource)}
          onSignedOut={(why) => {
            end(false);
            onSignedOut(why);
          }}
        />
      )}
    </Modal>
  );
}

function Confirming({
  initial,
  onDone,
  onStartAgain,
  onSignedOut,
}: {
  initial: Authentication;
  onDone: () => void;
  onStartAgain: () => void;
  onSignedOut: (why: 'denied' | 'reported') => void;
}) {
  const following = useAuthentication(initial, true);
  const { id, state, push } = following.authentication;
  const { giveUp } = following;
  useEffect(() => {
    if (state === 'ready')
      void call('POST', `/api/v1/authentications/${id}/complete`).then(onDone, onStartAgain);
    if (state === 'denied') onSignedOut(push?.state === 'reported' ? 'reported' : 'denied');
  }, [state]);
  // Closing the dialog takes the request back from the phone.
  useEffect(() => () => void giveUp(), [giveUp]);
  return <PushWaiting following={following} onStartAgain={onStartAgain} />;
}
