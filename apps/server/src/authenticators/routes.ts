import { readDevice, readPushSubscription } from '@countersign/protocol';
import {
  ActivateBody,
  Activated,
  ActivationLookup,
  ActivationLookupBody,
  AuthenticatorSelf,
  Discovery,
  PatchAuthenticatorSelf,
  Problem,
} from '@countersign/protocol/wire';
import { Type } from 'typebox';
import type { App } from '../platform/http/app.ts';
import { askerOf, sourceOf } from '../platform/http/asker.ts';
import { Refusal } from '../platform/http/refusal.ts';
import { timeText, type Platform } from '../platform/platform.ts';
import type { Transaction } from '../platform/store/store.ts';
import { readSettings } from '../settings/settings.ts';
import { activate, lookUpActivation, type ActivationPush } from './activation.ts';
import type { CompletionNeeds } from './completion.ts';
import { dropActivation } from './drop.ts';
import { demandProof, type ProvenAuthenticator } from './proof-of-possession.ts';
import { revoke } from './revoke.ts';
import {
  findActivationByAuthenticator,
  findAuthenticator,
  updateDevice,
  updateSubscription,
} from './store.ts';
import type { Subscriptions } from './subscriptions.ts';
import { transferView } from './transfer/begin.ts';
import { transferRoutes } from './transfer/routes.ts';
import { verificationRoutes } from './verification/routes.ts';
import { authenticatorView } from './view.ts';

/** The authenticator's side: discovery, activation, and what an authenticator may see and change of itself. */

export interface AuthenticatorNeeds extends CompletionNeeds {
  platform: Platform;
  activationPush: ActivationPush;
  subscriptions: Subscriptions;
  /** Sends the request of purpose `test`. @throws Refusal 429. */
  askTest: (transaction: Transaction, authenticator: ProvenAuthenticator) => Promise<void>;
}

const tags = ['Authenticator: itself'];

export function authenticatorRoutes(app: App, needs: AuthenticatorNeeds): void {
  const { platform, subscriptions } = needs;
  const { store, now, issuer } = platform;

  app.get(
    '/.well-known/countersign',
    { schema: { tags, summary: 'Discovery', security: [], response: { 200: Discovery, '4xx': Problem } } },
    async () => {
      const settings = await readSettings(store);
      return {
        issuer,
        organization: { name: settings.organization.name },
        protocol_versions: [1],
        authenticator_endpoint: `${issuer}/authenticator/v1`,
        authenticator_app: `${issuer}/authenticator/`,
        vapid_public_key: await subscriptions.publicKey(),
        request_lifetime_s: settings.push.lifetime_s,
        telemetry: {
          diagnostics: settings.telemetry.diagnostics_default,
          usage: settings.telemetry.usage_default,
        },
      };
    },
  );

  app.post(
    '/authenticator/v1/activations/lookup',
    {
      schema: {
        tags,
        summary: 'What an activation code is for; spends nothing',
        body: ActivationLookupBody,
        response: { 200: ActivationLookup, '4xx': Problem },
      },
    },
    async (request) => lookUpActivation(request.body.code, sourceOf(askerOf(request).ip), needs),
  );

  app.post(
    '/authenticator/v1/activations',
    {
      schema: {
        tags,
        summary: 'Enrol the keys of this app; spends the code',
        body: ActivateBody,
        response: { 201: Activated, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const { code, registration } = request.body;
      const asker = askerOf(request);
      const activated = await activate(code, registration, sourceOf(asker.ip), asker, needs);
      return reply.status(201).send(activated);
    },
  );

  app.get(
    '/authenticator/v1/me',
    { schema: { tags, summary: 'This authenticator', response: { 200: AuthenticatorSelf, '4xx': Problem } } },
    async (request) => selfView(await demandProof(request, platform, { pendingToo: true })),
  );

  app.patch(
    '/authenticator/v1/me',
    {
      schema: {
        tags,
        summary: 'A new push subscription, name or version',
        body: PatchAuthenticatorSelf,
        response: { 200: AuthenticatorSelf, '4xx': Problem },
      },
    },
    async (request) => {
      const authenticator = await demandProof(request, platform, { pendingToo: true });
      const { id } = authenticator;
      const given = request.body.push_subscription;
      const subscription = given === undefined ? undefined : readPushSubscription(given);
      if (given !== undefined && subscription === undefined) {
        throw new Refusal('malformed', { detail: 'push_subscription is not of its form' });
      }
      const device = request.body.device && readDevice(request.body.device);
      if (request.body.device && !device)
        throw new Refusal('malformed', { detail: 'device is not of its form' });
      await store.transaction(async (transaction) => {
        if (device) await updateDevice.run(transaction, { id, device: JSON.stringify(device) });
        if (subscription !== undefined) {
          await updateSubscription.run(transaction, {
            id,
            ...(await subscriptions.columns(transaction, id, subscription, authenticator)),
          });
        }
        transaction.notify(`authenticator:${id}`);
      });
      return selfView({ ...authenticator, ...(await findAuthenticator.get(store, { id }))! });
    },
  );

  app.delete(
    '/authenticator/v1/me',
    {
      schema: {
        tags,
        summary: 'Delete this account from the app',
        response: { 204: Type.Null(), '4xx': Problem },
      },
    },
    async (request, reply) => {
      const authenticator = await demandProof(request, platform, { pendingToo: true });
      const { id, state } = authenticator;
      const actor = { id: authenticator.user_id, login: authenticator.login };
      await store.transaction(async (transaction) => {
        const activation =
          state === 'pending'
            ? await findActivationByAuthenticator.get(transaction, { authenticator_id: id })
            : undefined;
        // Not a phone yet: there is nothing to tell its owner of, and the portal sees the activation end.
        if (activation) await dropActivation(transaction, activation, 'cancelled', needs, askerOf(request));
        else await revoke(transaction, id, { by: 'app', actor, asker: askerOf(request) }, needs);
      });
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/authenticator/v1/me/test',
    {
      schema: { tags, summary: 'Ask for a test request', response: { 202: Type.Object({}), '4xx': Problem } },
    },
    async (request, reply) => {
      const authenticator = await demandProof(request, platform);
      await store.transaction((transaction) => needs.askTest(transaction, authenticator));
      return reply.status(202).send({});
    },
  );

  verificationRoutes(app, { ...needs, selfView });
  transferRoutes(app, needs);

  async function selfView(row: ProvenAuthenticator): Promise<AuthenticatorSelf> {
    const settings = await readSettings(store);
    const { webauthn_registered, last_seen_at: _, ...authenticator } = authenticatorView(row);
    return {
      authenticator: { ...authenticator, last_seen_at: timeText(now()) },
      account: { login: row.login, name: row.name },
      organization: { name: settings.organization.name },
      user_verification: settings.push.user_verification,
      webauthn_registered,
      transfer: await transferView(store, row.id, now()),
    };
  }
}
