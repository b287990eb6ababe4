import type { HostRule } from '@countersign/protocol/wire';
import { Refusal } from '../platform/http/refusal.ts';
import type { HostGroupRow } from './store.ts';

/** What a service of PAM asks on the hosts of a group. */

export type HostRules = Record<string, HostRule>;

export const usualRules: HostRules = {
  '*': { factors: ['push', 'totp', 'recovery_code'], first_factor: true, deny: false },
};

export const rulesOf = ({ services }: Pick<HostGroupRow, 'services'>): HostRules =>
  JSON.parse(services) as HostRules;

/** Its own, else that of all others. A host chooses the word: `constructor` is no rule. */
export function ruleOf(group: Pick<HostGroupRow, 'services'>, service: string): HostRule {
  const rules = rulesOf(group);
  return Object.hasOwn(rules, service) ? rules[service]! : rules['*']!;
}

/** A code is no second factor where there was no first: whoever guesses it, or looked on, would be in by it alone. */
export const factorsOf = ({ factors, first_factor }: HostRule): HostRule['factors'] =>
  first_factor ? factors : factors.filter((factor) => factor === 'push');

/** @throws Refusal 400 where there is none for all others. */
export function demandRules(rules: HostRules): HostRules {
  if (Object.hasOwn(rules, '*')) return rules;
  throw new Refusal('malformed', {
    errors: [{ path: '/services', message: 'has no rule "*" for all others' }],
  });
}
