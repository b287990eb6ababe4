import {
  ApplicationPreview,
  List,
  PreviewApplication,
  Problem,
  ReadSamlMetadata,
  SamlMetadata,
  SsoAttempt,
} from '@countersign/protocol/wire';
import { Type } from 'typebox';
import { findApplication, type ApplicationRow } from '../../../applications/store.ts';
import type { GuardedFetch } from '../../../platform/guarded-fetch.ts';
import type { App } from '../../../platform/http/app.ts';
import { Refusal } from '../../../platform/http/refusal.ts';
import type { Platform } from '../../../platform/platform.ts';
import { givenSettings, readForView } from '../../../saml/service-providers.ts';
import { attemptsOf } from '../../../sso/attempts.ts';
import { demandAdmin } from '../../access.ts';
import { previewOf } from './preview.ts';

/** Trying an application: what its metadata say, what it is told of somebody, how the sign-ins to it went. */

interface Needs {
  platform: Platform;
  guardedFetch: GuardedFetch;
}

const tags = ['Administration'];
const byId = Type.Object({ id: Type.String() });
/** Bytes: half a MiB of XML, and what JSON adds to it. */
const metadataLimit = 1024 * 1024;

export function applicationTrialRoutes(app: App, { platform, guardedFetch }: Needs): void {
  const find = async (id: string): Promise<ApplicationRow> => {
    const row = await findApplication.get(platform.store, { id });
    if (!row) throw new Refusal('not_found');
    return row;
  };

  app.post(
    '/api/v1/admin/saml-metadata',
    {
      bodyLimit: metadataLimit,
      schema: {
        tags,
        summary: 'What the metadata of a service provider say; nothing is registered',
        body: ReadSamlMetadata,
        response: { 200: SamlMetadata, '4xx': Problem },
      },
    },
    async (request) => {
      demandAdmin(request, 'write_settings');
      const { metadata } = await givenSettings(request.body.saml, guardedFetch);
      if (metadata === undefined)
        throw new Refusal('malformed', { errors: [{ path: '/saml/metadata', message: 'is missing' }] });
      return readForView(metadata, platform.now());
    },
  );

  app.post(
    '/api/v1/admin/applications/:id/preview',
    {
      schema: {
        tags,
        summary: 'What an application would be told of somebody',
        params: byId,
        body: PreviewApplication,
        response: { 200: ApplicationPreview, '4xx': Problem },
      },
    },
    async (request) => {
      demandAdmin(request, 'read');
      return previewOf(await find(request.params.id), request.body, platform);
    },
  );

  app.get(
    '/api/v1/admin/applications/:id/attempts',
    {
      schema: {
        tags,
        summary: 'How the last sign-ins to it went',
        params: byId,
        response: { 200: List(SsoAttempt), '4xx': Problem },
      },
    },
    async (request) => {
      demandAdmin(request, 'read');
      return { items: await attemptsOf((await find(request.params.id)).id, platform) };
    },
  );

  app.get(
    '/api/v1/admin/application-attempts',
    {
      schema: {
        tags,
        summary: 'The last sign-ins to what nobody has registered',
        response: { 200: List(SsoAttempt), '4xx': Problem },
      },
    },
    async (request) => {
      demandAdmin(request, 'read');
      return { items: await attemptsOf(null, platform) };
    },
  );
}
