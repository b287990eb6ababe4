import type { Requirement } from '@countersign/protocol/wire';
import { absolute } from '../layout/time-in-words.ts';

/** From when on a second factor is needed, in words. `now`: milliseconds since 1970. */
export function requirementInWords({ required, required_from }: Requirement, now: number): string {
  if (!required) return 'Not required';
  if (required_from === null) return 'Required';
  const at = new Date(required_from);
  return `${at.getTime() <= now ? 'Since' : 'From'} ${absolute.format(at)}`;
}

const people = (count: number): string =>
  `${count.toLocaleString('en')} ${count === 1 ? 'person' : 'people'}`;

/** The server reminds nobody twice within a day. `now`: milliseconds since 1970. */
export const wasRemindedToday = ({ reminded_at }: { reminded_at: string | null }, now: number): boolean =>
  reminded_at !== null && now - Date.parse(reminded_at) < 24 * 60 * 60 * 1000;

/** The server counts so far. */
const mostCounted = 50_000;

/** How many there are in words; it may be that there are more than were counted. */
export const counted = (count: number): string =>
  count < mostCounted ? people(count) : `${people(mostCounted)} or more`;

/** Percent of all, never whole while somebody is missing; undefined where not all were counted. */
export function shareOf(some: number, others: number): number | undefined {
  const isKnown = some < mostCounted && others < mostCounted && some + others > 0;
  return isKnown ? Math.floor((some / (some + others)) * 100) : undefined;
}
