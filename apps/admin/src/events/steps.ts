import type { Event } from '@countersign/protocol/wire';

/** What the steps of one authentication say together. */

const ends = new Set([
  'authentication.completed',
  'authentication.cancelled',
  'step_up.completed',
  'backchannel.completed',
  'password_reset.completed',
  'password_reset.denied',
  'host.login_allowed',
  'host.login_denied',
  'push.denied',
  'push.reported',
]);

/** The step that ended it; undefined while there is none. */
export const endOf = (steps: readonly Event[]): Event | undefined =>
  steps.findLast(({ type }) => ends.has(type));

/** Seconds, with one digit after the point. */
export const secondsBetween = (first: Pick<Event, 'at'>, later: Pick<Event, 'at'>): string =>
  ((Date.parse(later.at) - Date.parse(first.at)) / 1000).toFixed(1);

/** RFC 8176. */
const methods: Record<string, string> = {
  pwd: 'the password',
  swk: 'a key of a device',
  user: 'Face ID, fingerprint or passcode',
  otp: 'a code',
  mfa: 'two factors',
};

export const methodsInWords = (amr: readonly string[]): string =>
  amr.flatMap((method) => methods[method] ?? []).join(', ') || 'nothing yet';
