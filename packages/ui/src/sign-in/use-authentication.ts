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
  /** The phone that was chosen last; undefined leaves it to the server, which takes the first of `factors`. */
  sentTo: string | undefined;
  sendPush(authenticator?: string): Promise<void>;
  /** What a call answered, without waiting for the stream to tell it. */
  take(next: Authentication): void;
  giveUp(): Promise<void>;
}

const base = '/api/v1/authentications';
/** Nothing changes any more; the server has ended its stream, and reconnecting would only ask again. */
const over = ['complete', 'denied', 'expired'];

/**
 * @param initial what `POST /authentications` answered, or what a reload found again
 * @param sendAtOnce send the push without being asked, where it is the preferred factor and none was sent
 */
export function useAuthentication(initial: Authentication, sendAtOnce: boolean): Following {
  const [authentication, setAuthentication] = useState(initial);
  const [problem, setProblem] = useState<unknown>();
  const sendNow = sendAtOnce && initial.state === 'challenge' && initial.push === null;
  // From the first moment on: the page is not to offer a button for what happens by itself.
  const [sending, setSending] = useState(sendNow);
  const [sentTo, setSentTo] = useState<string>();
  const { id } = initial;
  const sent = useRef(false);

  const sendPush = useCallback(
    async (authenticator?: string) => {
      setSending(true);
      setProblem(undefined);
      setSentTo(authenticator);
      try {
        const next = await call<Authentication>('POST', `${base}/${id}/push`, { authenticator });
        // The stream may have told of this request before the answer came, and more of it: seen, answered.
        setAuthentication((last) => (last.push?.id === next.push?.id ? last : next));
      } catch (error) {
        // Another tab was quicker; the stream tells of its request.
        if (!isProblem(error, 'push_pending')) setProblem(error);
      } finally {
        setSending(false);
      }
    },
    [id],
  );

  useEffect(() => {
    const stop = follow<Authentication>(
      `${base}/${id}`,
      'authentication',
      (next) => {
        setAuthentication(next);
        if (over.includes(next.state)) stop();
      },
      (error) => {
        // Gone from the server altogether: to the person that is the same as run out.
        if (!(error instanceof ProblemError) || error.status !== 404) return;
        setAuthentication((last) => ({ ...last, state: 'expired' }));
        stop();
      },
    );
    return stop;
  }, [id]);

  useEffect(() => {
    if (!sendNow || sent.current) return;
    sent.current = true;
    void sendPush();
  }, [sendNow, sendPush]);

  const giveUp = useCallback(async () => {
    await call('DELETE', `${base}/${id}`).catch(() => {});
  }, [id]);

  return { authentication, problem, sending, sentTo, sendPush, take: setAuthentication, giveUp };
}
