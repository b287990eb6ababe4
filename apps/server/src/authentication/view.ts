import type { Authentication, Factor } from '@countersign/protocol/wire';
import { deviceOf } from '../authenticators/view.ts';
import { timeText, type Platform } from '../platform/platform.ts';
import { findLatestOfAuthentication } from '../push/store.ts';
import { stateAt } from '../push/view.ts';
import { offeredFactors, type Offered } from './decide.ts';
import type { AuthenticationRow } from './store.ts';

/** An authentication as the browser that began it sees it. */
export async function authenticationView(
  row: AuthenticationRow,
  { store, now }: Pick<Platform, 'store' | 'now'>,
): Promise<Authentication> {
  const push = await findLatestOfAuthentication.get(store, { authentication_id: row.id });
  const waiting = row.state === 'challenge' || row.state === 'enrollment_required' || row.state === 'ready';
  const state = waiting && row.expires_at <= now() ? 'expired' : row.state;
  const offered = state === 'challenge' ? await offeredFactors(store, row, now()) : undefined;
  return {
    id: row.id,
    // No browser sees one that a program asked for.
    purpose: row.purpose as Authentication['purpose'],
    state,
    factors: offered ? factorsView(offered) : [],
    preferred: offered?.preferred ?? null,
    expires_at: timeText(row.expires_at),
    push: push
      ? {
          id: push.id,
          state: stateAt(push, now()),
          seen: push.seen_at !== null,
          expires_at: timeText(push.expires_at),
          number: push.number,
        }
      : null,
  };
}

export const factorsView = ({ push, others }: Pick<Offered, 'push' | 'others'>): Factor[] => [
  ...push.map((authenticator) => ({
    kind: 'push' as const,
    device: deviceOf(authenticator),
    authenticator: authenticator.id,
    push: authenticator.push,
  })),
  ...others.map((kind) => ({ kind })),
];
