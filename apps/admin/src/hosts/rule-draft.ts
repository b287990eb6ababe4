import type { HostGroup, HostRule } from '@countersign/protocol/wire';

/** The rules of a host group as they are edited. */
export interface RuleDraft {
  /** Its own while it is edited: the name of the service is typed. */
  key: number;
  service: string;
  rule: HostRule;
}

/** What is wrong with each, in a sentence; undefined where nothing is. */
export function problemsOf(drafts: readonly RuleDraft[]): (string | undefined)[] {
  return drafts.map(({ service, rule }, index) => {
    const name = service.trim();
    if (name === '') return 'Give the name of the service, such as sshd or sudo.';
    if (!/^([A-Za-z0-9._-]{1,64}|\*)$/.test(name))
      return 'The name of a service is at most 64 letters, digits, dots, hyphens and underscores.';
    const isTaken = drafts.some((other, at) => at < index && other.service.trim() === name);
    if (isTaken) return 'There is a rule for this service already.';
    if (!rule.deny && rule.factors.length === 0)
      return 'Choose at least one factor, or let nobody log in by it.';
    return undefined;
  });
}

export const servicesOf = (drafts: readonly RuleDraft[]): HostGroup['services'] =>
  Object.fromEntries(drafts.map(({ service, rule }) => [service.trim(), rule]));
