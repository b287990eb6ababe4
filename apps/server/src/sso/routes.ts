import { Problem, SsoContinued, SsoInteraction } from '@countersign/protocol/wire';
import { Type } from 'typebox';
import { browserOf } from '../platform/http/browser-cookie.ts';
import type { App, Reply, Request } from '../platform/http/app.ts';
import { askerOf } from '../platform/http/asker.ts';
import type { Cookies } from '../platform/http/cookies.ts';
import { hashSecret } from '../platform/random-text.ts';
import { demandSession } from '../sessions/access.ts';
import type { Sessions } from '../sessions/sessions.ts';
import {
  cancelInteraction,
  continueInteraction,
  interactionView,
  takeUp,
  type InteractionNeeds,
} from './interactions.ts';

/** Between an application's question and its answer: what the User Portal asks, whatever the application speaks. */

type Needs = InteractionNeeds & { sessions: Sessions; cookies: Cookies };

const tags = ['Single sign-on'];
const byId = Type.Object({ id: Type.String() });

export function ssoRoutes(app: App, needs: Needs): void {
  const { platform, sessions } = needs;
  const browserHashOf = (request: Request, reply: Reply) => hashSecret(browserOf(request, reply, needs));

  app.get(
    '/api/v1/sso/:id',
    {
      schema: {
        tags,
        summary: 'Which application asks, and whether the session is enough',
        description: 'The first browser that asks has taken it up; for any other there is none.',
        params: byId,
        response: { 200: SsoInteraction, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const found = await takeUp(request.params.id, browserHashOf(request, reply), platform);
      const session = await sessions.find(request, reply, ['portal', 'admin'], { renew: true });
      const isWhole = session && session.enrollment_required === 0 && session.password_change_required === 0;
      return interactionView(found, isWhole ? session : undefined, askerOf(request).ip, platform);
    },
  );

  app.post(
    '/api/v1/sso/:id/continue',
    {
      schema: {
        tags,
        summary: 'Go back to the application, signed in',
        params: byId,
        response: { 200: SsoContinued, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const session = await demandSession(sessions, request, reply);
      const browserHash = browserHashOf(request, reply);
      const url = await continueInteraction(request.params.id, browserHash, session, askerOf(request), needs);
      return { url };
    },
  );

  app.post(
    '/api/v1/sso/:id/cancel',
    {
      schema: {
        tags,
        summary: 'Go back to the application, not signed in',
        params: byId,
        response: { 200: SsoContinued, '4xx': Problem },
      },
    },
    async (request, reply) => ({
      url: await cancelInteraction(request.params.id, browserHashOf(request, reply), needs),
    }),
  );
}
