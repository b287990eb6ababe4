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
  /** Begins, or begins anew with a fresh code. */
  begin(): Promise<void>;
  giveUp(): Promise<void>;
}

const base = '/api/v1/me/activations';

export function useActivation(): RunningActivation {
  const [activation, setActivation] = useState<CreatedActivation>();
  const [problem, setProblem] = useState<string>();
  const [pushDisabled, setPushDisabled] = useState(false);
  const [cancelled, setCancelled] = useState(false);
  const [enrolledElsewhere, setEnrolledElsewhere] = useState(false);
  const id = activation?.id;

  const begin = useCallback(async () => {
    setProblem(undefined);
    setCancelled(false);
    try {
      setActivation(await withStepUp(() => call<CreatedActivation>('POST', base)));
    } catch (error) {
      if (error instanceof StepUpCancelled) setCancelled(true);
      else if (isProblem(error, 'push_disabled')) setPushDisabled(true);
      // No dialog was there to confirm it, or a session that is not full may not.
      else if (isProblem(error, 'step_up_required')) setEnrolledElsewhere(true);
      else setProblem(inWords(error));
    }
  }, []);

  useEffect(() => {
    if (!id) return;
    const stop = follow<Activation>(`${base}/${id}`, 'activation', (next) => {
      setActivation((last) => (last?.id === next.id ? { ...last, ...next } : last));
      if (next.state === 'active' || next.state === 'expired') stop();
    });
    return stop;
  }, [id]);

  const giveUp = useCallback(async () => {
    if (id) await call('DELETE', `${base}/${id}`).catch(() => {});
    setActivation(undefined);
  }, [id]);

  return { activation, problem, pushDisabled, enrolledElsewhere, cancelled, begin, giveUp };
}
