import {
  CodeBody,
  CreatedTotp,
  EnrolPasskey,
  List,
  MyFactors,
  Passkey,
  PasskeyOptions,
  PatchPasskey,
  Problem,
  RecoveryCodes,
  TotpFactor,
} from '@countersign/protocol/wire';
import { Type } from 'typebox';
import { listActiveOfUser } from '../../authenticators/store.ts';
import { deviceOf } from '../../authenticators/view.ts';
import type { Events } from '../../events/events.ts';
import type { Outbox } from '../../mail/outbox.ts';
import { beginTotp, confirmTotp, removeTotp, resetTotp } from '../../otp/enrol.ts';
import { findActiveTotp } from '../../otp/store.ts';
import { addPasskey, beginPasskey, changePasskey, removePasskey } from '../../passkey/enrol.ts';
import { listPasskeys, type PasskeyRow } from '../../passkey/store.ts';
import type { App } from '../../platform/http/app.ts';
import { askerOf } from '../../platform/http/asker.ts';
import { timeText, type Platform } from '../../platform/platform.ts';
import { makeRecoveryCodes } from '../../recovery/codes.ts';
import { summarizeRecoveryCodes } from '../../recovery/store.ts';
import { demandSession } from '../../sessions/access.ts';
import type { Sessions } from '../../sessions/sessions.ts';
import { enrollable } from '../../policies/enrolment.ts';
import { readSettings } from '../../settings/settings.ts';

/** The signed-in user's factors beside their phones: verification codes, passkeys, recovery codes. */

export interface MyFactorsNeeds {
  platform: Platform;
  sessions: Sessions;
  events: Events;
  outbox: Outbox;
}

const tags = ['Me: factors'];
const byId = Type.Object({ id: Type.String() });

export function myFactorRoutes(app: App, needs: MyFactorsNeeds): void {
  const { platform, sessions } = needs;
  const { store } = platform;
  const enrolling = { enrollment: true, passwordChange: true };

  app.get(
    '/api/v1/me/factors',
    {
      schema: {
        tags,
        summary: 'Enrolled factors, and which kinds may be set up',
        response: { 200: MyFactors, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const session = await demandSession(sessions, request, reply, enrolling);
      const { user_id } = session;
      const phones = (await listActiveOfUser.all(store, { user_id })).map((row) => ({
        kind: 'push' as const,
        id: row.id,
        device: deviceOf(row),
        created_at: timeText(row.created_at),
      }));
      const totp = await findActiveTotp.get(store, { user_id });
      const passkeys = (await listPasskeys.all(store, { user_id })).map(({ id, name, created_at }) => ({
        kind: 'passkey' as const,
        id,
        name,
        created_at: timeText(created_at),
      }));
      const codes = (await summarizeRecoveryCodes.get(store, { user_id }))!;
      const items = [
        ...phones,
        ...(totp ? [{ kind: 'totp' as const, id: totp.id, created_at: timeText(totp.created_at) }] : []),
        ...passkeys,
        ...(codes.created_at === null
          ? []
          : [
              {
                kind: 'recovery_code' as const,
                left: codes.left,
                created_at: timeText(codes.created_at),
              },
            ]),
      ];
      const { factors: allowed } = await enrollable(store, session, await readSettings(store));
      return { items, allowed };
    },
  );

  app.post(
    '/api/v1/me/totp',
    {
      schema: {
        tags,
        summary: 'Begin setting up verification codes',
        response: { 201: CreatedTotp, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const session = await demandSession(sessions, request, reply, enrolling);
      return reply.status(201).send(await beginTotp(session, needs));
    },
  );

  app.post(
    '/api/v1/me/totp/:id/confirm',
    {
      schema: {
        tags,
        summary: 'Confirm them with a first code',
        params: byId,
        body: CodeBody,
        response: { 200: TotpFactor, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const session = await demandSession(sessions, request, reply, enrolling);
      const { id } = request.params;
      const row = await confirmTotp(session, id, request.body.code, askerOf(request), needs);
      return { id: row.id, created_at: timeText(row.created_at) };
    },
  );

  app.post(
    '/api/v1/me/totp/reset',
    {
      schema: {
        tags,
        summary: 'Clear them with a current code',
        body: CodeBody,
        response: { 204: Type.Null(), '4xx': Problem },
      },
    },
    async (request, reply) => {
      const session = await demandSession(sessions, request, reply);
      await resetTotp(session, request.body.code, askerOf(request), needs);
      return reply.status(204).send(null);
    },
  );

  app.delete(
    '/api/v1/me/totp/:id',
    {
      schema: {
        tags,
        summary: 'Remove them, after a step-up',
        params: byId,
        response: { 204: Type.Null(), '4xx': Problem },
      },
    },
    async (request, reply) => {
      const session = await demandSession(sessions, request, reply);
      await removeTotp(session, request.params.id, askerOf(request), needs);
      return reply.status(204).send(null);
    },
  );

  app.get(
    '/api/v1/me/passkeys',
    { schema: { tags, summary: 'Passkeys', response: { 200: List(Passkey), '4xx': Problem } } },
    async (request, reply) => {
      const { user_id } = await demandSession(sessions, request, reply);
      return { items: (await listPasskeys.all(store, { user_id })).map(passkeyView) };
    },
  );

  app.post(
    '/api/v1/me/passkeys/options',
    {
      schema: {
        tags,
        summary: 'What the browser makes a passkey of',
        response: { 200: PasskeyOptions, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const session = await demandSession(sessions, request, reply, enrolling);
      return { webauthn: await beginPasskey(session, needs) };
    },
  );

  app.post(
    '/api/v1/me/passkeys',
    {
      schema: {
        tags,
        summary: 'Add a passkey',
        body: EnrolPasskey,
        response: { 201: Passkey, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const session = await demandSession(sessions, request, reply, enrolling);
      const row = await addPasskey(session, request.body, askerOf(request), needs);
      return reply.status(201).send(passkeyView(row));
    },
  );

  app.patch(
    '/api/v1/me/passkeys/:id',
    {
      schema: {
        tags,
        summary: 'Rename a passkey',
        params: byId,
        body: PatchPasskey,
        response: { 200: Passkey, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const session = await demandSession(sessions, request, reply);
      return passkeyView(await changePasskey(session, request.params.id, request.body.name, needs));
    },
  );

  app.delete(
    '/api/v1/me/passkeys/:id',
    {
      schema: {
        tags,
        summary: 'Remove a passkey',
        params: byId,
        response: { 204: Type.Null(), '4xx': Problem },
      },
    },
    async (request, reply) => {
      const session = await demandSession(sessions, request, reply);
      await removePasskey(session, request.params.id, askerOf(request), needs);
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/api/v1/me/recovery-codes',
    {
      schema: {
        tags,
        summary: 'Make new recovery codes',
        description: 'They are shown this once; those of before are good no longer.',
        response: { 201: RecoveryCodes, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const session = await demandSession(sessions, request, reply);
      return reply.status(201).send(await makeRecoveryCodes(session, askerOf(request), needs));
    },
  );
}

const passkeyView = ({ id, name, created_at, last_used_at, backed_up }: PasskeyRow) => ({
  id,
  name,
  created_at: timeText(created_at),
  last_used_at: last_used_at === null ? null : timeText(last_used_at),
  backed_up: backed_up === 1,
});
