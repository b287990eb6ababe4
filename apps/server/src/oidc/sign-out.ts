import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Events } from '../events/events.ts';
import { clientInWords } from '../platform/http/asker.ts';
import type { Platform } from '../platform/platform.ts';
import type { Transaction } from '../platform/store/store.ts';
import { endSession, sessionsBeside, type LiveSession } from '../sessions/sessions.ts';
import { applicationOfClient } from './lifetimes.ts';

export interface SignOutNeeds {
  platform: Platform;
  events: Events;
  /** Before sessions end: where the browser goes to sign out of what they opened, and then to `returnTo`; undefined where nothing is. */
  leaveApplications(
    transaction: Transaction,
    sessionIds: readonly string[],
    returnTo?: string,
  ): Promise<string | undefined>;
}

/** An application signed the person out, and they agreed: of the portal too, and of all that it opened. */
export async function signOutOfPortal(
  ctx: KoaContextWithOIDC,
  { id, user_id, login }: LiveSession,
  { platform, events, leaveApplications }: SignOutNeeds,
): Promise<void> {
  const { client } = ctx.oidc;
  const user = { id: user_id, login };
  // Where the library goes on to: an address that the application has registered, or its own last page.
  const returnTo = ctx.response.get('location');
  const next = await platform.store.transaction(async (transaction) => {
    const ending = await sessionsBeside(transaction, id);
    if (ending.length === 0) return undefined;
    const leaving = await leaveApplications(transaction, ending, returnTo);
    for (const each of ending) await endSession(transaction, each);
    const application = client && applicationOfClient(client);
    const asker = { ip: ctx.ip, client: clientInWords(ctx.get('user-agent')) };
    const details = application && { application: application.id, name: client.clientName ?? '' };
    await events.record(transaction, { type: 'session.ended', actor: user, user, asker, details });
    return leaving;
  });
  if (next !== undefined) ctx.redirect(next);
}
