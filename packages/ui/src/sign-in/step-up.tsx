import { Alert, Button, getDefaultZIndex, Group, Modal, Stack, Text } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { Authentication } from '@countersign/protocol/wire';
import { call, inWords, isProblem, type ProblemError } from '../api.ts';
import { t } from '../texts.ts';
import { SecondFactor } from './second-factor.tsx';
import { useAuthentication } from './use-authentication.ts';

/**
 * Step-up: acts that a call refused with 403 `step_up_required` are confirmed with a second factor, then made again.
 * `withStepUp(act)` runs the act; the dialog opens by itself where it is needed.
 */

interface Wanted {
  resource: string;
  settle: (confirmed: boolean) => void;
}
let open: ((wanted: Wanted) => void) | undefined;

/** The person closed the dialog: nothing was done. What was to be confirmed is its message, for who goes on by trying again. */
export class StepUpCancelled extends Error {}

/** @throws StepUpCancelled, and whatever the act throws. */
export async function withStepUp<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!isProblem(error, 'step_up_required') || !open) throw error;
    if (!(await confirm(error))) throw new StepUpCancelled(error.message);
    return act();
  }
}

const confirm = ({ problem }: ProblemError): Promise<boolean> =>
  new Promise((settle) => open!({ resource: problem.resource ?? '', settle }));

/** Why a session is no more: the phone said no, or it had ended before. */
export type SessionEnd = 'denied' | 'reported' | 'ended';

const base = '/api/v1/authentications';

/** The dialog, once in each portal. `onSignedOut`: a denial on the phone ends the session. */
export function StepUpDialog({ onSignedOut }: { onSignedOut: (why: SessionEnd) => void }) {
  const [wanted, setWanted] = useState<Wanted>();
  const [authentication, setAuthentication] = useState<Authentication>();
  const [problem, setProblem] = useState<string>();

  useEffect(() => {
    open = setWanted;
    return () => {
      open = undefined;
    };
  }, []);

  const end = (confirmed: boolean) => {
    wanted?.settle(confirmed);
    setWanted(undefined);
    setAuthentication(undefined);
    setProblem(undefined);
  };
  const failed = (error: unknown) => {
    if (!isProblem(error, 'no_session')) return setProblem(inWords(error));
    end(false);
    onSignedOut('ended');
  };
  const begin = (resource: string) => {
    setProblem(undefined);
    setAuthentication(undefined);
    call<Authentication>('POST', base, { purpose: 'step_up', resource }).then(setAuthentication, failed);
  };
  useEffect(() => {
    if (wanted) begin(wanted.resource);
  }, [wanted]);

  const cancel = () => {
    // Takes the request back from the phone.
    if (authentication) void call('DELETE', `${base}/${authentication.id}`).catch(() => {});
    end(false);
  };

  // Above a dialog whose act is to be confirmed, though it stands before it in the page.
  const above = getDefaultZIndex('modal') + 1;
  return (
    <Modal
      opened={wanted !== undefined}
      onClose={cancel}
      title={t.stepUp.title}
      centered
      size="sm"
      zIndex={above}
    >
      {problem && (
        <Stack>
          <Alert color="red" variant="light" role="alert">
            {problem}
          </Alert>
          <Group justify="center">
            <Button onClick={() => begin(wanted!.resource)}>{t.ways.tryAgain}</Button>
            <Button variant="default" onClick={cancel}>
              {t.ways.cancel}
            </Button>
          </Group>
        </Stack>
      )}
      {!problem && !authentication && (
        <Text role="status" ta="center">
          {t.ways.moment}
        </Text>
      )}
      {!problem && authentication && (
        <Confirming
          key={authentication.id}
          initial={authentication}
          onDone={() => end(true)}
          onFailed={failed}
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
  onFailed,
  onStartAgain,
  onSignedOut,
}: {
  initial: Authentication;
  onDone: () => void;
  onFailed: (error: unknown) => void;
  onStartAgain: () => void;
  onSignedOut: (why: SessionEnd) => void;
}) {
  const following = useAuthentication(initial, initial.preferred === 'push');
  const { id, state, push } = following.authentication;
  const completing = useRef(false);
  useEffect(() => {
    if (state === 'denied') onSignedOut(push?.state === 'reported' ? 'reported' : 'denied');
    if (state !== 'ready' || completing.current) return;
    completing.current = true;
    call('POST', `${base}/${id}/complete`).then(onDone, onFailed);
  }, [state]);
  return <SecondFactor following={following} onStartAgain={onStartAgain} />;
}
