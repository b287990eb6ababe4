import type { FactorKind, PolicyEffect, PolicyRule, PolicySimulation } from '@countersign/protocol/wire';

/** Rules as sentences. */

type Names = Record<string, string>;

export const factorNames: Record<FactorKind, string> = {
  push: 'Mobile push',
  passkey: 'Passkey',
  totp: 'Verification code',
  recovery_code: 'Recovery code',
};
export const factorKinds = Object.keys(factorNames) as FactorKind[];
const inSentence: Record<FactorKind, string> = {
  push: 'a push',
  passkey: 'a passkey',
  totp: 'a verification code',
  recovery_code: 'a recovery code',
};

export const targetNames: Names = {
  portal: 'the User Portal',
  admin: 'the Admin Portal',
  password_reset: 'a password reset',
  'application:*': 'any application',
  'host_group:*': 'any host',
};
/** What there is no more of. */
const gone = 'something that was removed';

export function targetInWords(target: string, names: Names): string {
  const [kind, id = ''] = target.split(':');
  return (
    targetNames[target] ?? (kind === 'host_group' ? `hosts of ${names[id] ?? gone}` : (names[id] ?? gone))
  );
}

export const dayNames = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** What somebody does who wants in, one or several of them. */
function doingInWords(target: string, names: Names, isOne: boolean): string {
  const s = isOne ? 's' : '';
  if (target === 'password_reset') return `reset${s} a password`;
  const what = targetInWords(target, names);
  if (target.startsWith('application:')) return `open${s} ${what}`;
  return target.startsWith('host_group:') ? `log${s} in on ${what}` : `sign${s} in to ${what}`;
}

const and = new Intl.ListFormat('en-GB', { type: 'conjunction' });
const or = new Intl.ListFormat('en-GB', { type: 'disjunction' });

/** "People in Staff who open Payroll from anywhere need a push, whose number is typed." */
export function ruleInWords(
  { who, what, networks, familiar, when, effect }: PolicyRule,
  names: Names,
): string {
  const people =
    who === null
      ? 'Everybody'
      : and.format([
          ...who.groups.map((id) => `people in ${names[id] ?? 'a group that was removed'}`),
          ...who.users.map((id) => names[id] ?? gone),
        ]);
  const subject = people.charAt(0).toUpperCase() + people.slice(1);
  if (isAboutEnrolling({ what })) return `${subject} may enrol ${enrollableInWords(effect)}.`;
  const place =
    networks === null
      ? 'from anywhere'
      : `from ${networks.inside ? '' : 'outside '}${or.format(networks.ranges)}`;
  const browser = familiar === null ? '' : familiar ? ' in a familiar browser' : ' in an unfamiliar browser';
  const days = when && when.weekdays.toSorted((a, b) => a - b).map((day) => dayNames[day - 1]!);
  const hours = when && (when.from === when.until ? '' : ` between ${when.from} and ${when.until}`);
  const time =
    when && days ? ` on ${days.length === 7 ? 'any day' : or.format(days)}${hours} (${when.time_zone})` : '';
  const isOne = who === null || (who.groups.length === 0 && who.users.length === 1);
  const doing = or.format(what.map((target) => doingInWords(target, names, isOne)));
  return `${subject} who ${doing} ${place}${browser}${time} ${effectInWords(effect, isOne)}.`;
}

export const isAboutEnrolling = ({ what }: Pick<PolicyRule, 'what'>): boolean => what.includes('enrollment');

function enrollableInWords({ deny, factors }: PolicyEffect): string {
  if (deny) return 'nothing';
  return factors ? kindsInWords(factors) : 'what the settings allow';
}

const severalInSentence: Record<FactorKind, string> = { ...inSentence, recovery_code: 'recovery codes' };
/** "a push or recovery codes", of what is enrolled. */
const kindsInWords = (kinds: readonly FactorKind[]): string =>
  or.format(factorKinds.filter((kind) => kinds.includes(kind)).map((kind) => severalInSentence[kind]));

function effectInWords(effect: PolicyEffect, isOne: boolean): string {
  if (effect.deny) return isOne ? 'is denied' : 'are denied';
  const { factors, confirmation, user_verification, phishing_resistant, session_minutes, fresh_minutes } =
    effect;
  const kinds = phishing_resistant
    ? ['passkey' as const]
    : factorKinds.filter((kind) => factors?.includes(kind));
  const demands = [
    kinds.length > 0 && or.format(kinds.map((kind) => inSentence[kind])),
    confirmation && 'the number typed at each push',
    user_verification && 'face, fingerprint or passcode at each push',
    fresh_minutes && `a proof that is no older than ${minutes(fresh_minutes)}`,
  ].filter((part): part is string => typeof part === 'string');
  const need = isOne ? 'needs' : 'need';
  const first = demands.length > 0 ? `${need} ${and.format(demands)}` : `${need} what the settings say`;
  return session_minutes ? `${first}, for a session of ${minutes(session_minutes)}` : first;
}

const minutes = (count: number): string => (count === 1 ? '1 minute' : `${count} minutes`);

/** What the simulator found, in one sentence, and which rule says so in another. */
export function simulationInWords(found: PolicySimulation): {
  outcome: string;
  rule: string;
  enrollment: string;
  lasts: string;
} {
  const { outcome, factors, confirmation, user_verification, rule, code, enrollment, stuck } = found;
  const { session_minutes, fresh_minutes } = found;
  const push = [
    confirmation === 'number' && 'the number typed',
    user_verification && 'face, fingerprint or passcode',
  ].filter((part): part is string => typeof part === 'string');
  const kinds = factors.map((kind) =>
    kind === 'push' && push.length > 0 ? `a push with ${and.format(push)}` : inSentence[kind],
  );
  const outcomes = {
    challenge: `Asked for: ${or.format(kinds)}.`,
    enrollment: stuck
      ? 'A second factor must be enrolled first, and none may be: they cannot get in.'
      : 'A second factor must be enrolled first.',
    ready: 'Nothing is asked beside the password or the mailed link.',
    refuse: code === 'policy_denied' ? 'Denied.' : 'Refused.',
  };
  return {
    outcome: outcomes[outcome],
    rule: rule ? `The rule “${rule.name}” says so.` : 'No rule matches: what the settings say holds.',
    enrollment: `They may enrol ${enrollment.factors.length > 0 ? kindsInWords(enrollment.factors) : 'nothing'}: ${
      enrollment.rule ? `the rule “${enrollment.rule.name}” says so.` : 'so say the settings.'
    }`,
    lasts: [
      session_minutes !== null && `A session of ${minutes(session_minutes)}.`,
      fresh_minutes !== null && `A proof no older than ${minutes(fresh_minutes)}.`,
    ]
      .filter((part) => part !== false)
      .join(' '),
  };
}
