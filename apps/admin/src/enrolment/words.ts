import type { Requirement } from '@countersign/protocol/wire';
import { absolute } from '../layout/time-in-words.ts';

/** From when on a second factor is needed, in words. `now`: milliseconds since 1970. */
export function requirementInWords({ required, required_from }: Requirement, now: number): string {
  if (!required) return 'Not required';
  if (required_from === null) return 'Required';
  const at = new Date(required_from);
  return `${at.getTime() <= now ? 'Since' : 'From'} ${absolute.format(at)}`;
}

/** A share of people in words. */
export const people = (count: number): string =>
  `${count.toLocaleString('en')} ${count === 1 ? 'person' : 'people'}`;

/** The server reminds nobody twice within a day. `now`: milliseconds since 1970. */
export const wasRemindedToday = ({ reminded_at }: { reminded_at: string | null }, now: number): boolean =>
  reminded_at !== null && now - Date.parse(reminded_at) < 24 * 60 * 60 * 1000;
