import type { Attention, AttentionKind } from '@countersign/protocol/wire';
import { countExpiring } from '../../api-tokens/store.ts';
import { expiresSoon } from '../../api-tokens/tokens.ts';
import { countUnreachable } from '../../authenticators/store.ts';
import { silence } from '../../hosts/hosts.ts';
import { countSilentHosts } from '../../hosts/store.ts';
import { failingFor, type Outbox } from '../../mail/outbox.ts';
import { countFailingMails } from '../../mail/store.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Parameters, Queryable, Statement } from '../../platform/store/store.ts';
import { rulesIn } from '../../policies/current.ts';
import { findCurrentVersion, findVersion } from '../../policies/store.ts';
import { readSettings } from '../../settings/settings.ts';
import { countOpenFraudReports } from '../../users/reports/store.ts';
import { countLockedPeople } from '../../users/search/store.ts';
import { countByFactor } from '../../users/store.ts';
import { countFailingWebhooks } from '../../webhooks/store.ts';
import type { Permission } from '../access.ts';

/** What needs attention, as it is now. Each is read by an index and counted no further than somebody wants to know. */

const mostCounted = 100;

interface Needs {
  platform: Pick<Platform, 'store' | 'now'>;
  outbox: Pick<Outbox, 'sends'>;
}

/** Found: how many; true of what is so or is not. */
type Look = (on: Queryable, now: number, needs: Needs) => Promise<number | boolean>;

/** One more than is told, to say that there are more. */
const counting =
  (statement: Statement<{ count: number }>, more: (now: number) => Parameters = () => ({})): Look =>
  async (on, now) =>
    (await statement.get(on, { ...more(now), limit: mostCounted + 1 }))!.count;

const countWithoutFactor = async (on: Queryable): Promise<number> =>
  (await countByFactor.get(on, { has_factor: 0, most: mostCounted + 1 }))!.people;

async function countRulesSwitchedOff(on: Queryable): Promise<number> {
  const current = await findCurrentVersion.get(on);
  const version = current && (await findVersion.get(on, { number: current.number }));
  return version ? rulesIn(version).filter(({ enabled }) => !enabled).length : 0;
}

/** The most urgent first. Who may not read the list that it leads to is not told of it. */
const looks: readonly [kind: AttentionKind, permission: Permission, look: Look][] = [
  ['fraud_reports', 'read', counting(countOpenFraudReports)],
  ['mfa_not_required', 'read', async (on) => !(await readSettings(on)).mfa.required],
  [
    'people_without_factor',
    'read',
    // Where nobody must have one, none is missing.
    async (on) => (await readSettings(on)).mfa.required && countWithoutFactor(on),
  ],
  ['factors_locked', 'read', counting(countLockedPeople, (now) => ({ now }))],
  ['phones_unreachable', 'read', counting(countUnreachable)],
  ['hosts_silent', 'read', counting(countSilentHosts, (now) => ({ silent_since: now - silence }))],
  ['mail_not_set_up', 'read_outbox', async (_on, _now, { outbox }) => !outbox.sends],
  ['mails_failing', 'read_outbox', counting(countFailingMails, (now) => ({ since: now - failingFor }))],
  ['webhooks_failing', 'write_settings', counting(countFailingWebhooks)],
  ['tokens_expiring', 'read', counting(countExpiring, (now) => ({ now, until: now + expiresSoon }))],
  ['rules_switched_off', 'read', countRulesSwitchedOff],
];

/** Those of which there are any. */
export async function whatNeedsAttention(
  may: (permission: Permission) => boolean,
  needs: Needs,
): Promise<Attention[]> {
  const { store, now } = needs.platform;
  const found: Attention[] = [];
  for (const [kind, permission, look] of looks) {
    if (!may(permission)) continue;
    const some = await look(store, now(), needs);
    if (some === false || some === 0) continue;
    if (some === true) found.push({ kind, count: null, more: false });
    else found.push({ kind, count: Math.min(some, mostCounted), more: some > mostCounted });
  }
  return found;
}
