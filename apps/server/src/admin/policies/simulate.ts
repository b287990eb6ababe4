import type { PolicySimulation, SimulatePolicies } from '@countersign/protocol/wire';
import { isIP } from 'node:net';
import { resourceOfApplication } from '../../applications/applications.ts';
import { findApplication } from '../../applications/store.ts';
import { isAlone } from '../../authentication/asker.ts';
import { decide, type Asked } from '../../authentication/decide.ts';
import type { HostAsk } from '../../authentication/store.ts';
import { mayLogIn } from '../../hosts/person.ts';
import { factorsOf, ruleOf } from '../../hosts/rule.ts';
import { findHostGroup } from '../../hosts/store.ts';
import { Refusal } from '../../platform/http/refusal.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Queryable } from '../../platform/store/store.ts';
import { currentRules, rulesIn } from '../../policies/current.ts';
import { enrollable } from '../../policies/enrolment.ts';
import { compile } from '../../policy/rules.ts';
import { isAdministrator } from '../../sessions/sessions.ts';
import { mayUse } from '../../sso/access.ts';
import { findUser, type UserRow } from '../../users/store.ts';
import { currentVersion, demandSound } from './change.ts';
import { verdictOf } from './verdict.ts';

/** What would be asked of somebody, by the very decision that a sign-in takes. */

/** @throws Refusal 400 `malformed` for what does not exist, or is no address. */
export async function simulate(
  { user_id, target, ip, familiar = false, at, service = 'sshd', rules }: SimulatePolicies,
  { store, now }: Platform,
): Promise<PolicySimulation> {
  const user = await findUser.get(store, { id: user_id });
  if (!user) throw malformed('/user_id', 'is nobody');
  if (ip !== null && !isIP(ip)) throw malformed('/ip', 'is no address');
  if (rules) await demandSound(store, rules, rulesIn(await currentVersion(store)));
  const then = at === undefined ? now() : Date.parse(at);
  // A leap second is of the form, and no time that is known here.
  if (!(then >= 0)) throw malformed('/at', 'is no time');
  const { asked, refused } = await askedFor(store, user, target, service, ip);
  const supposed = { rules: rules ? compile(rules) : await currentRules(store), familiar };
  const decided = await decide(store, asked, user, then, supposed);
  const person = { user_id, push_override: user.push_override };
  const enrollment = await enrollable(store, person, decided.facts.settings, supposed.rules);
  const circumstances = {
    alone: isAlone(asked),
    familiar,
    reported: user.push_locked_until > then,
    silent: false,
    byPasskey: false,
  };
  const verdict = verdictOf(decided, circumstances, enrollment);
  const nothing = { factors: [], confirmation: null, user_verification: false, stuck: false };
  // What is asked before any rule.
  return refused ? { ...verdict, outcome: 'refuse', ...refused, rule: null, ...nothing } : verdict;
}

const malformed = (path: string, message: string) =>
  new Refusal('malformed', { errors: [{ path, message }] });

/** What an authentication of theirs would be, and why it would not even begin. */
async function askedFor(
  on: Queryable,
  user: UserRow,
  target: string,
  service: string,
  ip: string | null,
): Promise<{
  asked: Asked & { host_login: string | null };
  refused?: { code: string; reason: string } | undefined;
}> {
  const at = { ip, browser_hash: '', resource: null, host_login: null };
  const suspended =
    user.state === 'active' ? undefined : { code: 'invalid_credentials', reason: 'the person is not active' };
  const [kind, id = ''] = target.split(':');
  if (kind === 'portal') return { asked: { ...at, purpose: 'portal_login' }, refused: suspended };
  if (kind === 'password_reset') return { asked: { ...at, purpose: 'password_reset' }, refused: suspended };
  if (kind === 'admin') {
    const refused = isAdministrator(user.role)
      ? suspended
      : { code: 'forbidden', reason: 'the person does not administer anything' };
    return { asked: { ...at, purpose: 'admin_login' }, refused };
  }
  if (kind === 'application') {
    const application = await findApplication.get(on, { id });
    if (!application) throw malformed('/target', 'is no application');
    const isTheirs = await mayUse(on, user.id, application);
    const refused = isTheirs
      ? suspended
      : { code: 'application_not_allowed', reason: 'the application is for other groups' };
    return { asked: { ...at, purpose: 'sso', resource: resourceOfApplication(id) }, refused };
  }
  const group = await findHostGroup.get(on, { id });
  if (!group) throw malformed('/target', 'is no host group');
  const rule = ruleOf(group, service);
  const ask: HostAsk = {
    host: '',
    local_user: '',
    host_group: id,
    factors: factorsOf(rule),
    first_factor: rule.first_factor,
    interactive: true,
  };
  const refused = rule.deny
    ? { code: 'service_denied', reason: 'nobody logs in by this service' }
    : (await mayLogIn(on, group, user))
      ? undefined
      : { code: 'host_login_not_allowed', reason: 'the person may not log in there' };
  return { asked: { ...at, purpose: 'device_login', host_login: JSON.stringify(ask) }, refused };
}
