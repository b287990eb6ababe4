import type { PushState, AuthenticationState } from '@countersign/protocol/wire';
import type { Ending } from './outcomes.ts';

/** How a login stands, from what is known of its authentication: pure. */

export interface Facts {
  /** Undefined: purged. */
  authentication: { state: AuthenticationState; expires_at: number } | undefined;
  /** As it is now; undefined where none was sent. */
  push: PushState | undefined;
  /** How many kinds of code may be typed, locked ones too: a lock is over sooner than the login. */
  codes: number;
}

export type Standing =
  'waiting' | 'ready' | Exclude<Ending, 'allowed' | 'changed' | 'host_revoked' | 'cancelled'>;

export function standingOf({ authentication, push, codes }: Facts, now: number): Standing {
  if (!authentication) return 'no_answer';
  const { state, expires_at } = authentication;
  if (state === 'denied') return push === 'reported' ? 'reported' : 'denied';
  // Claimed by what no longer counts, or ended from elsewhere: a suspension, a revoked phone, a report.
  if (state === 'expired' || state === 'complete') return 'ended';
  if (expires_at <= now) return 'no_answer';
  if (state === 'ready') return 'ready';
  // Approved just now: the authentication, which was read before, is ready a moment later.
  if (push === 'pending' || push === 'approved' || codes > 0) return 'waiting';
  return push === 'failed' ? 'wrong_number' : push === 'cancelled' ? 'ended' : 'no_answer';
}
