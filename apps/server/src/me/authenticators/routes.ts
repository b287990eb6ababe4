import {
  Activation,
  Authenticator,
  CreatedActivation,
  List,
  Problem,
  PushTest,
  VerificationKeyCode,
} from '@countersign/protocol/wire';
import { Type } from 'typebox';
import { activationView, beginActivation } from '../../authenticators/activation.ts';
import type { CompletionNeeds } from '../../authenticators/completion.ts';
import { dropActivation } from '../../authenticators/drop.ts';
import { revoke } from '../../authenticators/revoke.ts';
import {
  findActivationByAuthenticator,
  findActivationOfUser,
  findAuthenticatorOfUser,
  listOfUser,
  type AuthenticatorRow,
} from '../../authenticators/store.ts';
import { issueVerificationKeyCode } from '../../authenticators/verification/code.ts';
import { authenticatorView } from '../../authenticators/view.ts';
import type { App } from '../../platform/http/app.ts';
import { askerOf } from '../../platform/http/asker.ts';
import { Refusal } from '../../platform/http/refusal.ts';
import { onlyChanges, streamEvents } from '../../platform/http/stream.ts';
import { minute, timeText } from '../../platform/platform.ts';
import { countCall } from '../../platform/rate-limits/window.ts';
import type { Transaction } from '../../platform/store/store.ts';
import { findLatestTest } from '../../push/store.ts';
import { stateAt } from '../../push/view.ts';
import { demandSession } from '../../sessions/access.ts';
import { actLifetime, demandStepUp, type LiveSession, type Sessions } from '../../sessions/sessions.ts';
import { elevate } from '../../sessions/store.ts';
import { readSettings } from '../../settings/settings.ts';
import { countFactors } from '../../users/store.ts';

/** The signed-in user's phones: enrolling, seeing, testing and removing them. */

export interface MyAuthenticatorsNeeds extends CompletionNeeds {
  sessions: Sessions;
  askTest: (
    transaction: Transaction,
    authenticator: AuthenticatorRow,
    login: string,
    name: string,
  ) => Promise<void>;
}

const tags = ['Me: phones'];
const byId = Type.Object({ id: Type.String() });
/** After an activation is over, its own portal page may still say "Not my phone" for so long. */
const secondThoughts = 5 * minute;
const mailsAnHour = { most: 5, length: 60 * minute };

export function myAuthenticatorRoutes(app: App, needs: MyAuthenticatorsNeeds): void {
  const { platform, sessions, outbox } = needs;
  const { store, now, issuer } = platform;
  const enrolling = { enrollment: true, passwordChange: true };

  app.post(
    '/api/v1/me/activations',
    {
      schema: {
        tags,
        summary: 'Begin enrolling a phone',
        response: { 201: CreatedActivation, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const session = await demandSession(sessions, request, reply, enrolling);
      return reply.status(201).send(await beginActivation(session, needs, askerOf(request)));
    },
  );

  app.get(
    '/api/v1/me/activations/:id',
    {
      schema: {
        tags,
        summary: 'How far an activation is',
        params: byId,
        response: { 200: Activation, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const session = await demandSession(sessions, request, reply, enrolling);
      return activationView(store, await demandActivation(session, request.params.id), now());
    },
  );

  app.get(
    '/api/v1/me/activations/:id/events',
    {
      schema: {
        tags,
        summary: 'The same as it changes',
        description: 'Server-sent events: `activation` with an Activation.',
        params: byId,
        produces: ['text/event-stream'],
        response: { 200: Type.String(), '4xx': Problem },
      },
    },
    async (request, reply) => {
      const session = await demandSession(sessions, request, reply, { ...enrolling, stream: true });
      const { id } = await demandActivation(session, request.params.id);
      const changes = onlyChanges<object>();
      await streamEvents(reply, {
        store,
        now,
        topics: [`activation:${id}`, `session:${session.id}`],
        headers: reply.getHeaders() as Record<string, string>,
        read: async () => {
          const row = await demandActivation(session, id);
          const data = await activationView(store, row, now());
          const over = data.state === 'active' || data.state === 'expired';
          return {
            events: changes(data).map((each) => ({ event: 'activation', data: each })),
            end: over || !(await sessions.isLive(store, session.id)),
            wakeAt: over ? undefined : row.expires_at,
          };
        },
      });
    },
  );

  app.delete(
    '/api/v1/me/activations/:id',
    {
      schema: {
        tags,
        summary: 'Give an activation up',
        params: byId,
        response: { 204: Type.Null(), '4xx': Problem },
      },
    },
    async (request, reply) => {
      const session = await demandSession(sessions, request, reply, enrolling);
      const activation = await demandActivation(session, request.params.id);
      await store.transaction((transaction) =>
        dropActivation(transaction, activation, 'cancelled', needs, askerOf(request)),
      );
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/api/v1/me/activations/:id/mail-link',
    {
      schema: {
        tags,
        summary: 'Mail how to get the app; never the code',
        params: byId,
        response: { 202: Type.Object({}), '4xx': Problem },
      },
    },
    async (request, reply) => {
      const session = await demandSession(sessions, request, reply, enrolling);
      await demandActivation(session, request.params.id);
      await countCall(store, `mail-link:${session.user_id}`, mailsAnHour, now());
      const { organization } = await readSettings(store);
      await store.transaction((transaction) =>
        outbox.post(transaction, session, (letters) =>
          letters.getApp(organization.name, `${issuer}/authenticator/`),
        ),
      );
      return reply.status(202).send({});
    },
  );

  app.get(
    '/api/v1/me/authenticators',
    { schema: { tags, summary: 'Enrolled phones', response: { 200: List(Authenticator), '4xx': Problem } } },
    async (request, reply) => {
      const { user_id } = await demandSession(sessions, request, reply, { passwordChange: true });
      return { items: (await listOfUser.all(store, { user_id })).map(authenticatorView) };
    },
  );

  app.delete(
    '/api/v1/me/authenticators/:id',
    {
      schema: {
        tags,
        summary: 'Remove a phone',
        params: byId,
        response: { 204: Type.Null(), '4xx': Problem },
      },
    },
    async (request, reply) => {
      const session = await demandSession(sessions, request, reply, { passwordChange: true });
      const { id } = await demandAuthenticator(session, request.params.id);
      const notMine = await isFreshlyEnrolledHere(session, id);
      if (!notMine) await demandStepUp(store, session, 'act:factors', now());
      const actor = { id: session.user_id, login: session.login };
      const by = notMine ? 'not_my_phone' : 'portal';
      await store.transaction(async (transaction) => {
        await revoke(transaction, id, { by, actor, asker: askerOf(request) }, needs);
        // Somebody else scanned the code: the rightful user, with nothing left to step up with, may try again at once.
        const { phones, totp, passkeys } = (await countFactors.get(transaction, {
          user_id: session.user_id,
        }))!;
        if (notMine && phones + totp + passkeys === 0) {
          const until = now() + actLifetime;
          await elevate.run(transaction, {
            session_id: session.id,
            resource: 'act:factors',
            acr: session.acr,
            amr: session.amr,
            proof: session.proof,
            until,
          });
        }
      });
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/api/v1/me/authenticators/:id/test',
    {
      schema: {
        tags,
        summary: 'Send a test to a phone',
        params: byId,
        response: { 202: PushTest, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const session = await demandSession(sessions, request, reply);
      const phone = await demandAuthenticator(session, request.params.id);
      if (phone.state !== 'active') throw new Refusal('not_found');
      await store.transaction((transaction) =>
        needs.askTest(transaction, phone, session.login, session.name),
      );
      return reply.status(202).send(await testView(phone));
    },
  );

  app.get(
    '/api/v1/me/authenticators/:id/test',
    {
      schema: {
        tags,
        summary: 'The last test of a phone',
        params: byId,
        response: { 200: PushTest, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const session = await demandSession(sessions, request, reply);
      return testView(await demandAuthenticator(session, request.params.id));
    },
  );

  app.post(
    '/api/v1/me/authenticators/:id/verification-key',
    {
      schema: {
        tags,
        summary: 'A code with which a phone that has no verification key gets its first',
        params: byId,
        response: { 201: VerificationKeyCode, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const session = await demandSession(sessions, request, reply);
      const phone = await demandAuthenticator(session, request.params.id);
      if (phone.state !== 'active') throw new Refusal('not_found');
      await demandStepUp(store, session, 'act:factors', now());
      const user = { id: session.user_id, login: session.login };
      return reply.status(201).send(await issueVerificationKeyCode(phone, user, askerOf(request), needs));
    },
  );

  async function testView({ id, user_id }: AuthenticatorRow) {
    const test = await findLatestTest.get(store, { authenticator_id: id });
    // Read again: sending the test may have shown that the phone cannot be reached.
    const phone = await findAuthenticatorOfUser.get(store, { id, user_id });
    if (!test || !phone) throw new Refusal('not_found');
    return {
      id: test.id,
      state: stateAt(test, now()),
      seen: test.seen_at !== null,
      expires_at: timeText(test.expires_at),
      push: phone.push,
    };
  }

  async function demandActivation(session: LiveSession, id: string) {
    const row = await findActivationOfUser.get(store, { id, user_id: session.user_id });
    if (!row) throw new Refusal('not_found');
    return row;
  }

  async function demandAuthenticator(session: LiveSession, id: string) {
    const row = await findAuthenticatorOfUser.get(store, { id, user_id: session.user_id });
    if (!row) throw new Refusal('not_found');
    return row;
  }

  async function isFreshlyEnrolledHere(session: LiveSession, authenticator_id: string): Promise<boolean> {
    const activation = await findActivationByAuthenticator.get(store, { authenticator_id });
    return activation?.session_id === session.id && activation.expires_at + secondThoughts > now();
  }
}
