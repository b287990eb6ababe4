import {
  AcceptInvitationBody,
  Invitation,
  InvitationLookupBody,
  Problem,
  SetupBody,
  SetupState,
} from '@countersign/protocol/wire';
import { Type } from 'typebox';
import type { App } from '../platform/http/app.ts';
import { askerOf, sourceOf } from '../platform/http/asker.ts';
import { minute, type Platform } from '../platform/platform.ts';
import { countCall } from '../platform/rate-limits/window.ts';
import type { Events } from '../events/events.ts';
import type { Hashing } from '../password/hashing.ts';
import { acceptInvitation, lookUpInvitation } from './invitations.ts';
import { isSetupNeeded, setUp } from './setup.ts';

/** How an organisation, and each new person, begins: the set-up link and the invitation link. */

const tags = ['Set-up'];
const callsAMinute = { most: 30, length: minute };

export function setupRoutes(app: App, needs: { platform: Platform; hashing: Hashing; events: Events }): void {
  const { platform } = needs;

  app.get(
    '/api/v1/setup',
    {
      schema: {
        tags,
        summary: 'Whether there is an owner yet',
        security: [],
        response: { 200: SetupState, '4xx': Problem },
      },
    },
    async () => ({ needed: await isSetupNeeded(platform) }),
  );

  app.post(
    '/api/v1/setup',
    {
      schema: {
        tags,
        summary: 'Make the owner, with the one-time link',
        body: SetupBody,
        response: { 201: Type.Object({ login: Type.String() }), '4xx': Problem },
      },
    },
    async (request, reply) => {
      await limit(askerOf(request).ip, 'setup');
      const { login } = await setUp(request.body, askerOf(request), needs);
      return reply.status(201).send({ login });
    },
  );

  app.post(
    '/api/v1/invitations/lookup',
    {
      schema: {
        tags,
        summary: 'Whom an invitation is for; spends nothing',
        body: InvitationLookupBody,
        response: { 200: Invitation, '4xx': Problem },
      },
    },
    async (request) => {
      await limit(askerOf(request).ip, 'invitation');
      return lookUpInvitation(request.body.token, platform);
    },
  );

  app.post(
    '/api/v1/invitations/accept',
    {
      schema: {
        tags,
        summary: 'Choose the first password',
        body: AcceptInvitationBody,
        response: { 204: Type.Null(), '4xx': Problem },
      },
    },
    async (request, reply) => {
      await limit(askerOf(request).ip, 'invitation');
      const { token, password } = request.body;
      await acceptInvitation(token, password, askerOf(request), needs);
      return reply.status(204).send(null);
    },
  );

  const limit = (ip: string, what: string) =>
    countCall(platform.store, `${what}:${sourceOf(ip)}`, callsAMinute, platform.now());
}
