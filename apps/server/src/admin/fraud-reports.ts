import { FraudReport, FraudReportQuery, Page, Problem } from '@countersign/protocol/wire';
import { Type } from 'typebox';
import type { Events } from '../events/events.ts';
import type { App } from '../platform/http/app.ts';
import { Refusal } from '../platform/http/refusal.ts';
import { timeText, type Platform } from '../platform/platform.ts';
import type { Queryable } from '../platform/store/store.ts';
import {
  findFraudReport,
  listFraudReports,
  reviewFraudReport,
  type FraudReportRow,
} from '../users/reports/store.ts';
import { demandAdmin, demandScope, may, type Administrator } from './access.ts';
import { havingWords, pageView, readPage } from './paging.ts';

/** "This wasn't me": what people reported, until somebody has looked into it and after. */

const tags = ['Administration'];

export function fraudReportRoutes(
  app: App,
  { platform, events }: { platform: Platform; events: Events },
): void {
  const { store, now } = platform;

  app.get(
    '/api/v1/admin/fraud-reports',
    {
      schema: {
        tags,
        summary: 'What people said was not them',
        description:
          'A token that searches (`q`) needs the scope `users:read` too: names and addresses are searched.',
        querystring: FraudReportQuery,
        response: { 200: Page(FraudReport), '4xx': Problem },
      },
    },
    async (request) => {
      const by = demandAdmin(request, 'read');
      if (request.query.q !== undefined) demandScope(by, 'users:read');
      const { reviewed, ...query } = request.query;
      const { words, limit, at, id } = readPage(query);
      const which = reviewed === undefined ? 'all' : reviewed ? 'reviewed' : 'open';
      const rows = await listFraudReports[which].all(store, {
        at,
        id,
        limit: limit + 1,
        ...havingWords(words),
      });
      return pageView(
        rows,
        limit,
        (row) => [row.reported_at, row.id],
        (row) => fraudReportView(row, by),
      );
    },
  );

  app.post(
    '/api/v1/admin/fraud-reports/:id/review',
    {
      schema: {
        tags,
        summary: 'Say that it was looked into',
        description:
          'Nothing else changes by it. Whoever says so first stays named. Nobody says so of a report of themselves, or of what they asked; of a question of the help desk, only owners and administrators do, by no API token.',
        params: Type.Object({ id: Type.String() }),
        response: { 200: FraudReport, '4xx': Problem },
      },
    },
    async (request) => {
      const by = demandAdmin(request, 'help');
      const { actor, asker } = by;
      const { id } = request.params;
      return store.transaction(async (transaction) => {
        const refusal = refusalOfReview(await demandReport(transaction, id), by);
        if (refusal) throw refusal;
        const first = await reviewFraudReport.get(transaction, { id, login: actor.login, now: now() });
        const report = await demandReport(transaction, id);
        if (first) {
          const { user_id, login, what, authentication_id: authentication } = report;
          await events.record(transaction, {
            type: 'fraud_report.reviewed',
            actor,
            user: { id: user_id, login },
            asker,
            details: { fraud_report: id, what, authentication },
          });
        }
        return fraudReportView(report, by);
      });
    },
  );
}

/** @throws Refusal 404 */
async function demandReport(on: Queryable, id: string): Promise<FraudReportRow> {
  const report = await findFraudReport.get(on, { id });
  if (!report) throw new Refusal('not_found');
  return report;
}

/** 403 `forbidden`; undefined of whom they may. Nobody closes what was reported of them, as a help desk that asks and asks would. */
function refusalOfReview(
  { user_id, what, asked_by }: FraudReportRow,
  { actor, role, token }: Administrator,
): Refusal | undefined {
  if (actor.id === user_id || actor.id === asked_by)
    return new Refusal('forbidden', {
      detail: 'Somebody else looks into a report of you, or of what you asked.',
    });
  const isOfHelpDesk = what === 'verification' || asked_by !== null;
  if (isOfHelpDesk && (token || !may(role, 'write_users')))
    return new Refusal('forbidden', {
      detail: 'Only owners and administrators who are signed in look into a question of the help desk.',
    });
  return undefined;
}

const fraudReportView = (row: FraudReportRow, by: Administrator): FraudReport => ({
  id: row.id,
  what: row.what,
  user: { id: row.user_id, login: row.login, name: row.name },
  ip: row.ip,
  client: row.client,
  authentication_id: row.authentication_id,
  reported_at: timeText(row.reported_at),
  reviewed_at: row.reviewed_at === null ? null : timeText(row.reviewed_at),
  reviewed_by: row.reviewed_by,
  reviewable: may(by.role, 'help') && !refusalOfReview(row, by),
});
