import type { Reply, Request } from '../platform/http/app.ts';
import { Refusal } from '../platform/http/refusal.ts';
import type { LiveSession, SessionKind, Sessions } from './sessions.ts';

/** What a session may still reach before everything is in order with it. */
export interface Reach {
  /** Also while a first factor is to be enrolled. */
  enrollment?: boolean;
  /** Also while the initial password is to be replaced. */
  passwordChange?: boolean;
  /** The answer is a stream, which can carry no cookie: a new token waits for the next answer that can. */
  stream?: boolean;
}

/**
 * The signed-in user of a call under `/api/v1/me`. The Admin Portal's session counts too: it proves more.
 * @throws Refusal 401 `no_session`, 403 `enrollment_required`, 403 `password_change_required`.
 */
export async function demandSession(
  sessions: Sessions,
  request: Request,
  reply: Reply,
  reach: Reach = {},
  kinds: readonly SessionKind[] = ['portal', 'admin'],
): Promise<LiveSession> {
  const session = await sessions.find(request, reply, kinds, { renew: !reach.stream });
  if (!session) throw new Refusal('no_session');
  if (session.enrollment_required > 0 && !reach.enrollment) throw new Refusal('enrollment_required');
  if (session.password_change_required === 1 && !reach.passwordChange) {
    throw new Refusal('password_change_required');
  }
  return session;
}
