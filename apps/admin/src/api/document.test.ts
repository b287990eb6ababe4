import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CreateApiToken, Page, PageQuery, User } from '@countersign/protocol/wire';
import { callsByTag, needOf, schemaInWords, type ApiDocument, type Schema } from './document.ts';

test('a schema in words: optional members, bounds, lists, and what may be null', () => {
  assert.equal(
    schemaInWords({
      type: 'object',
      required: ['name', 'kinds', 'end'],
      properties: {
        name: { type: 'string', minLength: 1, maxLength: 100 },
        kinds: { type: 'array', items: { enum: ['a', 'b'] }, minItems: 1 },
        end: { anyOf: [{ type: 'string', format: 'date-time' }, { type: 'null' }] },
        place: { type: 'object', properties: { port: { type: 'integer', maximum: 7 } } },
        rest: {},
      },
    }),
    `{
  name: string (1 to 100 characters)
  kinds: ("a" | "b")[] (at least 1 items)
  end: date-time | null
  place?: {
    port?: integer (at most 7)
  }
  rest?: anything
}`,
  );
});

test('the schemas of the server are read whole: no member is lost, and nothing is left unsaid', () => {
  for (const schema of [CreateApiToken, PageQuery, Page(User)] as Schema[]) {
    const words = schemaInWords(schema);
    assert.doesNotMatch(words, /undefined|anything|\[object/);
    for (const name of Object.keys(schema.properties!))
      assert.match(words, new RegExp(`^  ${name}\\??: `, 'm'));
  }
});

test('calls are in the order of the document, by tag, and found by words of address and summary', () => {
  const responses = {};
  const document: ApiDocument = {
    paths: {
      '/a': {
        get: { tags: ['One'], summary: 'Read the thing', responses },
        post: { tags: ['Two'], responses },
      },
      '/b/{id}': { delete: { tags: ['One'], summary: 'Take it away', responses } },
    },
  };
  const found = (q?: string) =>
    callsByTag(document, q).map(([tag, calls]) => `${tag}: ${calls.map(({ method }) => method).join(' ')}`);
  assert.deepEqual(found(), ['One: GET DELETE', 'Two: POST']);
  assert.deepEqual(found('thing GET'), ['One: GET']);
  assert.deepEqual(found('/b/{'), ['One: DELETE']);
  assert.deepEqual(found('nothing'), []);
});

test('what a call needs', () => {
  const responses = {};
  const session = { admin_session: [] };
  assert.match(needOf({ responses, security: [session, { api_token: ['users:read'] }] })!, /users:read/);
  assert.equal(needOf({ responses, security: [session] }), 'A session of the Admin Portal');
  assert.equal(needOf({ responses, security: [] }), 'Nothing');
  assert.equal(needOf({ responses }), undefined);
});
