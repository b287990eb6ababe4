import {
  AskConfiguration,
  BeginHostLogin,
  HostConfiguration,
  HostLogin,
  HostLoginCode,
  JoinedHost,
  JoinHost,
  OfflineHosts,
  OfflineLogins,
  Problem,
  WaitForHostLogin,
} from '@countersign/protocol/wire';
import { Type } from 'typebox';
import type { ChallengeNeeds } from '../authentication/challenge.ts';
import type { BrowserFactorNeeds } from '../authentication/verify.ts';
import { demandProof } from '../authenticators/proof-of-possession.ts';
import type { App } from '../platform/http/app.ts';
import { askerOf } from '../platform/http/asker.ts';
import { waitForNews } from '../platform/http/long-poll.ts';
import { Refusal } from '../platform/http/refusal.ts';
import { second } from '../platform/platform.ts';
import { configurationOf } from './configuration.ts';
import { leave } from './hosts.ts';
import { joinHost } from './join.ts';
import { beginLogin } from './login/begin.ts';
import { cancelLogin } from './login/cancel.ts';
import { takeCode } from './login/code.ts';
import { settle } from './login/settle.ts';
import { loginView } from './login/view.ts';
import { createWaiting } from './login/waiting.ts';
import { takeOfflineLogins } from './offline/entries.ts';
import { offlineHostsOf } from './offline/secrets.ts';
import { demandHost } from './proof.ts';
import { hostTopic } from './revoke.ts';
import { findHost, findHostLogin, type HostLoginRow } from './store.ts';

/** The hosts' side: `/host/v1` (docs/hosts.md). Each call but the first carries a proof; no cookie is read. */

export type HostRouteNeeds = ChallengeNeeds & BrowserFactorNeeds;

const tags = ['Hosts'];
const byId = Type.Object({ id: Type.String() });

export function hostRoutes(app: App, needs: HostRouteNeeds): void {
  const { platform } = needs;
  const { store, now } = platform;
  const waiting = createWaiting();

  app.post(
    '/host/v1/join',
    {
      schema: {
        tags,
        summary: 'Join a host group, with a token that is proven and not sent',
        security: [],
        body: JoinHost,
        response: { 201: JoinedHost, '4xx': Problem },
      },
    },
    async (request, reply) => reply.status(201).send(await joinHost(request.body, askerOf(request), needs)),
  );

  app.post(
    '/host/v1/configuration',
    {
      schema: {
        tags,
        summary: 'What holds for this host, signed',
        body: AskConfiguration,
        response: { 200: HostConfiguration, '4xx': Problem },
      },
    },
    async (request) => {
      const host = await demandHost(request, platform);
      return { configuration: await configurationOf(host, request.body, platform) };
    },
  );

  app.post(
    '/host/v1/logins',
    {
      schema: {
        tags,
        summary: 'Somebody logs in; the push goes out at once',
        body: BeginHostLogin,
        response: { 201: HostLogin, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const host = await demandHost(request, platform);
      const login = await beginLogin(host, request.body, needs);
      return reply.status(201).send(await view(login));
    },
  );

  app.get(
    '/host/v1/logins/:id',
    {
      schema: {
        tags,
        summary: 'How it stands; with `wait`, as soon as that changes',
        params: byId,
        querystring: WaitForHostLogin,
        response: { 200: HostLogin, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const host = await demandHost(request, platform);
      const { id } = await demandLogin(request.params.id, host.id);
      const { wait = 0, seen = '' } = request.query;
      const look = () =>
        waitForNews(reply, {
          store,
          now,
          topics: [`authentication:${id}`, hostTopic(host.id)],
          patience: wait * second,
          isNews: ({ version }) => version !== seen,
          read: async () => {
            // Revoked while it waits.
            if ((await findHost.get(store, { id: host.id }))?.state !== 'active')
              throw new Refusal('host_revoked');
            const value = await view(await demandLogin(id, host.id));
            const ends = [
              value.expires_at,
              ...(value.push?.state === 'pending' ? [value.push.expires_at] : []),
            ];
            return { value, wakeAt: Math.min(...ends.map((end) => Date.parse(end))) };
          },
        });
      return wait === 0 ? look() : waiting.one(host.id, look);
    },
  );

  app.post(
    '/host/v1/logins/:id/code',
    {
      schema: {
        tags,
        summary: 'A code that was typed at the prompt',
        params: byId,
        body: HostLoginCode,
        response: { 200: HostLogin, '4xx': Problem },
      },
    },
    async (request) => {
      const host = await demandHost(request, platform);
      const login = await demandLogin(request.params.id, host.id);
      await takeCode(login, request.body.code, needs);
      return view(await demandLogin(login.id, host.id));
    },
  );

  app.delete(
    '/host/v1/logins/:id',
    {
      schema: {
        tags,
        summary: 'Give up; what waits on the phone is cancelled',
        params: byId,
        response: { 204: Type.Null(), '4xx': Problem },
      },
    },
    async (request, reply) => {
      const host = await demandHost(request, platform);
      const login = await demandLogin(request.params.id, host.id);
      await store.transaction((transaction) => cancelLogin(transaction, login, 'cancelled', needs));
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/host/v1/offline-logins',
    {
      schema: {
        tags,
        summary: 'What happened while this host was cut off',
        body: OfflineLogins,
        response: { 204: Type.Null(), '4xx': Problem },
      },
    },
    async (request, reply) => {
      await takeOfflineLogins(await demandHost(request, platform), request.body, needs);
      return reply.status(204).send(null);
    },
  );

  app.delete(
    '/host/v1/self',
    { schema: { tags, summary: 'Leave', response: { 204: Type.Null(), '4xx': Problem } } },
    async (request, reply) => {
      await leave(await demandHost(request, platform), askerOf(request), needs);
      return reply.status(204).send(null);
    },
  );

  app.get(
    '/authenticator/v1/hosts',
    {
      schema: {
        tags: ['Authenticator: itself'],
        summary: 'Hosts where the person logged in lately, and what makes their codes for them',
        response: { 200: OfflineHosts, '4xx': Problem },
      },
    },
    async (request) => offlineHostsOf(await demandProof(request, platform), platform),
  );

  const view = async (login: HostLoginRow) => loginView(await settle(login, needs), platform);

  /** @throws Refusal 404, of another host's too. */
  async function demandLogin(id: string, host_id: string): Promise<HostLoginRow> {
    const login = await findHostLogin.get(store, { id, host_id });
    // One that was refused, or that the host told of itself, is none that goes on.
    if (!login || login.nonce === null) throw new Refusal('not_found');
    return login;
  }
}
