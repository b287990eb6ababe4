import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askerOf, clientInWords, sourceOf } from './asker.ts';

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

test('a client that is no known browser names itself nowhere', () => {
  for (const sentence of [
    'Your IT department asks you to approve /1.0 (x)',
    'See https://example.net/ (Linux) ',
    'CountersignCLI/1.0 (Linux)',
  ]) {
    assert.equal(clientInWords(sentence), null, sentence);
  }
  assert.equal(clientInWords('Firefox, at your own desk /1.0 (Linux)'), 'Firefox on Linux');
});

test('sources: an IPv4 address, or the /64 that one IPv6 customer has', () => {
  assert.equal(sourceOf('203.0.113.7'), '203.0.113.7');
  assert.equal(sourceOf('::ffff:203.0.113.7'), '203.0.113.7');
  assert.equal(sourceOf('2001:db8:1:2:3:4:5:6'), sourceOf('2001:db8:1:2:ffff::1'));
  assert.notEqual(sourceOf('2001:db8:1:2::1'), sourceOf('2001:db8:1:3::1'));
});

test('an address as a proxy may write it, and the proxy’s own where it writes none', () => {
  const seen = (ip: string, remoteAddress?: string) =>
    askerOf({ ip, socket: { remoteAddress }, headers: {} } as Parameters<typeof askerOf>[0]).ip;
  for (const written of [
    '203.0.113.7',
    '203.0.113.7:4711',
    '::ffff:203.0.113.7',
    '[::ffff:203.0.113.7]:80',
  ]) {
    assert.equal(seen(written, '10.0.0.1'), '203.0.113.7', written);
  }
  for (const written of ['2001:db8::1', '[2001:db8::1]', '[2001:db8::1]:4711', '2001:0DB8:0::1']) {
    assert.equal(seen(written, '10.0.0.1'), '2001:db8::1', written);
  }
  for (const written of ['unknown', '', '_hidden', '203.0.113', '203.0.113.7:', 'a[::1]', '<b>']) {
    assert.equal(seen(written, '::ffff:10.0.0.1'), '10.0.0.1', written);
  }
  assert.equal(seen('unknown'), 'unknown');
});
