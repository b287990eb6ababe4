import type { HostLogin } from '@countersign/protocol/wire';

/** How a login can end, and what is said of it at the prompt. */

export const endings = {
  allowed: ['allowed', null],
  denied: ['denied', 'The request was denied on the phone.'],
  reported: ['denied', 'The request was reported on the phone as not theirs.'],
  wrong_number: ['denied', 'Another number was typed on the phone.'],
  ended: ['denied', 'This login was ended on the server.'],
  changed: ['denied', 'What is allowed on this host changed meanwhile.'],
  host_revoked: ['denied', 'This host was revoked.'],
  no_answer: ['expired', 'Nobody answered in time.'],
  cancelled: ['expired', 'This login was given up.'],
} as const satisfies Record<string, readonly [HostLogin['state'], string | null]>;

export type Ending = keyof typeof endings;

/** What was written down is one of them, or was refused before it began. */
export const endingOf = (outcome: string): (typeof endings)[Ending] =>
  Object.hasOwn(endings, outcome) ? endings[outcome as Ending] : endings.ended;
