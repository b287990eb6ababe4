import type { FactorKind, Named, PolicyEffect, PolicyRule } from '@countersign/protocol/wire';
import ipaddr from 'ipaddr.js';
import { isIP } from 'node:net';

/**
 * Rules: who wants in where, from which network, in how familiar a browser, and when. The first that matches decides; what
 * it asks for comes on top of the settings. Pure.
 */

/** What a rule is looked for by. */
export interface Situation {
  user: string;
  /** Ids of the groups that the person is in. */
  groups: readonly string[];
  /** `portal`, `admin`, `password_reset`, `application:{id}`, `host_group:{id}` or `enrollment`. */
  target: string;
  /** Null where nobody knows it: that is in no network. */
  ip: string | null;
  familiar: boolean;
  /** Milliseconds since 1970. */
  at: number;
}

/** Which rule decides, and what it asks for. Without one, nothing on top of the settings. */
export interface Ruling {
  rule: Named | null;
  effect: PolicyEffect;
}

/** An address as a text that sorts as its bytes do; IPv4 and IPv6 differ in length. */
type Bytes = string;
interface Range {
  first: Bytes;
  last: Bytes;
}
/** What of `when` has been made ready. */
interface Times {
  weekdays: ReadonlySet<number>;
  /** Minutes of the day. */
  from: number;
  until: number;
  clock: Clock;
}

interface CompiledRule {
  ruling: Ruling;
  users: ReadonlySet<string> | null;
  groups: ReadonlySet<string>;
  networks: { inside: boolean; ranges: readonly Range[] } | null;
  familiar: boolean | null;
  times: Times | null;
}

/** Rules made ready to decide by. */
export interface Compiled {
  isEmpty: boolean;
  /** Those for a target, or for all of a kind (`application:*`), in their order. */
  byTarget: ReadonlyMap<string, readonly CompiledRule[]>;
  /** Whether any of them looks at this: what none does need not be read. */
  looksAt: { groups: boolean; familiar: boolean };
}

/** @throws TypeError or RangeError for rules of which {@link problemsOf} tells something. */
export function compile(rules: readonly PolicyRule[]): Compiled {
  const clocks = new Map<string, Clock>();
  const clockOf = (zone: string) => {
    const clock = clocks.get(zone) ?? clockIn(zone);
    clocks.set(zone, clock);
    return clock;
  };
  const enabled = rules.filter((rule) => rule.enabled);
  const compiled = enabled.map(({ id, name, who, what, networks, familiar, when, effect }) => ({
    ruling: { rule: { id, name }, effect },
    users: who && new Set(who.users),
    groups: new Set(who?.groups),
    what,
    networks: networks && { inside: networks.inside, ranges: networks.ranges.map(rangeOf) },
    familiar,
    times: when && {
      weekdays: new Set(when.weekdays),
      from: minutesOf(when.from),
      until: minutesOf(when.until),
      clock: clockOf(when.time_zone),
    },
  }));
  const targets = new Set(enabled.flatMap(({ what }) => what));
  return {
    isEmpty: enabled.length === 0,
    byTarget: new Map(
      [...targets].map((target) => [
        target,
        compiled.filter(({ what }) => what.includes(target) || what.includes(allOfItsKind(target))),
      ]),
    ),
    looksAt: {
      groups: enabled.some(({ who }) => who !== null && who.groups.length > 0),
      familiar: enabled.some(({ familiar }) => familiar !== null),
    },
  };
}

const noRule: Ruling = { rule: null, effect: {} };

const allOfItsKind = (target: string): string => target.replace(/:.*$/s, ':*');
const rulesFor = ({ byTarget }: Compiled, target: string): readonly CompiledRule[] =>
  byTarget.get(target) ?? byTarget.get(allOfItsKind(target)) ?? [];

/** The first rule that matches. */
export function decideRule(compiled: Compiled, situation: Situation): Ruling {
  const address = situation.ip === null ? undefined : bytesOf(situation.ip);
  const found = rulesFor(compiled, situation.target).find(
    (rule) =>
      isAbout(rule, situation) &&
      (rule.familiar === null || rule.familiar === situation.familiar) &&
      isFrom(rule, address) &&
      isThen(rule, situation.at),
  );
  return found?.ruling ?? noRule;
}

const isAbout = ({ users, groups }: CompiledRule, { user, groups: isIn }: Situation): boolean =>
  users === null || users.has(user) || isIn.some((group) => groups.has(group));

function isFrom({ networks }: CompiledRule, address: Bytes | undefined): boolean {
  if (networks === null) return true;
  const isInside =
    address !== undefined &&
    networks.ranges.some(
      ({ first, last }) => first.length === address.length && first <= address && address <= last,
    );
  return isInside === networks.inside;
}

function isThen({ times }: CompiledRule, at: number): boolean {
  if (times === null) return true;
  const { weekday, minute } = times.clock(at);
  const { weekdays, from, until } = times;
  if (!weekdays.has(weekday)) return false;
  return from < until ? from <= minute && minute < until : from === until || minute >= from || minute < until;
}

/**
 * What the rules could say of somebody there, in a browser that is new to them, from some network at some time of the week:
 * each once.
 */
export function* rulingsInReach(
  compiled: Compiled,
  situation: Pick<Situation, 'user' | 'groups' | 'target' | 'at'>,
): Generator<Ruling> {
  const near = { ...situation, ip: null, familiar: false };
  const about = rulesFor(compiled, near.target).filter(
    (rule) => isAbout(rule, near) && rule.familiar !== true,
  );
  // Of addresses, and of moments, that match the same rules, one is enough.
  const places = distinct(placesOf(about).map((address) => about.map((rule) => isFrom(rule, address))));
  const moments = distinct(momentsOf(about, near.at).map((at) => about.map((rule) => isThen(rule, at))));
  const found = new Set<Ruling>();
  for (const isHere of places) {
    for (const isNow of moments) {
      const first = about.find((_rule, index) => isHere[index] && isNow[index]);
      const ruling = first?.ruling ?? noRule;
      if (found.has(ruling)) continue;
      found.add(ruling);
      yield ruling;
    }
  }
}

const distinct = (answers: boolean[][]): boolean[][] => [
  ...new Map(answers.map((each) => [each.join(), each])).values(),
];

/** An address of each stretch of addresses that no rule tells apart: where one begins, and where it is over. */
function placesOf(rules: readonly CompiledRule[]): Bytes[] {
  const ranges = rules.flatMap(({ networks }) => networks?.ranges ?? []);
  const after = ranges.map(({ last }) => last).filter((last) => /[^f]/.test(last));
  return [
    '0'.repeat(8),
    '0'.repeat(32),
    ...ranges.map(({ first }) => first),
    ...after.map((last) => (BigInt(`0x${last}`) + 1n).toString(16).padStart(last.length, '0')),
  ];
}

/** Every quarter of an hour of a week: a rule for less than that may be missed. */
function momentsOf(rules: readonly CompiledRule[], from: number): number[] {
  if (rules.every(({ times }) => times === null)) return [from];
  const quarter = 15 * 60_000;
  return Array.from({ length: 7 * 24 * 4 }, (_, index) => from + index * quarter);
}

/** What is proven beside the password, as exactly as rules ask for it. */
export interface Proven {
  factor: FactorKind;
  /** Of a push: the number was typed. */
  number: boolean;
  /** The device has verified its user. */
  user_verified: boolean;
}

export const isFactorAllowed = ({ factors, phishing_resistant }: PolicyEffect, factor: FactorKind): boolean =>
  (factors?.includes(factor) ?? true) && (phishing_resistant !== true || factor === 'passkey');

/** Whether a second factor is demanded at all. */
export const demandsFactor = (effect: PolicyEffect): boolean =>
  effect.factors !== undefined ||
  effect.phishing_resistant === true ||
  effect.confirmation !== undefined ||
  effect.user_verification !== undefined;

/** Whether what was proven is what the rule asks for. Null: a password, or nobody knows. */
export function isMetBy(effect: PolicyEffect, proven: Proven | null): boolean {
  if (effect.deny) return false;
  if (!demandsFactor(effect)) return true;
  if (proven === null || !isFactorAllowed(effect, proven.factor)) return false;
  if (proven.factor !== 'push') return true;
  return (
    (effect.confirmation !== 'number' || proven.number) &&
    (effect.user_verification !== 'required' || proven.user_verified)
  );
}

export interface RuleProblem {
  /** Within the list: `/2/networks/ranges/0`. */
  path: string;
  message: string;
}

/** What the form of the rules does not tell. */
export function problemsOf(rules: readonly PolicyRule[]): RuleProblem[] {
  const ids = rules.map(({ id }) => id);
  return rules.flatMap((rule, index) => {
    const problems = [
      ids.indexOf(rule.id) < index && ['/id', 'is the id of another rule'],
      rule.who && rule.who.users.length + rule.who.groups.length === 0 && ['/who', 'names nobody'],
      ...(rule.networks?.ranges ?? []).map(
        (range, at) => !isRange(range) && [`/networks/ranges/${at}`, 'is no address and no CIDR'],
      ),
      rule.when &&
        !isTimeZone(rule.when.time_zone) && ['/when/time_zone', 'is no time zone that is known here'],
      ...problemsOfEffect(rule),
      ...(rule.what.includes('enrollment') ? problemsOfEnrolment(rule) : []),
    ];
    return problems
      .filter((problem) => problem !== false && problem !== null)
      .map(([path, message]) => ({ path: `/${index}${path}`, message: message! }));
  });
}

const problemsOfEffect = ({ what, effect }: PolicyRule): (false | string[])[] => [
  effect.deny === true && Object.keys(effect).length > 1 && ['/effect', 'denies, and asks for more beside'],
  effect.phishing_resistant === true &&
    effect.factors?.includes('passkey') === false && ['/effect/factors', 'has none that resists phishing'],
  effect.session_minutes !== undefined &&
    !what.some((target) => target === 'portal' || target === 'admin') && [
      '/effect/session_minutes',
      'is for the portals',
    ],
  effect.fresh_minutes !== undefined &&
    !what.some((target) => target.startsWith('application:')) && [
      '/effect/fresh_minutes',
      'is for applications',
    ],
];

/** What is enrolled lasts: from where and when is no matter, and a promise that nobody keeps is refused. */
const problemsOfEnrolment = ({
  what,
  networks,
  familiar,
  when,
  effect,
}: PolicyRule): (false | string[])[] => [
  what.length > 1 && ['/what', 'is about enrolling, and about more beside'],
  networks !== null && ['/networks', 'is nothing to a rule about enrolling'],
  familiar !== null && ['/familiar', 'is nothing to a rule about enrolling'],
  when !== null && ['/when', 'is nothing to a rule about enrolling'],
  ...Object.keys(effect)
    .filter((demand) => demand !== 'factors' && demand !== 'deny')
    .map((demand) => [`/effect/${demand}`, 'is nothing to a rule about enrolling']),
];

function isTimeZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone);
  } catch {
    return false;
  }
}

/** Only as they are usually written: a leading zero is no octal digit here, and nothing is left out. */
function isRange(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const family = address.includes('%') ? 0 : isIP(address);
  if (family === 0 || more.length > 0) return false;
  return bits === undefined || (/^(0|[1-9]\d{0,2})$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

function rangeOf(text: string): Range {
  if (!isRange(text)) throw new TypeError(`${text} is no address and no CIDR`);
  const [address = '', bits] = text.split('/');
  const bytes = bytesOf(address)!;
  // Of an IPv4-mapped network too, which is the IPv4 network that it holds.
  const whole = bytes.length * 4;
  const written = isIP(address) === 4 ? 32 : 128;
  const length = bits === undefined ? whole : Math.max(0, Number(bits) - (written - whole));
  const host = (1n << BigInt(whole - length)) - 1n;
  const first = (BigInt(`0x${bytes}`) | host) ^ host;
  const hex = (value: bigint) => value.toString(16).padStart(bytes.length, '0');
  return { first: hex(first), last: hex(first | host) };
}

function bytesOf(text: string): Bytes | undefined {
  if (!isIP(text)) return undefined;
  return ipaddr
    .process(text.replace(compatible, asGroups))
    .toByteArray()
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}

/** Of an IPv4-compatible address (RFC 4291 section 2.5.5.1), which is an IPv6 address and no IPv4 address. */
const compatible = /^::(\d+)\.(\d+)\.(\d+)\.(\d+)$/;
const asGroups = (_text: string, ...bytes: string[]): string =>
  `::${bytes
    .slice(0, 4)
    .map((byte) => Number(byte).toString(16).padStart(2, '0'))
    .join('')
    .replace(/^..../, '$&:')}`;

const minutesOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));

/** Which day of the week (1 is Monday) and which minute of the day it is in a time zone. */
type Clock = (at: number) => { weekday: number; minute: number };

const weekdayNames = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

function clockIn(timeZone: string): Clock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  // Formatting takes longer than all else here: what came out last holds for the minute.
  let last = { of: NaN, weekday: 0, minute: 0 };
  return (at) => {
    const of = Math.floor(at / 60_000);
    if (last.of === of) return last;
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
    const weekday = weekdayNames.indexOf(parts['weekday']!) + 1;
    last = { of, weekday, minute: Number(parts['hour']) * 60 + Number(parts['minute']) };
    return last;
  };
}
