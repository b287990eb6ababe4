import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkName, checkUrl } from './fields.ts';

test('a name is there and short', () => {
  assert.equal(checkName('Wiki'), undefined);
  assert.ok(checkName('  '));
  assert.ok(checkName('x'.repeat(101)));
});

test('an address is of the web, without a password in it', () => {
  assert.equal(checkUrl(' https://wiki.example.com/a?b '), undefined);
  for (const bad of ['', 'wiki', 'javascript:alert(1)', 'https://a:b@example.com/'])
    assert.ok(checkUrl(bad), bad);
});
