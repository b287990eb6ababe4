import { call, inWords, isProblem } from '@countersign/ui/api';
import { follow } from '@countersign/ui/events';
import { StepUpCancelled, withStepUp } from '@countersign/ui/sign-in';
import { useCallback, useEffect, useState } from 'react';
import type { Activation, CreatedActivation } from '@countersign/protocol/wire';

/** One activation, from its code to its end, followed as it changes. */
export interface RunningActivation {
  activation: CreatedActivation | undefined;
  problem: string | undefined;
  pushDisabled: boolean;
  /** A first phone was to be enrolled, and there is one: from another browser. */
  enrolledElsewhere: boolean;
  /** The person did not confirm that it is them. */
  cancelled: boolean;
  /** Begins, or finds what a reload left. */
  open(): Promise<void>;
  /** Begins anew with a fresh code. */
  begin(): Promise<void>;
  giveUp(): Promise<void>;
}

const base = '/api/v1/me/activations';
/** The activation of this tab: a reload finds it again where a phone has taken its code already. */
const kept = 'countersign.activation';

/** Undefined where a new code is to be shown: that of a waiting one was shown once. */
async function findTaken(): Promise<CreatedActivation | undefined> {
  const id = sessionStorage.getItem(kept);
  if (id === null) return undefined;
  const found = await call<Activation>('GET', `${base}/${id}`).catch((error: unknown) => {
    if (isProblem(error, 'not_found')) return undefined;
    throw error;
  });
  const taken = found?.state === 'pending' || found?.state === 'active';
  return taken ? { ...found, activation_uri: '', code: '' } : undefined;
}

export function useActivation(): RunningActivation {
  const [activation, setActivation] = useState<CreatedActivation>();
  const [problem, setProblem] = useState<string>();
  const [pushDisabled, setPushDisabled] = useState(false);
  const [cancelled, setCancelled] = useState(false);
  const [enrolledElsewhere, setEnrolledElsewhere] = useState(false);
  const id = activation?.id;

  const run = useCallback(async (make: () => Promise<CreatedActivation>) => {
    setProblem(undefined);
    setCancelled(false);
    try {
      setActivation(await make());
    } catch (error) {
      if (error instanceof StepUpCancelled) setCancelled(true);
      else if (isProblem(error, 'push_disabled')) setPushDisabled(true);
      // No dialog was there to confirm it, or a session that is not full may not.
      else if (isProblem(error, 'step_up_required')) setEnrolledElsewhere(true);
      else setProblem(inWords(error));
    }
  }, []);
  const begin = useCallback(() => run(create), [run]);
  const open = useCallback(() => run(async () => (await findTaken()) ?? create()), [run]);

  useEffect(() => {
    if (!id) return;
    const stop = follow<Activation>(`${base}/${id}`, 'activation', (next) => {
      setActivation((last) => (last?.id === next.id ? { ...last, ...next } : last));
      if (next.state === 'active' || next.state === 'expired') stop();
    });
    return stop;
  }, [id]);

  const giveUp = useCallback(async () => {
    sessionStorage.removeItem(kept);
    if (id) await call('DELETE', `${base}/${id}`).catch(() => {});
    setActivation(undefined);
  }, [id]);

  return { activation, problem, pushDisabled, enrolledElsewhere, cancelled, open, begin, giveUp };
}

async function create(): Promise<CreatedActivation> {
  const created = await withStepUp(() => call<CreatedActivation>('POST', base));
  sessionStorage.setItem(kept, created.id);
  return created;
}

/** It is done: whoever opens the wizard again wants another. */
export const forgetActivation = (): void => sessionStorage.removeItem(kept);
