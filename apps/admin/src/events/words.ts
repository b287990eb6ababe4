import type { Event } from '@countersign/protocol/wire';
import { outcomeInWords } from '../hosts/outcome-words.ts';
import { valueInWords } from './changes.ts';

/** What each type of event is called on screen. A type that this version does not know is shown as it is written. */
const names: Record<string, string> = {
  'setup.completed': 'Organisation set up',
  'settings.changed': 'Settings changed',
  'policy.changed': 'Policies changed',
  'user.created': 'Person added',
  'user.changed': 'Person changed',
  'user.invited': 'Person invited',
  'users.imported': 'People imported from a file',
  'users.exported': 'Exported to a file',
  'user.invitation_accepted': 'Invitation accepted',
  'user.suspended': 'Person suspended',
  'user.activated': 'Person activated again',
  'user.deletion_begun': 'Person deleted; it can be undone',
  'user.deletion_undone': 'Deletion of a person undone',
  'user.deleted': 'Person gone for good',
  'user.unlocked': 'Person unlocked',
  'user.sessions_ended': 'Person signed out everywhere',
  'user.mfa_reset': 'MFA reset',
  'password.changed': 'Password changed',
  'password.wrong': 'Wrong password',
  'password.locked': 'Password sign-in locked after wrong tries',
  'password_reset.requested': 'Password reset asked for',
  'password_reset.begun': 'Password reset begun',
  'password_reset.completed': 'Password reset',
  'password_reset.denied': 'Password reset denied on the phone',
  'authentication.begun': 'Sign-in begun',
  'authentication.refused': 'Sign-in refused',
  'authentication.completed': 'Signed in',
  'authentication.cancelled': 'Sign-in given up',
  'backchannel.completed': 'Approved for an application that asked by itself',
  'verification.asked': 'Asked by the help desk whether they are calling',
  'verification.cancelled': 'Question of the help desk taken back',
  'session.ended': 'Session ended',
  'step_up.completed': 'Confirmed that it is them',
  'push.sent': 'Request sent to the phone',
  'push.seen': 'Request shown on the phone',
  'push.approved': 'Request approved',
  'push.denied': 'Request denied',
  'push.reported': 'Request reported as fraud',
  'push.wrong_number': 'Wrong number typed on the phone',
  'push.verification_failed': 'Face ID, fingerprint or passcode not proven',
  'push.refused': 'Request not sent: too many, or paused',
  'activation.begun': 'Setting up a phone begun',
  'activation.completed': 'Phone set up',
  'activation.dropped': 'Setting up a phone ended unfinished',
  'transfer.begun': 'Moving to a new phone begun',
  'transfer.completed': 'Moved to a new phone',
  'transfer.dropped': 'Moving to a new phone ended unfinished',
  'authenticator.replaced': 'Phone replaced',
  'authenticator.removed': 'Phone removed',
  'authenticator.changed': 'Phone changed',
  'authenticator.verification_key_begun': 'Code made to add Face ID, fingerprint or passcode to a phone',
  'authenticator.verification_key_added': 'Face ID, fingerprint or passcode added to a phone',
  'authenticator.verification_key_changed': 'Phone now confirms with Face ID, fingerprint or passcode',
  'factor.added': 'Sign-in method added',
  'factor.removed': 'Sign-in method removed',
  'factor.used': 'Second factor proven',
  'factor.wrong_code': 'Wrong code',
  'factor.locked': 'Codes paused after wrong tries',
  'activity.reported': 'Reported: “this wasn’t me”',
  'fraud_report.reviewed': 'Report of fraud looked into',
  'group.created': 'Group added',
  'group.changed': 'Group changed',
  'group.removed': 'Group removed',
  'group.member_added': 'Put into a group',
  'group.member_removed': 'Taken out of a group',
  'application.created': 'Application added',
  'application.changed': 'Application changed',
  'application.removed': 'Application removed',
  'application.opened': 'Application opened',
  'host.joined': 'Host joined',
  'host.join_refused': 'Machine refused that wanted to join',
  'host.more_joins_refused': 'More refused that wanted to join',
  'host.changed': 'Host changed',
  'host.revoked': 'Host revoked',
  'host.left': 'Host left by itself',
  'host.removed': 'Host removed',
  'host.login_allowed': 'Logged in on a host',
  'host.login_denied': 'Login on a host not approved',
  'host.login_refused': 'Login on a host refused',
  'host.more_logins_refused': 'More logins on a host refused',
  'host.offline_login': 'Login on a host without the server',
  'host.break_glass': 'Break-glass account of a host used',
  'host_group.created': 'Host group added',
  'host_group.changed': 'Host group changed',
  'host_group.removed': 'Host group removed',
  'host_group.account_set': 'Local user of a host group changed',
  'host_group.join_token_made': 'Token made for a host to join',
  'enrollment.reminded': 'Reminded of a second factor',
  'enrollment.reminders_asked': 'Reminders of a second factor asked for',
  'enrollment_code.used': 'Enrolment code used',
  'token.created': 'API token made',
  'token.deleted': 'API token deleted',
  'store.restored': 'Restored the store from a backup',
  'keys.rotated': 'Changed a key of the server',
  'enrollment_code.wrong': 'Wrong enrolment code',
  'events.exported': 'Events exported',
  'list.exported': 'Exported to a file',
  'webhook.created': 'Webhook added',
  'webhook.changed': 'Webhook changed',
  'webhook.removed': 'Webhook removed',
  'webhook.secret_changed': 'Secret of a webhook changed',
  'webhook.disabled': 'Webhook turned off after failures',
};

/** What the part of a type before the dot is called. */
const families: Record<string, string> = {
  authentication: 'Sign-ins',
  push: 'Requests on the phone',
  factor: 'Second factors',
  password: 'Passwords',
  password_reset: 'Password resets',
  session: 'Sessions',
  step_up: 'Confirmations',
  backchannel: 'Applications that ask by themselves',
  activity: 'Reports by people',
  fraud_report: 'Looking into reports',
  activation: 'Setting up phones',
  transfer: 'Moving to a new phone',
  authenticator: 'Phones',
  enrollment: 'Reminders to enrol',
  enrollment_code: 'Enrolment codes',
  user: 'People',
  group: 'Groups',
  application: 'Applications',
  host: 'Hosts',
  host_group: 'Host groups',
  settings: 'Settings',
  setup: 'Set-up',
  events: 'The log itself',
  webhook: 'Webhooks',
  store: 'The store',
  keys: 'Keys of the server',
};

/** Every type, by family, as a choice: first the whole family. */
export const typeChoices = Object.entries(families).map(([family, group]) => ({
  group,
  items: [
    { value: `${family}.*`, label: `${group}: all` },
    ...Object.entries(names)
      .filter(([type]) => type.startsWith(`${family}.`))
      .map(([value, label]) => ({ value, label })),
  ],
}));

/** The same event is another thing to a person, depending on what was signed in to. */
const namesByPurpose: Record<string, Record<string, string>> = {
  'authentication.begun': {
    portal_login: 'Sign-in to the User Portal begun',
    admin_login: 'Sign-in to the Admin Portal begun',
    step_up: 'Asked to confirm that it is them',
    backchannel: 'Asked by an application whether it is them',
    device_login: 'Login on a host begun',
  },
  'push.approved': { verification: 'Confirmed to the help desk that they are calling' },
  'push.denied': { verification: 'Told the help desk that they are not calling' },
  'authentication.completed': {
    portal_login: 'Signed in to the User Portal',
    admin_login: 'Signed in to the Admin Portal',
  },
};

export function eventName({ type, details }: Pick<Event, 'type' | 'details'>): string {
  const { purpose } = details as { purpose?: unknown };
  return namesByPurpose[type]?.[String(purpose)] ?? names[type] ?? type;
}

/** What an administrator should see at a glance. */
const alarming = new Set([
  'push.reported',
  'push.denied',
  'push.wrong_number',
  'push.verification_failed',
  'push.refused',
  'password.locked',
  'enrollment_code.wrong',
  'authentication.refused',
  'password_reset.denied',
  'host.break_glass',
  'webhook.disabled',
]);
export const isAlarming = ({ type }: Pick<Event, 'type'>): boolean => alarming.has(type);

/** Whom it is about and who did it, and on which host, in one phrase; null where nobody is known. */
export function peopleInWords({ type, actor, user, details }: Event): string | null {
  const { name, by_token } = details as { name?: unknown; by_token?: { name: string } };
  const place = /^host(_group)?\./.test(type) && typeof name === 'string' ? name : null;
  const doer = actor && (by_token ? `${actor.login} (API token ${by_token.name})` : actor.login);
  const people =
    user && actor && user.id !== actor.id
      ? `${user.login}, by ${doer}`
      : (user?.login ?? (doer && `by ${doer}`));
  return [place, people].filter((part) => part !== null).join(' · ') || null;
}

/** How a login on a host ended has words of its own; everything else is read as it is. */
export const detailInWords = ({ type }: Pick<Event, 'type'>, name: string, value: unknown): string =>
  type.startsWith('host.') && (name === 'why' || name === 'outcome')
    ? outcomeInWords(String(value))
    : name === 'basis'
      ? basisInWords(value as Parameters<typeof basisInWords>[0])
      : valueInWords(value);

/** What a decision was made on: whether the browser or the network was familiar, and what factors there were. */
function basisInWords({
  familiar,
  phones,
  others,
}: {
  familiar: boolean;
  phones: unknown[];
  others: string[];
}) {
  const devices = phones.length === 0 ? [] : [phones.length === 1 ? 'a phone' : `${phones.length} phones`];
  const factors = [...devices, ...others.map((kind) => kind.replaceAll('_', ' '))];
  return `${familiar ? 'familiar' : 'unfamiliar'}; ${factors.length > 0 ? factors.join(', ') : 'no factor'}`;
}
