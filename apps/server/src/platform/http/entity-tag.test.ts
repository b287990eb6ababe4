import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Transaction } from '../store/store.ts';
import type { Request } from './app.ts';
import { entityTag, ifMatch } from './entity-tag.ts';
import { Refusal } from './refusal.ts';

const current = entityTag({ name: 'Finance' });
const transaction = {} as Transaction;

/** The code with which a change of something with the tag `current` is refused. */
async function codeOf(header: string | undefined): Promise<string | undefined> {
  const request = { headers: header === undefined ? {} : { 'if-match': header } } as unknown as Request;
  try {
    await ifMatch(request, () => current)(transaction, {});
    return undefined;
  } catch (error) {
    assert.ok(error instanceof Refusal);
    return error.code;
  }
}

test('a tag is strong, the same for the same, and another for anything else', () => {
  assert.match(current, /^"[\w-]{22}"$/);
  assert.equal(entityTag({ name: 'Finance' }), current);
  assert.notEqual(entityTag({ name: 'Finances' }), current);
});

test('If-Match holds by *, by the tag, and by a list that has it (RFC 9110 section 13.1.1)', async () => {
  for (const header of [
    undefined,
    '*',
    ' * ',
    current,
    `"other", ${current}`,
    `${current},"other"`,
    `, ,${current} ,, "a,b"`,
    `W/"other",\t${current}`,
    `"" , ${current}`,
  ])
    assert.equal(await codeOf(header), undefined, String(header));
});

test('If-Match does not hold by another tag, nor by the same one where it is weak (section 8.8.3.2)', async () => {
  for (const header of [
    '"other"',
    `W/${current}`,
    `W/${current}, "other"`,
    `"${current.slice(1, -1).toUpperCase()}x"`,
    '""',
    `"*"`,
  ])
    assert.equal(await codeOf(header), 'changed_meanwhile', header);
});

test('an If-Match that is of no form is refused, and never taken for one that holds', async () => {
  for (const header of [
    '',
    ',',
    current.slice(1, -1),
    current.slice(0, -1),
    `${current} ${current}`,
    `${current}x`,
    `*, ${current}`,
    `${current}, *`,
    `w/${current}`,
    `"a b"`,
    `${current}, "`,
  ])
    assert.equal(await codeOf(header), 'malformed', header);
});
