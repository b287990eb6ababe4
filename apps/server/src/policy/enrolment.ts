import type { FactorKind, PolicyRule, PolicyWarning, Settings } from '@countersign/protocol/wire';
import { decideRule, demandsFactor, isFactorAllowed, type Compiled, type Ruling } from './rules.ts';

/** Who may enrol which factor: what the settings allow, narrowed by the first rule for `enrollment` that matches. Pure. */

/** The rule that decides for somebody. Such rules look at nothing but who it is. */
export const enrolmentRuling = (
  compiled: Compiled,
  who: { user: string; groups: readonly string[] },
): Ruling => decideRule(compiled, { ...who, target: 'enrollment', ip: null, familiar: false, at: 0 });

/** What a rule leaves of the kinds that the settings allow. */
export const leftToEnrol = ({ effect }: Ruling, allowed: readonly FactorKind[]): FactorKind[] =>
  effect.deny ? [] : allowed.filter((kind) => isFactorAllowed(effect, kind));

/** Whether somebody who has no factor can begin with one of these: recovery codes stand in for a factor. */
export const isEnough = (kinds: readonly FactorKind[]): boolean =>
  kinds.some((kind) => kind !== 'recovery_code');

/**
 * Which rules about enrolling leave people without a way in: with nothing to enrol where a factor is required, or with
 * nothing that another rule demands of some of them. What it tells of may be about nobody; of what it is silent about, only
 * what the settings of single people say leaves somebody out.
 */
export function warningsOf(rules: readonly PolicyRule[], settings: Settings): PolicyWarning[] {
  const allowed = settings.mfa.factors.filter((kind) => kind !== 'push' || settings.push.enabled);
  const enabled = rules.filter((rule) => rule.enabled);
  const isAboutEnrolling = ({ what }: PolicyRule) => what.includes('enrollment');
  const demanding = enabled.filter(
    (rule) => !isAboutEnrolling(rule) && !rule.effect.deny && demandsFactor(rule.effect),
  );
  return enabled.filter(isAboutEnrolling).flatMap((rule): PolicyWarning[] => {
    const named = ({ id, name }: PolicyRule) => ({ id, name });
    const left = leftToEnrol({ rule: named(rule), effect: rule.effect }, allowed);
    if (settings.mfa.required && !isEnough(left))
      return [{ rule: named(rule), kind: 'nothing_to_enroll', by: null }];
    return demanding
      .filter(
        ({ who, effect }) =>
          mayMeet(rule.who, who) && !isEnough(left.filter((kind) => isFactorAllowed(effect, kind))),
      )
      .map((by) => ({ rule: named(rule), kind: 'demanded', by: named(by) }));
  });
}

type Who = PolicyRule['who'];

/** Whether both name the same person or group, or one names everybody. Groups may share people all the same. */
const mayMeet = (one: Who, other: Who): boolean =>
  one === null ||
  other === null ||
  one.users.some((id) => other.users.includes(id)) ||
  one.groups.some((id) => other.groups.includes(id));
