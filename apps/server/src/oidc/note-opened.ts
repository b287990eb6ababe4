import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { noteUse } from '../applications/store.ts';
import type { Events } from '../events/events.ts';
import { clientInWords } from '../platform/http/asker.ts';
import type { Platform } from '../platform/platform.ts';
import { isFirstToldTo } from './follow-session.ts';
import { applicationOfClient } from './lifetimes.ts';
import { handedOverWith } from './mount.ts';

/**
 * An application that was opened with no page of the portal in between is an event, too: somebody who uses a session that is
 * not theirs shall be seen. Once for each session: what an application asks again and again, unseen, is no opening of it.
 * Resolves, after a request, when it is recorded; with a page, continueInteraction has done it.
 */
export function noteOpened(
  provider: Provider,
  { platform, events }: { platform: Platform; events: Events },
): (ctx: KoaContextWithOIDC) => Promise<void> {
  const opened = new WeakSet<object>();
  provider.on('authorization.success', ({ oidc, req }: KoaContextWithOIDC) => {
    if (!oidc.result && isFirstToldTo(oidc.session!, oidc.client!.clientId)) opened.add(req);
  });
  return async (ctx) => {
    const { session } = handedOverWith(ctx.req);
    if (!session || !opened.has(ctx.req)) return;
    const { client, session: follower } = ctx.oidc;
    const { id } = applicationOfClient(client!);
    const user = { id: session.user_id, login: session.login };
    const asker = { ip: ctx.ip, client: clientInWords(ctx.get('user-agent')) };
    const details = { application: id, name: client!.clientName ?? '', acr: follower!.acr };
    await platform.store.transaction(async (transaction) => {
      await noteUse.run(transaction, { user_id: user.id, application_id: id, now: platform.now() });
      await events.record(transaction, { type: 'application.opened', actor: user, user, asker, details });
    });
  };
}
