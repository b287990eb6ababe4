import type { From } from '../platform/http/asker.ts';
import { randomId } from '../platform/random-text.ts';
import type { Platform } from '../platform/platform.ts';
import type { Transaction } from '../platform/store/store.ts';
import { insertEvent } from './store.ts';

/** Every kind of thing that is recorded. The part before the dot is what it happened to. */
export const eventTypes = [
  'setup.completed',
  'settings.changed',
  'policy.changed',
  'user.created',
  'user.changed',
  'user.invited',
  'users.imported',
  'users.exported',
  'user.invitation_accepted',
  'user.suspended',
  'user.activated',
  'user.deletion_begun',
  'user.deletion_undone',
  'user.deleted',
  'user.unlocked',
  'user.sessions_ended',
  'user.mfa_reset',
  'password.changed',
  'password.wrong',
  'password.locked',
  'password_reset.requested',
  'password_reset.begun',
  'password_reset.completed',
  'password_reset.denied',
  'authentication.begun',
  'authentication.refused',
  'authentication.completed',
  'authentication.cancelled',
  'backchannel.completed',
  'verification.asked',
  'verification.cancelled',
  'session.ended',
  'step_up.completed',
  'push.sent',
  'push.seen',
  'push.approved',
  'push.denied',
  'push.reported',
  'push.wrong_number',
  'push.verification_failed',
  'push.refused',
  'activation.begun',
  'activation.completed',
  'activation.dropped',
  'transfer.begun',
  'transfer.completed',
  'transfer.dropped',
  'authenticator.replaced',
  'authenticator.removed',
  'authenticator.changed',
  'authenticator.verification_key_begun',
  'authenticator.verification_key_added',
  'authenticator.verification_key_changed',
  'factor.added',
  'factor.removed',
  'factor.used',
  'factor.wrong_code',
  'factor.locked',
  'enrollment.reminded',
  'enrollment.reminders_asked',
  'enrollment_code.used',
  'enrollment_code.wrong',
  'activity.reported',
  'fraud_report.reviewed',
  'group.created',
  'group.changed',
  'group.removed',
  'group.member_added',
  'group.member_removed',
  'application.created',
  'application.changed',
  'application.removed',
  'application.opened',
  'host_group.created',
  'host_group.changed',
  'host_group.removed',
  'host_group.account_set',
  'host_group.join_token_made',
  'host.joined',
  'host.join_refused',
  'host.more_joins_refused',
  'host.changed',
  'host.revoked',
  'host.left',
  'host.removed',
  'host.login_allowed',
  'host.login_denied',
  'host.login_refused',
  'host.more_logins_refused',
  'host.offline_login',
  'host.break_glass',
  'events.exported',
  'list.exported',
  'webhook.created',
  'webhook.changed',
  'webhook.removed',
  'webhook.secret_changed',
  'webhook.disabled',
  'token.created',
  'token.deleted',
  'store.restored',
  'keys.rotated',
] as const;
export type EventType = (typeof eventTypes)[number];

/** Who acts where no person of the organisation does: whoever has the command line. */
export const operator = { id: 'operator', login: 'operator' };

interface Person {
  id: string;
  login: string;
}

/** Whoever does something: a person, or a program with the API token that the person made. */
export interface Actor extends Person {
  token?: { id: string; name: string };
}

export interface NewEvent {
  type: EventType;
  /** Who did it, and whom it is about. Only one of the two for what a person does to themselves. */
  actor?: Actor | null;
  user?: Person | null;
  asker?: From;
  details?: Record<string, unknown>;
}

export interface Events {
  /** Writes the event in the transaction of what it records: neither is there without the other. */
  record(transaction: Transaction, event: NewEvent): Promise<void>;
}

/**
 * `count` is told of each once it is committed. Secrets, codes and tokens never go into `details`. `authentication` and `application`, `host`, `host_group`, `group` or `webhook`
 * are ids there, by which the event is found.
 */
export function createEvents(
  { now, random }: Pick<Platform, 'now' | 'random'>,
  count: (type: EventType) => void = () => {},
): Events {
  return {
    record: (transaction, { type, actor, user, asker, details = {} }) => {
      transaction.afterCommit(() => count(type));
      return insertEvent.run(transaction, {
        id: randomId(random),
        at: now(),
        type,
        actor_id: actor?.id ?? null,
        actor_login: actor?.login ?? null,
        user_id: user?.id ?? null,
        user_login: user?.login ?? null,
        ip: asker?.ip ?? null,
        client: asker?.client ?? null,
        authentication_id: textOf(details.authentication),
        target_id: targetOf(details),
        details: JSON.stringify(actor?.token ? { ...details, by_token: actor.token } : details),
      });
    },
  };
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** What the event is about beside a person. `group` is a name where a host is the target. */
const targetOf = ({ application, host, host_group, group, webhook }: Record<string, unknown>) =>
  textOf(application) ?? textOf(host) ?? textOf(host_group) ?? textOf(group) ?? textOf(webhook);
