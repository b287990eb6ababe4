import type { HostLogin } from '@countersign/protocol/wire';
import type { Answer, Effects } from './effects.ts';
import type { Outage } from './ending.ts';
import { isWaiting } from './texts.ts';

/** Follows a login at the server by long polls, also while a prompt is open. */

export interface Watch {
  /** As the server said last. */
  current(): HostLogin;
  /** Once nothing of the push is left to wait for. */
  settled(): Promise<
    { login: HostLogin } | Outage | { refused: Extract<Answer<never>, { kind: 'refused' }> }
  >;
}
type Settled = Awaited<ReturnType<Watch['settled']>>;

const pollFor = 25; // s
/** A server that restarts is back within that. */
const lostAfter = 10_000; // ms
const pause = 500; // ms

export function watch(
  begun: HostLogin,
  {
    server,
    sleep,
    monotonic,
    left,
    over,
    log,
  }: Pick<Effects, 'server' | 'sleep' | 'monotonic' | 'log'> & { left(): number; over: AbortSignal },
): Watch {
  let login = begun;

  async function follow(): Promise<Settled> {
    let awaySince: number | undefined;
    while (isWaiting(login)) {
      const began = monotonic();
      const seconds = Math.max(0, Math.min(pollFor, Math.floor(left() / 1000)));
      const polled = await server.wait(begun.id, seconds, login.version, over);
      if (over.aborted) throw over.reason as Error;
      if (polled.kind === 'refused') return { refused: polled };
      if (polled.kind === 'outage') {
        awaySince ??= began;
        if (monotonic() - awaySince >= lostAfter) return { outage: polled.reason };
        log('debug', `asking again: ${polled.reason}`);
        await sleep(pause, over);
        continue;
      }
      awaySince = undefined;
      const isNews = polled.value.version !== login.version;
      login = polled.value;
      // A server that answers at once with nothing new is not asked without end.
      if (!isNews && monotonic() - began < pause) await sleep(pause, over);
    }
    return { login };
  }

  const settled = follow();
  // Whoever does not wait for it learns of its end otherwise.
  settled.catch(() => {});
  return { current: () => login, settled: () => settled };
}
