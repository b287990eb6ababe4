import type { PolicyChangeExample, PolicyChangeKind, PolicyEffectReport } from '@countersign/protocol/wire';
import { targetInWords } from './rule-words.ts';

/** What other rules would have changed, in sentences. */

const number = new Intl.NumberFormat('en-GB');

const would: Record<PolicyChangeKind, string> = {
  refused: 'would have been refused',
  stuck: 'would have been left with nothing to enrol, and so with no way in',
  enrollment: 'would have had to enrol a factor first',
  let_in: 'would not have been refused any more',
  no_enrollment: 'would not have had to enrol a factor first',
  number: 'would have been asked for a number instead of a tap',
  user_verification: 'would have been asked for face, fingerprint or passcode too',
  factors: 'would have been asked for other factors',
  tap: 'would have been asked for a tap instead of a number',
  no_user_verification: 'would not have been asked for face, fingerprint or passcode',
  lifetime: 'would have been good for another time',
};

export const changeInWords = (kind: PolicyChangeKind, count: number): string =>
  `${number.format(count)} ${would[kind]}`;

const counted = (count: number, one: string, many: string): string =>
  `${number.format(count)} ${count === 1 ? one : many}`;

export function lookedAtInWords(
  report: Pick<PolicyEffectReport, 'looked_at' | 'left_out' | 'people_gone' | 'changes'>,
): { title: string; more: string[] } {
  const { looked_at, left_out, people_gone } = report;
  const changed = report.changes.reduce((sum, { count }) => sum + count, 0);
  const of = `${number.format(looked_at)} ${looked_at === 1 ? 'sign-in' : 'sign-ins'}`;
  return {
    title:
      looked_at === 0
        ? 'There is no sign-in to try them on.'
        : changed === 0
          ? `Of ${of}, none would have gone another way.`
          : `Of ${of}, ${number.format(changed)} would have gone another way.`,
    more: [
      left_out > 0 &&
        `${counted(left_out, 'is', 'are')} left out: what they were decided on was not kept then.`,
      people_gone > 0 && `${counted(people_gone, 'is', 'are')} of people who are gone.`,
    ].filter((sentence) => sentence !== false),
  };
}

/** "to the User Portal, from 192.0.2.7 in a familiar browser" */
export function signInInWords(
  { target, ip, familiar }: Pick<PolicyChangeExample, 'target' | 'ip' | 'familiar'>,
  names: Record<string, string>,
): string {
  const what = targetInWords(target, names);
  const where = ip === null ? 'an address that nobody knows' : ip;
  const asker = target.startsWith('host_group:')
    ? familiar
      ? ', which is familiar'
      : ''
    : familiar
      ? ' in a familiar browser'
      : ' in an unfamiliar browser';
  return `${target === 'password_reset' ? 'for' : 'to'} ${what}, from ${where}${asker}`;
}
