import type { Acr } from '@countersign/protocol/wire';
import type { Asker } from '../../platform/http/asker.ts';
import type { Platform } from '../../platform/platform.ts';
import { noteUse } from '../../applications/store.ts';
import type { Events } from '../../events/events.ts';
import { isMetBy, type Proven } from '../../policy/rules.ts';
import { findLatestOfAuthentication } from '../../push/store.ts';
import { stateAt } from '../../push/view.ts';
import { mayUse, type Guarded } from '../../sso/access.ts';
import { findUser } from '../../users/store.ts';
import { rulingFor } from '../decide.ts';
import { claimCompletion, findAuthenticationOfRequest } from '../store.ts';

/** The last step of what a program asked for: it polls, and once the phone has approved it is told, once. */

export type BackchannelState =
  | 'pending'
  | 'denied'
  | 'expired'
  /** Approved. `at`: when the phone answered, milliseconds since 1970. */
  | { userId: string; acr: Acr; amr: string[]; at: number };

/** How it stands; that it was approved is said to one poll only. */
export async function completeBackchannel(
  requestHash: string,
  application: Guarded & { name: string },
  asker: Asker,
  { platform, events }: { platform: Platform; events: Events },
): Promise<BackchannelState> {
  const { store, now } = platform;
  const found = await findAuthenticationOfRequest.get(store, { request_hash: requestHash });
  if (!found || found.expires_at <= now()) return 'expired';
  const push = await findLatestOfAuthentication.get(store, { authentication_id: found.id });
  if (found.state === 'challenge') {
    const state = push ? stateAt(push, now()) : 'cancelled';
    // A wrong number is a no: each try of one needs a request of its own.
    if (state === 'failed') return 'denied';
    return state === 'pending' ? 'pending' : 'expired';
  }
  if (found.state === 'denied') return 'denied';
  if (found.state !== 'ready') return 'expired';
  return store.transaction(async (transaction) => {
    const claimed = await claimCompletion.get(transaction, { id: found.id, now: now() });
    if (!claimed) return 'expired';
    const user = (await findUser.get(transaction, { id: claimed.user_id }))!;
    const { effect } = await rulingFor(transaction, claimed, user.id, now());
    // Suspended in the meantime, or shut out: nothing of it holds.
    const holds =
      user.state === 'active' &&
      (await mayUse(transaction, user.id, application)) &&
      isMetBy(effect, JSON.parse(claimed.proof ?? 'null') as Proven | null);
    if (!holds) return 'denied';
    const amr = JSON.parse(claimed.amr) as string[];
    const acr = claimed.acr!;
    await noteUse.run(transaction, { user_id: user.id, application_id: application.id, now: now() });
    await events.record(transaction, {
      type: 'backchannel.completed',
      user,
      asker,
      details: { authentication: claimed.id, application: application.id, name: application.name, acr, amr },
    });
    return { userId: user.id, acr, amr, at: push!.ended_at! };
  });
}
