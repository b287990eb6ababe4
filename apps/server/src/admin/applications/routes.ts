import {
  Application,
  ApplicationLogo,
  CreateApplication,
  CreatedApplication,
  OptionalIfMatch,
  Page,
  PageQuery,
  PatchApplication,
  Problem,
} from '@countersign/protocol/wire';
import { Type } from 'typebox';
import {
  addApplication,
  changeApplication,
  changeLogo,
  removeApplication,
} from '../../applications/applications.ts';
import {
  findApplication,
  findLogo,
  listApplications,
  type ApplicationRow,
} from '../../applications/store.ts';
import type { Events } from '../../events/events.ts';
import { changeClient, makeClient } from '../../oidc/clients.ts';
import type { App, Request } from '../../platform/http/app.ts';
import type { GuardedFetch } from '../../platform/guarded-fetch.ts';
import { ifMatch } from '../../platform/http/entity-tag.ts';
import { Refusal } from '../../platform/http/refusal.ts';
import type { Platform } from '../../platform/platform.ts';
import { changeServiceProvider, givenSettings, makeServiceProvider } from '../../saml/service-providers.ts';
import { demandAdmin } from '../access.ts';
import { havingWords, pageView, readPage } from '../paging.ts';
import { createApplicationView } from './view.ts';

/** Applications: what administrators put into everybody's launcher, and the logos that the launcher and phones show. */

interface Needs {
  platform: Platform;
  events: Events;
  guardedFetch: GuardedFetch;
}

const tags = ['Administration'];
/** Of a call that may carry metadata, in bytes: half a MiB of XML, and what JSON adds to it. */
const metadataLimit = 1024 * 1024;
const byId = Type.Object({ id: Type.String() });

export function applicationRoutes(app: App, needs: Needs): void {
  const { platform, guardedFetch } = needs;
  const { store, issuer } = platform;

  const viewOf = createApplicationView(store, issuer);
  const unchangedBy = (request: Request) =>
    ifMatch(request, async (before: ApplicationRow, on) => (await viewOf(before, on)).etag);

  app.get(
    '/api/v1/admin/applications',
    {
      schema: {
        tags,
        summary: 'Applications',
        querystring: PageQuery,
        response: { 200: Page(Application), '4xx': Problem },
      },
    },
    async (request) => {
      demandAdmin(request, 'read');
      const { words, limit, at, id } = readPage(request.query);
      const rows = await listApplications.all(store, { at, id, limit: limit + 1, ...havingWords(words) });
      const views = new Map(await Promise.all(rows.map(async (row) => [row.id, await viewOf(row)] as const)));
      return pageView(
        rows,
        limit,
        (row) => [row.created_at, row.id],
        (row) => views.get(row.id)!,
      );
    },
  );

  app.post(
    '/api/v1/admin/applications',
    {
      bodyLimit: metadataLimit,
      schema: {
        tags,
        summary: 'Add an application',
        description: 'Its client secret, where it has one, is told here and never again.',
        body: CreateApplication,
        response: { 201: CreatedApplication, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const by = demandAdmin(request, 'write_settings');
      const { body } = request;
      for (const kind of ['oidc', 'saml'] as const) {
        if ((body.kind === kind) === (body[kind] !== undefined)) continue;
        const message = `belongs to an application of kind ${kind}, and only to one`;
        throw new Refusal('malformed', { errors: [{ path: `/${kind}`, message }] });
      }
      let client_secret: string | null = null;
      const saml = body.saml && (await givenSettings(body.saml, guardedFetch));
      const row = await addApplication(body, by, needs, async (transaction, id) => {
        if (saml) return makeServiceProvider(transaction, id, saml, platform.now());
        if (!body.oidc) return {};
        client_secret = (await makeClient(transaction, id, body.oidc, platform)).secret;
        return { after: { oidc: body.oidc } };
      });
      return reply.status(201).send({ ...(await viewOf(row)), client_secret });
    },
  );

  app.get(
    '/api/v1/admin/applications/:id',
    {
      schema: {
        tags,
        summary: 'One application',
        params: byId,
        response: { 200: Application, '4xx': Problem },
      },
    },
    async (request) => {
      demandAdmin(request, 'read');
      const row = await findApplication.get(store, { id: request.params.id });
      if (!row) throw new Refusal('not_found');
      return viewOf(row);
    },
  );

  app.patch(
    '/api/v1/admin/applications/:id',
    {
      bodyLimit: metadataLimit,
      schema: {
        tags,
        summary: 'Change an application',
        params: byId,
        headers: OptionalIfMatch,
        body: PatchApplication,
        response: { 200: Application, '4xx': Problem },
      },
    },
    async (request) => {
      const by = demandAdmin(request, 'write_settings');
      const { oidc } = request.body;
      const saml = request.body.saml && (await givenSettings(request.body.saml, guardedFetch));
      const row = await changeApplication(
        request.params.id,
        request.body,
        by,
        needs,
        async (transaction, id) => {
          if (oidc && saml) throw new Refusal('malformed', { detail: 'It is of one kind.' });
          if (saml) return changeServiceProvider(transaction, id, saml, platform.now());
          return oidc ? changeClient(transaction, id, oidc, platform, { newSecret: false }) : {};
        },
        unchangedBy(request),
      );
      return viewOf(row);
    },
  );

  app.put(
    '/api/v1/admin/applications/:id/logo',
    {
      schema: {
        tags,
        summary: 'Give it a logo, or none',
        params: byId,
        headers: OptionalIfMatch,
        body: ApplicationLogo,
        response: { 200: Application, '4xx': Problem },
      },
    },
    async (request) => {
      const by = demandAdmin(request, 'write_settings');
      const { id } = request.params;
      return viewOf(await changeLogo(id, request.body.png, by, needs, unchangedBy(request)));
    },
  );

  app.post(
    '/api/v1/admin/applications/:id/secret',
    {
      schema: {
        tags,
        summary: 'Make another client secret; the one before is good no longer',
        params: byId,
        response: { 200: CreatedApplication, '4xx': Problem },
      },
    },
    async (request) => {
      const by = demandAdmin(request, 'write_settings');
      let client_secret: string | null = null;
      const row = await changeApplication(request.params.id, {}, by, needs, async (transaction, id) => {
        client_secret = (await changeClient(transaction, id, {}, platform, { newSecret: true })).secret;
        return { after: { client_secret: 'changed' } };
      });
      return { ...(await viewOf(row)), client_secret };
    },
  );

  app.delete(
    '/api/v1/admin/applications/:id',
    {
      schema: {
        tags,
        summary: 'Take an application away',
        params: byId,
        headers: OptionalIfMatch,
        response: { 204: Type.Null(), '4xx': Problem },
      },
    },
    async (request, reply) => {
      const by = demandAdmin(request, 'write_settings');
      await removeApplication(request.params.id, by, needs, unchangedBy(request));
      return reply.status(204).send(null);
    },
  );

  app.get(
    '/applications/:id/logo',
    {
      schema: {
        tags: ['Operation'],
        summary: 'The logo of an application, a PNG',
        description: 'Open to everybody: the authenticator shows it, which reads no cookie.',
        security: [],
        params: byId,
        querystring: Type.Object({ v: Type.Optional(Type.String({ maxLength: 20 })) }),
        produces: ['image/png'],
        response: { 200: Type.String(), '4xx': Problem },
      },
    },
    async (request, reply) => {
      const found = await findLogo.get(store, { id: request.params.id });
      if (!found?.logo) throw new Refusal('not_found');
      return reply
        .type('image/png')
        .header('cache-control', 'public, max-age=86400')
        .send(Buffer.from(found.logo, 'base64') as never);
    },
  );
}
