import {
  AskPush,
  Authentication,
  BeginAuthentication,
  CodeBody,
  Completed,
  PasskeyBody,
  PasskeyOptions,
  Problem,
  Session,
  SignedOut,
} from '@countersign/protocol/wire';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { findRequiredFrom } from '../enrollment/requirement.ts';
import type { App } from '../platform/http/app.ts';
import { askerOf, type Asker } from '../platform/http/asker.ts';
import type { Cookies } from '../platform/http/cookies.ts';
import { Refusal } from '../platform/http/refusal.ts';
import { onlyChanges, streamEvents } from '../platform/http/stream.ts';
import { assertionOptions } from '../passkey/verify.ts';
import { hashSecret } from '../platform/random-text.ts';
import { demandSession } from '../sessions/access.ts';
import { sessionView, type SessionKind } from '../sessions/sessions.ts';
import {
  beginLogin,
  beginSso,
  beginStepUp,
  beginWithPasskey,
  browserSubject,
  type BeginNeeds,
} from './begin.ts';
import { browserOf } from '../platform/http/browser-cookie.ts';
import type { Transaction } from '../platform/store/store.ts';
import { challengeByPush, type ChallengeNeeds } from './challenge.ts';
import { completeAuthentication, giveUpAuthentication, type CompleteNeeds } from './complete.ts';
import { findAuthentication, type AuthenticationRow } from './store.ts';
import {
  demandOffered,
  passkeySubject,
  takeEnrollmentCode,
  takePasskey,
  takeRecovery,
  takeTotp,
  type BrowserFactorNeeds,
} from './verify.ts';
import { authenticationView } from './view.ts';

/** One attempt of one person to prove who they are: `/api/v1/authentications`, and the session that it ends in. */

export type AuthenticationNeeds = BeginNeeds &
  ChallengeNeeds &
  BrowserFactorNeeds &
  CompleteNeeds & {
    cookies: Cookies;
    /** Before sessions end: where the browser goes to sign out of what they opened; undefined where nothing is. */
    leaveApplications(transaction: Transaction, sessionIds: readonly string[]): Promise<string | undefined>;
  };

const tags = ['Signing in'];
const byId = Type.Object({ id: Type.String() });
/** An administrative act raises the session that it is done in, also where the same browser is signed in to both portals. */
const kindsFor = (resource: string): SessionKind[] =>
  resource === 'act:admin' ? ['admin'] : ['portal', 'admin'];

export function authenticationRoutes(app: App, needs: AuthenticationNeeds): void {
  const { platform, sessions, cookies, events } = needs;
  const { store, now } = platform;
  const view = (row: AuthenticationRow) => authenticationView(row, platform);

  app.post(
    '/api/v1/authentications',
    {
      schema: {
        tags,
        summary: 'Begin signing in, or stepping up',
        body: BeginAuthentication,
        response: { 201: Authentication, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const { body } = request;
      const asker = askerOf(request);
      const browserHash = hashSecret(browserOf(request, reply, needs));
      const row =
        body.purpose === 'step_up'
          ? await beginStepUp(
              await demandSession(
                sessions,
                request,
                reply,
                // Replacing the password may ask for it.
                { passwordChange: body.resource === 'act:password' },
                kindsFor(body.resource),
              ),
              body.resource,
              browserHash,
              asker,
              needs,
            )
          : body.purpose === 'sso'
            ? await beginSso(
                await demandSession(sessions, request, reply),
                body.interaction,
                browserHash,
                asker,
                needs,
              )
            : 'passkey' in body
              ? await beginWithPasskey(body, browserHash, asker, needs)
              : await beginLogin(body, browserHash, asker, needs);
      return reply.status(201).send(await view(row));
    },
  );

  app.get(
    '/api/v1/authentications/:id',
    {
      schema: {
        tags,
        summary: 'How far it is',
        params: byId,
        response: { 200: Authentication, '4xx': Problem },
      },
    },
    async (request) => view(await demandOwn(request)),
  );

  app.delete(
    '/api/v1/authentications/:id',
    { schema: { tags, summary: 'Give up', params: byId, response: { 204: Type.Null(), '4xx': Problem } } },
    async (request, reply) => {
      await giveUpAuthentication(await demandOwn(request), askerOf(request), needs);
      return reply.status(204).send(null);
    },
  );

  app.get(
    '/api/v1/authentications/:id/events',
    {
      schema: {
        tags,
        summary: 'The same as it changes',
        description: 'Server-sent events: `authentication` with an Authentication.',
        params: byId,
        produces: ['text/event-stream'],
        response: { 200: Type.String(), '4xx': Problem },
      },
    },
    async (request, reply) => {
      const { id } = await demandOwn(request);
      const changes = onlyChanges<Authentication>();
      await streamEvents(reply, {
        store,
        now,
        topics: [`authentication:${id}`],
        headers: reply.getHeaders() as Record<string, string>,
        read: async () => {
          const data = await view(await demandOwn(request));
          const over = data.state === 'complete' || data.state === 'denied' || data.state === 'expired';
          const ends = [data.expires_at, ...(data.push?.state === 'pending' ? [data.push.expires_at] : [])];
          return {
            events: changes(data).map((each) => ({ event: 'authentication', data: each })),
            end: over,
            wakeAt: over ? undefined : Math.min(...ends.map((end) => Date.parse(end))),
          };
        },
      });
    },
  );

  app.post(
    '/api/v1/authentications/:id/push',
    {
      schema: {
        tags,
        summary: 'Send a request to the phone',
        params: byId,
        body: AskPush,
        response: { 201: Authentication, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const row = await demandOwn(request);
      await challengeByPush(row, request.body.authenticator, needs);
      return reply.status(201).send(await view(row));
    },
  );

  app.post(
    '/api/v1/authentications/passkey-options',
    {
      schema: {
        tags,
        summary: 'What a passkey is to sign that signs in by itself',
        response: { 200: PasskeyOptions, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const subject = browserSubject(hashSecret(browserOf(request, reply, needs)));
      return { webauthn: await assertionOptions(subject, undefined, platform) };
    },
  );

  app.post(
    '/api/v1/authentications/:id/passkey/options',
    {
      schema: {
        tags,
        summary: 'What one of the user’s passkeys is to sign',
        params: byId,
        response: { 200: PasskeyOptions, '4xx': Problem },
      },
    },
    async (request) => {
      const row = await demandOwn(request);
      const { id } = await demandOffered(row, 'passkey', needs);
      return { webauthn: await assertionOptions(passkeySubject(row), id, platform) };
    },
  );

  app.post(
    '/api/v1/authentications/:id/passkey',
    {
      schema: {
        tags,
        summary: 'The assertion of a passkey',
        params: byId,
        body: PasskeyBody,
        response: { 200: Authentication, '4xx': Problem },
      },
    },
    (request) => answered(request, (row, asker) => takePasskey(row, request.body.webauthn, asker, needs)),
  );

  app.post(
    '/api/v1/authentications/:id/totp',
    {
      schema: {
        tags,
        summary: 'A code of the verification code app',
        params: byId,
        body: CodeBody,
        response: { 200: Authentication, '4xx': Problem },
      },
    },
    (request) => answered(request, (row, asker) => takeTotp(row, request.body.code, asker, needs)),
  );

  app.post(
    '/api/v1/authentications/:id/recovery-code',
    {
      schema: {
        tags,
        summary: 'A recovery code',
        params: byId,
        body: CodeBody,
        response: { 200: Authentication, '4xx': Problem },
      },
    },
    (request) => answered(request, (row, asker) => takeRecovery(row, request.body.code, asker, needs)),
  );

  app.post(
    '/api/v1/authentications/:id/enrollment-code',
    {
      schema: {
        tags,
        summary: 'The one-time enrolment code of somebody who lost all factors',
        params: byId,
        body: CodeBody,
        response: { 200: Authentication, '4xx': Problem },
      },
    },
    (request) => answered(request, (row, asker) => takeEnrollmentCode(row, request.body.code, asker, needs)),
  );

  app.post(
    '/api/v1/authentications/:id/complete',
    {
      schema: {
        tags,
        summary: 'Take the session',
        params: byId,
        response: { 200: Completed, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const row = await demandOwn(request);
      return { continue: await completeAuthentication(row, askerOf(request), reply, needs) };
    },
  );

  app.get(
    '/api/v1/session',
    {
      schema: {
        tags,
        summary: 'Who is signed in, and how surely',
        response: { 200: Session, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const reach = { enrollment: true, passwordChange: true };
      const session = await demandSession(sessions, request, reply, reach);
      // Whoever had one can set up no other without the help desk: they are not told to.
      const mayEnrol = session.had_factor === 0;
      return sessionView(session, mayEnrol ? await findRequiredFrom(store, session.user_id) : undefined);
    },
  );

  app.delete(
    '/api/v1/session',
    {
      schema: {
        tags,
        summary: 'Sign out',
        description: '200 where the browser has to go on, so that applications are signed out of too.',
        response: { 200: SignedOut, 204: Type.Null(), '4xx': Problem },
      },
    },
    async (request, reply) => {
      // Of both portals: who signs out here leaves nothing open in this browser.
      const kinds = ['portal', 'admin'] as const;
      const found = await Promise.all(
        kinds.map((kind) => sessions.find(request, reply, [kind], { renew: false })),
      );
      const open = found.filter((session) => session !== undefined);
      if (open.length === 0) throw new Refusal('no_session');
      const next = await store.transaction(async (transaction) => {
        const leaving = await needs.leaveApplications(
          transaction,
          open.map(({ id }) => id),
        );
        for (const session of open) {
          await sessions.signOut(transaction, session, reply);
          const user = { id: session.user_id, login: session.login };
          const asker = askerOf(request);
          await events.record(transaction, { type: 'session.ended', actor: user, user, asker });
        }
        return leaving;
      });
      return next === undefined ? reply.status(204).send(null) : { continue: next };
    },
  );

  /** The authentication after somebody answered it. */
  async function answered(
    request: FastifyRequest,
    answer: (row: AuthenticationRow, asker: Asker) => Promise<void>,
  ): Promise<Authentication> {
    const row = await demandOwn(request);
    await answer(row, askerOf(request));
    return view((await findAuthentication.get(store, { id: row.id }))!);
  }

  /** @throws Refusal 404 also for everybody but the browser that began it. */
  async function demandOwn(request: FastifyRequest): Promise<AuthenticationRow> {
    const { id } = request.params as { id: string };
    const browser = cookies.read(request, 'browser');
    const row = browser ? await findAuthentication.get(store, { id }) : undefined;
    if (!row || row.browser_hash !== hashSecret(browser!)) throw new Refusal('not_found');
    return row;
  }
}
