import type { Events } from '../events/events.ts';
import type { Asker } from '../platform/http/asker.ts';
import type { Platform } from '../platform/platform.ts';
import { endSession, type LiveSession } from '../sessions/sessions.ts';
import { listSessionsBeside } from '../sessions/store.ts';

/** Signed out by an application, and the person agreed: of both portals, or the other one would sign in again at once. */
export async function signOut(
  { id, user_id, login }: LiveSession,
  asker: Asker,
  { platform, events }: { platform: Platform; events: Events },
): Promise<void> {
  const user = { id: user_id, login };
  await platform.store.transaction(async (transaction) => {
    for (const session of await listSessionsBeside.all(transaction, { id })) {
      await endSession(transaction, session.id);
      await events.record(transaction, { type: 'session.ended', actor: user, user, asker });
    }
  });
}
