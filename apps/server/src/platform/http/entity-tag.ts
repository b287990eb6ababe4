import { createHash } from 'node:crypto';
import type { App, Request } from './app.ts';
import { Refusal } from './refusal.ts';
import type { Transaction } from '../store/store.ts';

/** Of two who edit one thing the second is told: entity tags and `If-Match` (RFC 9110 sections 8.8.3 and 13.1.1). */

/**
 * The strong tag of something that can be edited: of those of its parts that an edit changes, and of no others. What
 * happens to it by itself, such as a sign-in, takes nobody's work away.
 */
export const entityTag = (edited: unknown): string =>
  `"${createHash('sha256').update(JSON.stringify(edited)).digest('base64url').slice(0, 22)}"`;

/** Sends the tag of whatever is answered as a header too, for the routes that are added to `app` after this. */
export function sendEntityTags(app: App): void {
  app.addHook('onRoute', ({ schema }) => {
    const responses = (schema?.response ?? {}) as Record<string, Schema>;
    for (const [status, response] of Object.entries(responses))
      if (hasEtag(response)) responses[status] = { ...response, headers };
  });
  app.addHook('preSerialization', async (_request, reply, payload) => {
    const { etag } = (payload ?? {}) as { etag?: unknown };
    if (typeof etag === 'string') void reply.header('etag', etag);
    return payload;
  });
}

interface Schema {
  properties?: object;
  headers?: object;
  allOf?: Schema[];
}
const hasEtag = ({ properties = {}, allOf = [] }: Schema): boolean =>
  'etag' in properties || allOf.some(hasEtag);
/** As @fastify/swagger takes them. */
const headers = { ETag: { type: 'string', description: 'Of what can be edited (RFC 9110 section 8.8.3).' } };

/** What must hold of something before it is changed: called in the transaction, once its row is held. */
export type Precondition<Row> = (transaction: Transaction, before: Row) => Promise<void>;

export const unconditional: Precondition<unknown> = async () => {};

/**
 * That it is still what `If-Match` says; without that header nothing is asked.
 * @throws Refusal 400 `malformed`; the precondition itself 412 `changed_meanwhile`
 */
export function ifMatch<Row>(
  request: Request,
  tagOf: (before: Row, transaction: Transaction) => Promise<string> | string,
): Precondition<Row> {
  const header = request.headers['if-match'];
  if (header === undefined) return unconditional;
  const tags = readTags(header);
  return async (transaction, before) => {
    if (tags !== '*' && !tags.includes(await tagOf(before, transaction)))
      throw new Refusal('changed_meanwhile');
  };
}

/** A weak tag is among them as it was written: compared strongly it is equal to none. */
function readTags(header: string): '*' | string[] {
  const text = header.trim();
  if (text === '*') return '*';
  const tag = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/y;
  const tags: string[] = [];
  // Empty elements of a list are passed over (section 5.6.1.2).
  for (let at = 0; ;) {
    at += /^[ \t,]*/.exec(text.slice(at))![0].length;
    if (at === text.length) break;
    tag.lastIndex = at;
    const found = tag.exec(text)?.[0];
    const after = text.slice(at + (found?.length ?? 0));
    if (found === undefined || !/^[ \t]*(,|$)/.test(after)) throw malformed();
    tags.push(found);
    at += found.length;
  }
  if (tags.length === 0) throw malformed();
  return tags;
}

const malformed = () =>
  new Refusal('malformed', {
    errors: [{ path: '/if-match', message: 'is neither * nor a list of entity tags' }],
  });
