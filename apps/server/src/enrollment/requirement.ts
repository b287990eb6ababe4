import type { Requirement, Settings } from '@countersign/protocol/wire';
import { timeText } from '../platform/platform.ts';
import type { Queryable } from '../platform/store/store.ts';
import { readSettings, requiredOfAllFrom } from '../settings/settings.ts';
import { findDates, type DatesRow } from './store.ts';

/**
 * From when on somebody must have a second factor. The organisation, each of their groups, and their own record may each
 * name a date; the earliest holds, so that none of them lets anybody off what another demands.
 */

/** Milliseconds since 1970, 0 for at once; undefined where nothing demands it. */
export function requiredFrom(settings: Settings, { own, of_groups }: DatesRow): number | undefined {
  const dates = [requiredOfAllFrom(settings), own, of_groups].filter((date) => typeof date === 'number');
  return dates.length === 0 ? undefined : Math.min(...dates);
}

/** The same for one person, as everything is now. */
export async function findRequiredFrom(
  on: Queryable,
  user_id: string,
  settings?: Settings,
): Promise<number | undefined> {
  const all = settings ?? (await readSettings(on));
  // Gone meanwhile: what is required of all.
  const dates = (await findDates.get(on, { id: user_id })) ?? { own: null, of_groups: null };
  return requiredFrom(all, dates);
}

/** As the API tells of it: `required_from` is null for at once, and where nothing is required. */
export const requirementView = (from: number | undefined): Requirement => ({
  required: from !== undefined,
  required_from: from === undefined || from === 0 ? null : timeText(from),
});

/** Whether the date has come: to the millisecond, by the clock of the server that asks. */
export const isDue = (from: number | undefined, now: number): boolean => from !== undefined && from <= now;

/** The settings as they are for one person: `mfa.required` says whether they must have a second factor by now. */
export async function settingsFor(on: Queryable, user_id: string, now: number): Promise<Settings> {
  const settings = await readSettings(on);
  const required = isDue(await findRequiredFrom(on, user_id, settings), now);
  return { ...settings, mfa: { ...settings.mfa, required } };
}
