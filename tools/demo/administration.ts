import assert from 'node:assert/strict';
import type { PolicyRule } from '@countersign/protocol/wire';
import type { Browser } from '../../tests/support/browser.ts';
import type { InProcess } from '../../tests/support/in-process.ts';
import { demand } from './demand.ts';

/** What the administrators of the demonstration keep: rules, tokens, webhooks; and what the apps tell of themselves. */

const base = '/api/v1/admin';
const day = 24 * 60 * 60_000;

const rule = (id: string, name: string, more: Partial<PolicyRule>): PolicyRule => ({
  id,
  name,
  enabled: true,
  who: null,
  what: ['portal'],
  networks: null,
  familiar: null,
  when: null,
  effect: {},
  ...more,
});

/** The rules one after the other as they were in the month; `financeId` and `payrollId`: of the group and the application. */
function rulesOf({ financeId, payrollId }: { financeId: string; payrollId: string }): PolicyRule[][] {
  const finance = rule('finance', 'Finance types the number', {
    who: { users: [], groups: [financeId] },
    effect: { confirmation: 'number' },
  });
  const payroll = rule('payroll', 'Payroll wants a fresh proof', {
    what: [`application:${payrollId}`],
    effect: { fresh_minutes: 15 },
  });
  // None of the demonstration's people comes from there.
  const guests = rule('guests', 'Not from the guests’ network', {
    what: ['portal', 'admin', 'application:*'],
    networks: { inside: true, ranges: ['203.0.113.240/28'] },
    effect: { deny: true },
  });
  const night = rule('night', 'Nobody administers at night', {
    enabled: false,
    what: ['admin'],
    when: { weekdays: [1, 2, 3, 4, 5, 6, 7], from: '23:00', until: '05:00', time_zone: 'Europe/Berlin' },
    effect: { deny: true },
  });
  return [
    [finance],
    [finance, payroll],
    [guests, finance, payroll],
    [guests, finance],
    [guests, finance, payroll, night],
  ];
}

export interface Administration {
  /** Puts the next rules in the place of those that hold. */
  changesRules(by: Browser): Promise<void>;
  restoresRules(by: Browser, version: number): Promise<void>;
  makesTokens(by: Browser): Promise<void>;
  tells(by: Browser, url: string, types: string[], state?: 'paused'): Promise<void>;
  /** A day of reports of the apps. */
  hearsOfApps(): Promise<void>;
}

/** `choose`: the same choices each time. */
export function createAdministration(
  server: InProcess,
  ids: Parameters<typeof rulesOf>[0],
  choose: <T>(from: readonly T[]) => T,
): Administration {
  const versions = rulesOf(ids);
  const ifMatch = async (by: Browser) => ({
    'if-match': (await demand(by.get(`${base}/policies`))).etag as string,
  });
  async function report(kind: string, entries: object[]): Promise<void> {
    const answer = await fetch(`${server.url}/authenticator/v1/diagnostics`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': '192.0.2.40' },
      body: JSON.stringify({ kind, entries }),
    });
    assert.equal(answer.status, 202);
  }
  return {
    async changesRules(by) {
      const rules = versions.shift();
      await demand(by.call('PUT', `${base}/policies`, { rules }, await ifMatch(by)));
    },
    async restoresRules(by, version) {
      const path = `${base}/policies/versions/${version}/restore`;
      await demand(by.call('POST', path, {}, await ifMatch(by)));
    },
    async makesTokens(by) {
      const inDays = (days: number) => new Date(server.now() + days * day).toISOString();
      const make = (body: object) => demand(by.post(`${base}/tokens`, body));
      await make({ name: 'Staff directory', scopes: ['users:read', 'users:write', 'groups:read'] });
      await make({ name: 'Trial of last month', scopes: ['events:read'], expires_at: inDays(7) });
      const { token } = await make({
        name: 'Monitoring',
        scopes: ['events:read', 'hosts:read'],
        expires_at: inDays(365),
      });
      const used = await fetch(`${server.url}${base}/hosts`, {
        headers: { authorization: `Bearer ${token}`, 'x-forwarded-for': '192.0.2.41' },
      });
      assert.equal(used.status, 200);
    },
    async tells(by, url, types, state) {
      const { id } = await demand(by.post(`${base}/webhooks`, { url, types }));
      if (state) await demand(by.patch(`${base}/webhooks/${id}`, { state }));
    },
    async hearsOfApps() {
      const today = new Date(server.now()).toISOString().slice(0, 10);
      const entry = (name: string, platform: string, count: number, more = {}) => ({
        day: today,
        app_version: choose(['0.1.0', '0.1.0', '0.0.9']),
        platform,
        name,
        count,
        ...more,
      });
      const platforms = ['android', 'ios'];
      const counts = [3, 5, 8, 12, 19];
      await report(
        'usage',
        platforms.flatMap((platform) => [
          entry('app_opened', platform, choose(counts)),
          entry('request_answered', platform, choose(counts)),
          entry('code_copied', platform, choose([1, 2, 4])),
        ]),
      );
      await report('diagnostic', [
        ...platforms.map((platform) => entry('start', platform, choose(counts), { duration_ms: 900 })),
        entry('push_late', choose(platforms), 1, { duration_ms: choose([6_000, 14_000, 31_000]) }),
        entry('error', choose(platforms), 1, {
          code: choose(['request_expired', 'invalid_proof', 'unavailable']),
        }),
      ]);
    },
  };
}
