import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientInWords, sourceOf } from './asker.ts';

test('browsers in words', () => {
  assert.equal(
    clientInWords('Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0'),
    'Firefox on Linux',
  );
  const safari =
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1';
  assert.equal(clientInWords(safari), 'Safari on iOS');
  assert.equal(clientInWords(undefined), null);
  assert.equal(clientInWords('nonsense \u0007'), null);
});

test('sources: an IPv4 address, or the /64 that one IPv6 customer has', () => {
  assert.equal(sourceOf('203.0.113.7'), '203.0.113.7');
  assert.equal(sourceOf('::ffff:203.0.113.7'), '203.0.113.7');
  assert.equal(sourceOf('2001:db8:1:2:3:4:5:6'), sourceOf('2001:db8:1:2:ffff::1'));
  assert.notEqual(sourceOf('2001:db8:1:2::1'), sourceOf('2001:db8:1:3::1'));
});
