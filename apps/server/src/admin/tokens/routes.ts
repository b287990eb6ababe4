import {
  ApiToken,
  ApiTokenQuery,
  CreateApiToken,
  CreatedApiToken,
  Page,
  Problem,
} from '@countersign/protocol/wire';
import { Type } from 'typebox';
import { findApiToken, holdApiToken, listApiTokens, type ApiTokenRow } from '../../api-tokens/store.ts';
import { addApiToken, apiTokenView, expiresSoon, removeApiToken } from '../../api-tokens/tokens.ts';
import type { Events } from '../../events/events.ts';
import type { App } from '../../platform/http/app.ts';
import { Refusal } from '../../platform/http/refusal.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Transaction } from '../../platform/store/store.ts';
import { demandStepUp } from '../../sessions/sessions.ts';
import { holdSession } from '../../sessions/store.ts';
import { demandAdmin, demandRankOver, type Administrator } from '../access.ts';
import { havingWords, pageView, readPage } from '../paging.ts';

/** API tokens: what programs administer with. */

interface Needs {
  platform: Platform;
  events: Events;
}

const tags = ['Administration'];

export function apiTokenRoutes(app: App, needs: Needs): void {
  const { store, now } = needs.platform;

  app.get(
    '/api/v1/admin/tokens',
    {
      schema: {
        tags,
        summary: 'API tokens',
        querystring: ApiTokenQuery,
        response: { 200: Page(ApiToken), '4xx': Problem },
      },
    },
    async (request) => {
      demandAdmin(request, 'read');
      const { words, limit, at, id } = readPage(request.query);
      const until = request.query.expiring ? now() + expiresSoon : null;
      const place = { at, id, limit: limit + 1, now: now(), until };
      const rows = await listApiTokens.all(store, { ...place, ...havingWords(words) });
      return pageView(rows, limit, (row) => [row.created_at, row.id], apiTokenView);
    },
  );

  app.post(
    '/api/v1/admin/tokens',
    {
      schema: {
        tags,
        summary: 'Make an API token',
        description:
          'A person confirms that it is them (`act:admin`). The token is told here and never again. It may never do more than whoever made it, and one that was made with a token no more than that.',
        body: CreateApiToken,
        response: { 201: CreatedApiToken, '4xx': Problem },
      },
    },
    async (request, reply) => {
      const by = demandAdmin(request, 'write_settings');
      if (by.session) await demandStepUp(store, by.session, 'act:admin', now());
      const { row, token } = await store.transaction(async (transaction) => {
        await holdCaller(transaction, by, now());
        return addApiToken(transaction, request.body, makingBy(by), needs);
      });
      return reply.status(201).send({ ...apiTokenView(row), token });
    },
  );

  app.delete(
    '/api/v1/admin/tokens/:id',
    {
      schema: {
        tags,
        summary: 'Delete an API token',
        description: 'At once, with all tokens that were made with it.',
        params: Type.Object({ id: Type.String() }),
        response: { 204: Type.Null(), '4xx': Problem },
      },
    },
    async (request, reply) => {
      const by = demandAdmin(request, 'write_settings');
      await store.transaction(async (transaction) => {
        const { id } = request.params;
        const row = await findApiToken.get(transaction, { id });
        if (!row) throw new Refusal('not_found');
        demandSayOver(by, row);
        if (!(await removeApiToken(transaction, id, by, needs))) throw new Refusal('not_found');
      });
      return reply.status(204).send(null);
    },
  );
}

const makingBy = ({ actor, asker, session, token }: Administrator) => ({
  actor,
  asker,
  user_id: session?.user_id ?? token?.user_id ?? null,
  parent: token,
});

/** Whoever ends what the call stands on meanwhile ends what it makes too. @throws Refusal 401. */
async function holdCaller(
  transaction: Transaction,
  { session, token }: Administrator,
  now: number,
): Promise<void> {
  if (session && !(await holdSession.get(transaction, { id: session.id, now })))
    throw new Refusal('no_session');
  if (token && !(await holdApiToken.get(transaction, { id: token.id }))) throw new Refusal('invalid_token');
}

/** People as over people; a token over those of its own maker. */
function demandSayOver(by: Administrator, { user_id, role }: ApiTokenRow): void {
  if (!by.token) return demandRankOver(by, { id: user_id ?? '', role: role ?? 'owner' });
  if (by.token.user_id !== user_id) throw new Refusal('forbidden');
}
