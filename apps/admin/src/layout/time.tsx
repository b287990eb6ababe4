import { useSyncExternalStore } from 'react';

/** Times in words, in the zone of the browser, and in its kind of English: the page is in no other language. */

const language = navigator.languages.find((each) => /^en\b/.test(each)) ?? 'en-GB';
const absolute = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
const exact = new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'long' });
const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });

const minute = 60_000;
const hour = 60 * minute;

/** "3 minutes ago" within the last day, the date before that. */
export function timeInWords(at: Date, now: number): string {
  const past = now - at.getTime();
  if (past < 0 || past >= 24 * hour) return absolute.format(at);
  if (past < minute) return 'Just now';
  return past < hour
    ? relative.format(-Math.floor(past / minute), 'minute')
    : relative.format(-Math.floor(past / hour), 'hour');
}

function subscribeToMinutes(onChange: () => void): () => void {
  const timer = setInterval(onChange, minute / 2);
  return () => clearInterval(timer);
}
const currentMinute = () => Math.floor(Date.now() / (minute / 2));

export function Time({ at, precise = false }: { at: string; precise?: boolean }) {
  useSyncExternalStore(subscribeToMinutes, currentMinute);
  const date = new Date(at);
  return (
    <time dateTime={at} title={exact.format(date)}>
      {precise ? absolute.format(date) : timeInWords(date, Date.now())}
    </time>
  );
}
