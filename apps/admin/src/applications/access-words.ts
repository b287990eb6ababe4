import type { Application } from '@countersign/protocol/wire';

/** What an application's access and session length say, in sentences. */

export function whoMayUse({ access, groups }: Pick<Application, 'access' | 'groups'>): string {
  if (access === 'everyone') return 'Everyone may use it.';
  if (groups.length === 0) return 'Nobody may use it: no group is chosen.';
  return `Only members of these groups may use it: ${groups.map(({ name }) => name).join(', ')}.`;
}

export const howOld = (minutes: number | null): string =>
  minutes === null
    ? 'It relies on a sign-in for as long as the person is signed in.'
    : `It relies on no sign-in that is older than ${lengthInWords(minutes)}.`;

/** 90 is read "1 hour 30 minutes". */
export function lengthInWords(minutes: number): string {
  const units = [
    [Math.floor(minutes / 1440), 'day'],
    [Math.floor((minutes % 1440) / 60), 'hour'],
    [minutes % 60, 'minute'],
  ] as const;
  return units
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}${count === 1 ? '' : 's'}`)
    .join(' ');
}
