import type { Tag } from '../layout/tag.tsx';
import type { ComponentProps } from 'react';

/** How a login on a host ended, in words. */
export interface Outcome {
  tone: ComponentProps<typeof Tag>['tone'];
  label: string;
  /** What the label leaves out. */
  more?: string;
}

const refused = (more: string): Outcome => ({ tone: 'danger', label: 'Refused', more });

const outcomes: Record<string, Outcome> = {
  waiting: { tone: 'accent', label: 'Waiting', more: 'for an answer on the phone or a code' },
  allowed: { tone: 'success', label: 'Allowed' },
  denied: { tone: 'danger', label: 'Denied', more: 'on the phone' },
  reported: { tone: 'danger', label: 'Reported', more: 'on the phone: “this wasn’t me”' },
  wrong_number: { tone: 'danger', label: 'Denied', more: 'another number was typed on the phone' },
  ended: { tone: 'warning', label: 'Ended', more: 'by the server: the person or their phone was stopped' },
  changed: { tone: 'warning', label: 'Ended', more: 'what is allowed here changed meanwhile' },
  host_revoked: { tone: 'warning', label: 'Ended', more: 'the host was revoked' },
  no_answer: { tone: 'quiet', label: 'No answer' },
  cancelled: { tone: 'quiet', label: 'Given up', more: 'at the prompt' },
  service_denied: refused('nobody logs in by this service'),
  local_user_unmapped: refused('nobody is known by this name'),
  host_login_not_allowed: refused('this person may not log in here'),
  no_allowed_factor: refused('this person has no factor that is asked for here'),
  policy_denied: refused('a rule of the policies denies it'),
  push_locked: refused('requests to this person are paused after a report'),
  push_pending: refused('another request was still waiting'),
  factor_locked: refused('this person’s codes are paused after wrong tries'),
  too_many_requests: refused('too many tries'),
  join_token_unknown: refused('there is no such token'),
  join_token_used: refused('the token was used before'),
  join_token_expired: refused('the token was too old'),
  join_token_wrong: refused('the token was typed wrong, or somebody in between changed what was said'),
  clock_skew: refused('the clock of that machine is wrong'),
  key_in_use: refused('its key is that of a host already'),
  host_name_taken: refused('an active host has this name'),
  malformed: refused('its key is none'),
  offline_code: { tone: 'success', label: 'Allowed', more: 'by an offline code, without the server' },
  outage_allowed: { tone: 'warning', label: 'Let in', more: 'unchecked, while the server was out of reach' },
  break_glass: { tone: 'danger', label: 'Let in', more: 'by the break-glass account, without the server' },
  wrong_code: { tone: 'danger', label: 'Wrong code', more: 'an offline code, without the server' },
  locked: { tone: 'danger', label: 'Locked', more: 'offline codes pause after ten wrong ones' },
};

/** One that this version does not know is shown as it is written. */
export const outcomeOf = (outcome: string): Outcome =>
  Object.hasOwn(outcomes, outcome) ? outcomes[outcome]! : { tone: 'quiet', label: outcome };

/** In one phrase. */
export function outcomeInWords(outcome: string): string {
  const { label, more } = outcomeOf(outcome);
  return more === undefined ? label : `${label}: ${more}`;
}
