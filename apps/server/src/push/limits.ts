import type { PushState } from '@countersign/protocol/wire';
import { Refusal, secondsUntil } from '../platform/http/refusal.ts';
import { minute, second } from '../platform/platform.ts';

/**
 * Push bombing: how many requests one class of asker may send to one user. The classes are each familiar browser by
 * itself and all unfamiliar askers together, so a stranger who knows the password can neither flood the phone nor take
 * the real user's place. A limit refuses the asker and never touches a request that is there.
 */

/**
 * `application`: a program that asks by itself, which has a budget of its own, as small as a stranger's. `host`: one by
 * itself where nothing is asked before the push (`host:ID`, as small; `host:ID:alone`, as small again, from a network where the
 * person is familiar there, so that strangers elsewhere do not use it up), and where a person is familiar there (`host:ID:familiar`).
 * `help_desk`: everybody at it together, as small.
 */
export type AskerClass =
  | 'unfamiliar'
  | 'help_desk'
  | `browser:${string}`
  | `application:${string}`
  | `host:${string}`
  | 'authenticator';

interface Limit {
  pendingAtOnce: number;
  inWindow: number;
}

export const limitWindow = 15 * minute;
const unfamiliarLimit: Limit = { pendingAtOnce: 1, inWindow: 3 };
/** Also for the tests that a phone asks for itself. */
const familiarLimit: Limit = { pendingAtOnce: 3, inWindow: 10 };
/** After a denial. */
export const coolDown = 60 * second;
/** After one that nobody answered; doubles with each further one. */
const firstBackOff = 5 * second;

export const limitOf = (askerClass: AskerClass): Limit =>
  /^(unfamiliar|help_desk|(application|host):[^:]*(:alone)?)$/.test(askerClass)
    ? unfamiliarLimit
    : familiarLimit;

export interface PastRequest {
  state: PushState;
  created_at: number;
  expires_at: number;
  ended_at: number | null;
}

export type LimitDecision = { allowed: true } | { allowed: false; until: number; why: string };

/** @throws Refusal 429 with when to come back. */
export function demandAllowed(past: readonly PastRequest[], askerClass: AskerClass, now: number): void {
  const decision = decideLimit(past, askerClass, now);
  if (decision.allowed) return;
  throw new Refusal('too_many_requests', {
    retry_after: secondsUntil(decision.until, now),
    detail: `No further request can be sent now: ${decision.why}.`,
  });
}

/** Whether the class may ask again at `now`, from its requests of the last quarter of an hour, newest first. */
export function decideLimit(
  past: readonly PastRequest[],
  askerClass: AskerClass,
  now: number,
): LimitDecision {
  const { pendingAtOnce, inWindow } = limitOf(askerClass);
  const refusals: { until: number; why: string }[] = [];

  const pending = past.filter(({ state, expires_at }) => state === 'pending' && expires_at > now);
  if (pending.length >= pendingAtOnce) {
    refusals.push({
      until: Math.min(...pending.map(({ expires_at }) => expires_at)),
      why: 'a request is waiting already',
    });
  }
  const recent = past.filter(({ created_at }) => created_at > now - limitWindow);
  if (recent.length >= inWindow) {
    const oldest = recent[inWindow - 1]!;
    refusals.push({
      until: oldest.created_at + limitWindow,
      why: 'too many requests in a quarter of an hour',
    });
  }
  const denied = past.find(({ state }) => state === 'denied' || state === 'reported');
  if (denied?.ended_at && denied.ended_at + coolDown > now) {
    refusals.push({ until: denied.ended_at + coolDown, why: 'the last request was denied' });
  }
  const unanswered = unansweredInARow(past, now);
  if (unanswered.length > 0) {
    const until = unanswered[0]!.expires_at + firstBackOff * 2 ** (unanswered.length - 1);
    if (until > now) refusals.push({ until, why: 'nobody answered the last request' });
  }

  if (refusals.length === 0) return { allowed: true };
  const latest = refusals.reduce((a, b) => (b.until > a.until ? b : a));
  return { allowed: false, ...latest };
}

/** The expired ones since the last that was answered, newest first. Pending and cancelled ones say nothing either way. */
function unansweredInARow(past: readonly PastRequest[], now: number): PastRequest[] {
  const row: PastRequest[] = [];
  for (const request of past) {
    const over = request.state === 'expired' || (request.state === 'pending' && request.expires_at <= now);
    if (over) row.push(request);
    else if (request.state !== 'pending' && request.state !== 'cancelled') break;
  }
  return row;
}
