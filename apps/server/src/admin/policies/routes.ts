import {
  IfMatch,
  Page,
  PageQuery,
  Policies,
  PolicyEffectReport,
  PolicySimulation,
  PolicyVersion,
  Problem,
  PutPolicies,
  SimulatePolicies,
} from '@countersign/protocol/wire';
import { Type } from 'typebox';
import type { Events } from '../../events/events.ts';
import type { App } from '../../platform/http/app.ts';
import { Refusal } from '../../platform/http/refusal.ts';
import type { Platform } from '../../platform/platform.ts';
import { rulesIn } from '../../policies/current.ts';
import { listVersions } from '../../policies/store.ts';
import { demandAdmin, demandScope } from '../access.ts';
import { pageView, readPage } from '../paging.ts';
import {
  changePolicies,
  currentVersion,
  demandSound,
  demandVersion,
  policiesView,
  versionView,
} from './change.ts';
import { effectOf } from './effect.ts';
import { simulate } from './simulate.ts';

/** The policies: the rules that hold, their versions, and what they would say. */

interface Needs {
  platform: Platform;
  events: Events;
}

const tags = ['Administration'];
const byVersion = Type.Object({ version: Type.Integer({ minimum: 0, maximum: 2_000_000_000 }) });

export function policyRoutes(app: App, needs: Needs): void {
  const { platform } = needs;
  const { store } = platform;

  app.get(
    '/api/v1/admin/policies',
    {
      schema: {
        tags,
        summary: 'The rules that hold; the first that matches decides',
        description: 'With an `ETag`, which changing them asks for.',
        response: { 200: Policies, '4xx': Problem },
      },
    },
    async (request) => {
      demandAdmin(request, 'read');
      return policiesView(store, await currentVersion(store));
    },
  );

  app.put(
    '/api/v1/admin/policies',
    {
      schema: {
        tags,
        summary: 'Put other rules in their place: a new version',
        description:
          '412 `policy_changed` where `If-Match` is not the present version; 409 `policy_locks_out` where no owner could sign in to the Admin Portal any more.',
        headers: IfMatch,
        body: PutPolicies,
        response: { 200: Policies, '4xx': Problem },
      },
    },
    async (request) => {
      const by = demandAdmin(request, 'write_settings');
      return policiesView(
        store,
        await changePolicies(request.body.rules, request.headers['if-match'], by, needs),
      );
    },
  );

  app.get(
    '/api/v1/admin/policies/versions',
    {
      schema: {
        tags,
        summary: 'Who changed them when, newest first',
        querystring: Type.Pick(PageQuery, ['limit', 'cursor']),
        response: { 200: Page(PolicyVersion), '4xx': Problem },
      },
    },
    async (request) => {
      demandAdmin(request, 'read');
      const { limit, at } = readPage(request.query);
      // No number is higher, and PostgreSQL takes no higher one.
      const before = Math.min(at, 2_147_483_647);
      const rows = await listVersions.all(store, { before, limit: limit + 1 });
      return pageView(rows, limit, (row) => [row.number, row.id], versionView);
    },
  );

  app.get(
    '/api/v1/admin/policies/versions/:version',
    {
      schema: {
        tags,
        summary: 'One version',
        params: byVersion,
        response: { 200: Policies, '4xx': Problem },
      },
    },
    async (request) => {
      demandAdmin(request, 'read');
      return policiesView(store, await demandVersion(store, request.params.version));
    },
  );

  app.post(
    '/api/v1/admin/policies/versions/:version/restore',
    {
      schema: {
        tags,
        summary: 'Make the rules of an earlier version hold again: as a new one',
        description: 'Refused as changing them is.',
        params: byVersion,
        headers: IfMatch,
        response: { 200: Policies, '4xx': Problem },
      },
    },
    async (request) => {
      const by = demandAdmin(request, 'write_settings');
      const { version } = request.params;
      const rules = rulesIn(await demandVersion(store, version));
      return policiesView(
        store,
        await changePolicies(rules, request.headers['if-match'], by, needs, version),
      );
    },
  );

  app.post(
    '/api/v1/admin/policies/simulate',
    {
      schema: {
        tags,
        summary: 'What would be asked of somebody, and which rule says so',
        description:
          'By the decision that a sign-in takes. Of an application: what a step-up for it would ask. `rules` are tried without being kept. A token needs the scope `users:read` too.',
        body: SimulatePolicies,
        response: { 200: PolicySimulation, '4xx': Problem },
      },
    },
    async (request) => {
      // It tells what factors somebody has.
      demandScope(demandAdmin(request, 'read'), 'users:read');
      return simulate(request.body, platform);
    },
  );

  /** Administrators who wait for one: it costs more than any other call, so each has one at a time. */
  const waiting = new Set<string>();
  app.post(
    '/api/v1/admin/policies/effect',
    {
      schema: {
        tags,
        summary: 'What these rules would have changed of the sign-ins of the last 7 days',
        description:
          'Each is decided again by the decision that a sign-in takes, on what it was decided on then, under the settings and groups of today: the newest 10,000, or as many as two seconds are enough for. A token needs the scopes `events:read` and `users:read` too. 429 `too_many_requests` while an earlier one of the administrator is under way.',
        body: PutPolicies,
        response: { 200: PolicyEffectReport, '4xx': Problem },
      },
    },
    async (request) => {
      const reader = demandAdmin(request, 'read');
      demandScope(reader, 'events:read');
      // It tells who people are, and what factors they have.
      demandScope(reader, 'users:read');
      const { actor } = reader;
      const { rules } = request.body;
      if (waiting.has(actor.id))
        throw new Refusal('too_many_requests', { detail: 'An earlier one is under way.', retry_after: 2 });
      waiting.add(actor.id);
      try {
        await demandSound(store, rules, rulesIn(await currentVersion(store)));
        return await effectOf(rules, platform);
      } finally {
        waiting.delete(actor.id);
      }
    },
  );
}
