import type { EventFilter as EventQuery } from '@countersign/protocol/wire';
import { operator } from '../../events/events.ts';
import type { EventFilter } from '../../events/search.ts';
import { Refusal } from '../../platform/http/refusal.ts';
import type { Queryable } from '../../platform/store/store.ts';
import { findByLogin } from '../../users/search/search.ts';

/** With more of the same beginning, the log is searched as a whole: it is full of them. */
const mostPeople = 20;

/** @throws Refusal 400 `malformed` for a time that is none. */
export async function readFilter(on: Queryable, query: EventQuery): Promise<EventFilter> {
  const { q, from, to, type, actor, user, ip, target, authentication } = query;
  const words = q?.normalize('NFC').trim().toLowerCase() || undefined;
  return {
    type,
    actor,
    user,
    ip,
    target,
    authentication,
    from: from === undefined ? undefined : timeOf('from', from),
    to: to === undefined ? undefined : timeOf('to', to),
    q: words,
    peopleOfQ: words === undefined ? undefined : await peopleOf(on, words),
  };
}

function timeOf(name: string, text: string): number {
  const at = Date.parse(text);
  if (Number.isNaN(at)) {
    throw new Refusal('malformed', { errors: [{ path: `/${name}`, message: 'is no time' }] });
  }
  return at;
}

async function peopleOf(on: Queryable, words: string): Promise<string[] | undefined> {
  // What means something to LIKE stands for any character: that finds more, and each event is compared again.
  const beginning = words.replace(/[%\\]/g, '_');
  const people = await findByLogin(on, { beginning, pattern: `${beginning}%` }, mostPeople);
  return people && [...(operator.login.startsWith(words) ? [operator.id] : []), ...people];
}
