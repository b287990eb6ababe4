import { Refusal } from '../../platform/http/refusal.ts';

/** How many calls of one host wait at once, in this process: no host holds the connections of all others. */

/** As many logins as an agent lets go on at once. */
const mostWaiting = 256;
/** Seconds, after which somebody may have stopped waiting. */
const retryAfter = 1;

export interface Waiting {
  /** Runs `act` while it counts as one that waits. @throws Refusal 429 */
  one<T>(hostId: string, act: () => Promise<T>): Promise<T>;
}

export function createWaiting(): Waiting {
  const waiting = new Map<string, number>();
  return {
    async one(hostId, act) {
      const others = waiting.get(hostId) ?? 0;
      if (others >= mostWaiting) throw new Refusal('too_many_requests', { retry_after: retryAfter });
      waiting.set(hostId, others + 1);
      try {
        return await act();
      } finally {
        const left = waiting.get(hostId)! - 1;
        if (left > 0) waiting.set(hostId, left);
        else waiting.delete(hostId);
      }
    },
  };
}
