import { LaunchTile, List, OpenedApplication, Problem } from '@countersign/protocol/wire';
import { Type } from 'typebox';
import { resourceOfApplication, tileView } from '../../applications/applications.ts';
import { findApplication, listApplicationsFor, noteUse } from '../../applications/store.ts';
import type { Events } from '../../events/events.ts';
import type { App } from '../../platform/http/app.ts';
import { askerOf } from '../../platform/http/asker.ts';
import { Refusal } from '../../platform/http/refusal.ts';
import type { Platform } from '../../platform/platform.ts';
import { startUrl } from '../../saml/sign-in.ts';
import { demandSession } from '../../sessions/access.ts';
import { demandsFactor } from '../../policy/rules.ts';
import { demandMayOpen } from '../../sso/access.ts';
import { wantedBy } from '../../sso/assurance.ts';
import { proofFor } from '../../sso/proofs.ts';
import { demandStepUp, type Sessions } from '../../sessions/sessions.ts';

/** The launcher: what a signed-in person may open, and opening it. */

interface Needs {
  platform: Platform;
  sessions: Sessions;
  events: Events;
}

const tags = ['Me: applications'];
const byId = Type.Object({ id: Type.String() });

export function myApplicationRoutes(app: App, { platform, sessions, events }: Needs): void {
  const { store, now, issuer } = platform;

  app.get(
    '/api/v1/me/applications',
    {
      schema: { tags, summary: 'What may be opened', response: { 200: List(LaunchTile), '4xx': Problem } },
    },
    async (request, reply) => {
      const { user_id } = await demandSession(sessions, request, reply);
      const rows = await listApplicationsFor.all(store, { user_id });
      return { items: rows.map((row) => tileView(row, issuer)) };
    },
  );

  app.post(
    '/api/v1/me/applications/:id/open',
    {
      schema: {
        tags,
        summary: 'Open one: where the browser goes',
        description:
          '403 `application_not_allowed` where it is for others only, `policy_denied` where a rule denies it here or now, `step_up_required` with `application:{id}` where it asks for a fresh proof.',
        params: byId,
        response: { 200: OpenedApplication, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const session = await demandSession(sessions, request, reply);
      const { id } = request.params;
      const found = await findApplication.get(store, { id });
      if (!found) throw new Refusal('not_found');
      const effect = await demandMayOpen(session, askerOf(request), found, { platform, events });
      const resource = resourceOfApplication(id);
      if (found.step_up === 1) await demandStepUp(store, session, resource, now());
      // Who never had a factor has the password only, and gave that to sign in; a rule may want more.
      const isProofWanted = (found.step_up === 0 && session.had_factor === 1) || demandsFactor(effect);
      const wanted = wantedBy(found, now());
      if (isProofWanted && !(await proofFor(store, session, found, { wanted, effect }, now())))
        throw new Refusal('step_up_required', { resource });
      // Recorded where it is answered, which need not begin here.
      if (found.kind === 'saml') return { url: startUrl(id, issuer) };
      const user = { id: session.user_id, login: session.login };
      await store.transaction(async (transaction) => {
        await noteUse.run(transaction, { user_id: user.id, application_id: id, now: now() });
        await events.record(transaction, {
          type: 'application.opened',
          actor: user,
          user,
          asker: askerOf(request),
          details: { application: id, name: found.name },
        });
      });
      return { url: found.url };
    },
  );
}
