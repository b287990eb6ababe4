import assert from 'node:assert/strict';
import { test } from 'node:test';
import { howOld, lengthInWords, whoMayUse } from './access-words.ts';

test('who may use an application is said whole, nobody included', () => {
  const groups = [
    { id: 'a', name: 'Finance' },
    { id: 'b', name: 'Staff' },
  ];
  assert.equal(whoMayUse({ access: 'everyone', groups }), 'Everyone may use it.');
  assert.match(whoMayUse({ access: 'groups', groups }), /: Finance, Staff\.$/);
  assert.match(whoMayUse({ access: 'groups', groups: [] }), /^Nobody/);
});

test('a length is said in days, hours and minutes, as far as there are any', () => {
  const said: [minutes: number, words: string][] = [
    [5, '5 minutes'],
    [60, '1 hour'],
    [90, '1 hour 30 minutes'],
    [1440, '1 day'],
    [10_080, '7 days'],
    [1501, '1 day 1 hour 1 minute'],
  ];
  for (const [minutes, words] of said) assert.equal(lengthInWords(minutes), words);
  assert.match(howOld(30), /older than 30 minutes/);
  assert.match(howOld(null), /as long as/);
});
