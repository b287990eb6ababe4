/** Times as the browser's own field of a date and a time takes them: in the zone of the browser, to the minute. */

const two = (value: number): string => String(value).padStart(2, '0');

/** Of milliseconds since 1970. */
export function localTime(at: number): string {
  const date = new Date(at);
  const day = `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** Milliseconds since 1970; null where nothing, or no date, was typed. */
export function timeOfLocal(text: string): number | null {
  const at = new Date(text).getTime();
  return Number.isNaN(at) ? null : at;
}
