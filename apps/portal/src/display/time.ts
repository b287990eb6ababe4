import { presentLanguage } from '../texts/texts.ts';

export const whenText = (time: string): string =>
  new Intl.DateTimeFormat(presentLanguage(), { dateStyle: 'medium', timeStyle: 'short' }).format(
    new Date(time),
  );

/** “a, b and c” */
export const listText = (items: string[]): string =>
  new Intl.ListFormat(presentLanguage(), { type: 'conjunction' }).format(items);
