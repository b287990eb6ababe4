import { randomInt } from 'node:crypto';

/** What is not taken for another one when it is read out, and makes no words. */
const letters = '23456789bcdfghjkmnpqrstvwxz';

/**
 * Ids of requests, which a page shows and the log has. Each process, and each start of one, has a beginning of its own: an
 * id that somebody reads out next week leads to one line of the log.
 */
export function createRequestIds(): () => string {
  const beginning = Array.from({ length: 6 }, () => letters[randomInt(letters.length)]).join('');
  let count = 0;
  return () => `${beginning}-${(++count).toString(36)}`;
}
