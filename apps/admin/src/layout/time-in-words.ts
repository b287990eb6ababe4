/** Times in words, in the zone of the browser, and in its kind of English: the page is in no other language. */

const language = navigator.languages.find((each) => /^en\b/.test(each)) ?? 'en-GB';
export const absolute = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
export const exact = new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'long' });
const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });

export const minute = 60_000;
const hour = 60 * minute;

/** "3 minutes ago" within the last day, the date before that. */
export function timeInWords(at: Date, now: number): string {
  const past = now - at.getTime();
  // This browser's clock may be a little behind the server's.
  if (past < -minute || past >= 24 * hour) return absolute.format(at);
  if (past < minute) return 'just now';
  return past < hour
    ? relative.format(-Math.floor(past / minute), 'minute')
    : relative.format(-Math.floor(past / hour), 'hour');
}
