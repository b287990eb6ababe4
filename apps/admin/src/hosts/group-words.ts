import type { HostGroup, HostRule } from '@countersign/protocol/wire';

/** What a host group says of logins, in sentences. */

export const factorNames: Record<HostRule['factors'][number], string> = {
  push: 'Mobile push',
  totp: 'Verification code',
  recovery_code: 'Recovery code',
};
export const factors = Object.keys(factorNames) as HostRule['factors'];

const or = new Intl.ListFormat('en-GB', { type: 'disjunction' });

export function ruleInWords({ deny, factors: asked, first_factor }: HostRule): string {
  if (deny) return 'Nobody logs in by it.';
  if (asked.length === 0) return 'Nobody can log in by it: no factor is chosen.';
  const names = { push: 'a push', totp: 'a verification code', recovery_code: 'a recovery code' };
  const chosen = factors.filter((factor) => asked.includes(factor));
  if (first_factor) return `After the password or key: ${or.format(chosen.map((factor) => names[factor]))}.`;
  // A code would be the only factor then: the server takes none.
  return asked.includes('push')
    ? 'With nothing asked before: a push with a number.'
    : 'Nobody can log in by it: with nothing asked before only a push counts.';
}

export function whoMayLogIn(group: Pick<HostGroup, 'access' | 'groups' | 'match_login'>): string {
  const { access, groups, match_login } = group;
  const who =
    access === 'everyone'
      ? 'Everyone to whom a local user belongs may log in.'
      : groups.length === 0
        ? 'Nobody may log in: no group is chosen.'
        : `Only members of these groups may log in: ${groups.map(({ name }) => name).join(', ')}.`;
  return `${who} ${
    match_login
      ? 'A local user belongs to the person with the same login name, unless the list says otherwise.'
      : 'A local user belongs to a person only where the list says so.'
  }`;
}

export const outages = {
  offline_codes: {
    label: 'Ask for an offline code',
    description: 'The authenticator app shows it for each host where the person logged in lately.',
    sentence: 'Without the server people log in with an offline code of their app.',
  },
  deny: {
    label: 'Let nobody in',
    description: 'Until the server is back. The break-glass account still works.',
    sentence: 'Without the server nobody logs in.',
  },
  allow: {
    label: 'Let everybody in without a second factor',
    description: 'The password or key alone is then enough.',
    sentence: 'Without the server everybody is let in without a second factor.',
  },
} as const satisfies Record<HostGroup['outage'], object>;
