import type { Attention, AttentionKind } from '@countersign/protocol/wire';
import type { LinkProps } from '@tanstack/react-router';

/** What needs attention, in words: how many of what, why it matters, and the list that shows exactly these. */

interface Words {
  one: string;
  /** Without the number. */
  many: string;
  why: string;
  tone: 'danger' | 'warning';
  link: Pick<LinkProps, 'to' | 'search'>;
}

const words: Record<AttentionKind, Words> = {
  fraud_reports: {
    one: 'report of fraud that nobody has looked into',
    many: 'reports of fraud that nobody has looked into',
    why: 'Somebody said “this wasn’t me”. Another person may know their password: ask them, and let them change it.',
    tone: 'danger',
    link: { to: '/fraud-reports' },
  },
  mfa_not_required: {
    one: 'A second factor is not required',
    many: '',
    why: 'Whoever has none signs in with the password alone, and so does whoever knows it.',
    tone: 'danger',
    link: { to: '/settings' },
  },
  people_without_factor: {
    one: 'person has no second factor',
    many: 'people have no second factor',
    why: 'They need one. Until they have set it up, whoever knows the password can do that in their place.',
    tone: 'warning',
    link: { to: '/people/enrolment' },
  },
  factors_locked: {
    one: 'person is locked',
    many: 'people are locked',
    why: 'Too many wrong codes, or pushes paused after a report. Unlock them once you know that it was them.',
    tone: 'warning',
    link: { to: '/people', search: { factor_locked: true } },
  },
  phones_unreachable: {
    one: 'phone cannot be reached by push',
    many: 'phones cannot be reached by push',
    why: 'Requests appear there only while the app is open. The person switches notifications on in the app.',
    tone: 'warning',
    link: { to: '/people/phones' },
  },
  hosts_silent: {
    one: 'host has not been heard of for half an hour',
    many: 'hosts have not been heard of for half an hour',
    why: 'It is off, or cannot reach this server: then its logins go by the rule for an outage. Revoke a host that is gone for good.',
    tone: 'warning',
    link: { to: '/devices', search: { silent: true } },
  },
  mail_not_set_up: {
    one: 'Mail is not set up',
    many: '',
    why: 'Invitations, password resets and warnings reach nobody. They are kept in the outbox until SMTP_URL is set.',
    tone: 'warning',
    link: { to: '/outbox' },
  },
  mails_failing: {
    one: 'mail of the last 7 days was not taken',
    many: 'mails of the last 7 days were not taken',
    why: 'The mail server refuses them or cannot be reached, so people do not get what they wait for.',
    tone: 'warning',
    link: { to: '/outbox', search: { failing: true } },
  },
  webhooks_failing: {
    one: 'webhook fails or was switched off',
    many: 'webhooks fail or were switched off',
    why: 'The systems behind it are not told of events any more. What waits is kept for a week.',
    tone: 'warning',
    link: { to: '/webhooks', search: { failing: true } },
  },
  tokens_expiring: {
    one: 'API token ends within 14 days',
    many: 'API tokens end within 14 days',
    why: 'Whatever uses it is refused from then on. Make a new one in time.',
    tone: 'warning',
    link: { to: '/settings/tokens', search: { expiring: true } },
  },
  rules_switched_off: {
    one: 'policy rule is switched off',
    many: 'policy rules are switched off',
    why: 'It asks nothing of anybody while it is off. Switch it on again, or take it away.',
    tone: 'warning',
    link: { to: '/policies' },
  },
};

export function attentionInWords({
  kind,
  count,
  more,
}: Attention): Omit<Words, 'one' | 'many'> & { title: string } {
  const { one, many, ...rest } = words[kind];
  if (count === null) return { title: one, ...rest };
  const number = count.toLocaleString('en');
  return { title: more ? `More than ${number} ${many}` : `${number} ${count === 1 ? one : many}`, ...rest };
}
