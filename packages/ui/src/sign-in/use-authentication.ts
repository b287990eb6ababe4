import { useCallback, useEffect, useRef, useState } from 'react';
import type { Authentication } from '@countersign/protocol/wire';
import { call, isProblem, ProblemError } from '../api.ts';
import { follow } from '../events.ts';

/** One authentication on the screen: followed as it changes, with what the person can do about it. */
export interface Following {
  authentication: Authentication;
  /** What a refused act said: a limit, a lock. */
  problem: unknown;
  sending: boolean;
  sendPush(): Promise<void>;
  giveUp(): Promise<void>;
}

const base = '/api/v1/authentications';

/**
 * @param initial what `POST /authentications` answered, or what a reload found again
 * @param sendAtOnce send the push without being asked, where it is the preferred factor and none was sent
 */
export function useAuthentication(initial: Authentication, sendAtOnce: boolean): Following {
  const [authentication, setAuthentication] = useState(initial);
  const [problem, setProblem] = useState<unknown>();
  const [sending, setSending] = useState(false);
  const { id } = initial;
  const sent = useRef(false);

  const sendPush = useCallback(async () => {
    setSending(true);
    setProblem(undefined);
    try {
      setAuthentication(await call<Authentication>('POST', `${base}/${id}/push`));
    } catch (error) {
      // Another tab was quicker; the stream tells of its request.
      if (!isProblem(error, 'push_pending')) setProblem(error);
    } finally {
      setSending(false);
    }
  }, [id]);

  useEffect(
    () =>
      follow<Authentication>(`${base}/${id}`, 'authentication', setAuthentication, (error) => {
        // Gone from the server altogether: to the person that is the same as run out.
        if (error instanceof ProblemError && error.status === 404) {
          setAuthentication((last) => ({ ...last, state: 'expired' }));
        }
      }),
    [id],
  );

  useEffect(() => {
    if (!sendAtOnce || sent.current || initial.state !== 'challenge' || initial.push) return;
    sent.current = true;
    void sendPush();
  }, [sendAtOnce, initial, sendPush]);

  const giveUp = useCallback(async () => {
    await call('DELETE', `${base}/${id}`).catch(() => {});
  }, [id]);

  return { authentication, problem, sending, sendPush, giveUp };
}
