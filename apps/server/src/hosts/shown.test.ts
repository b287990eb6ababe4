import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressOf, clientOf, networkOf, shownText } from './shown.ts';

test('what a host claims is one line that reads as it is written, and not too long', () => {
  for (const odd of [
    '\n',
    '\r',
    '\t',
    '\u0000',
    '\u001b',
    '\u0085',
    '\u2028',
    '\u202e',
    '\u2066',
    '\u200b',
    '\u{e0041}',
  ]) {
    assert.equal(shownText(`a${odd}b`), 'a\u{fffd}b', JSON.stringify(odd));
  }
  for (const name of ['alice', 'Zoë', 'محمد', '田中', 'a%00b', '👩‍🚀'.replace('\u200d', '')])
    assert.equal(shownText(name), name);
  assert.equal(shownText('a\u00a0\u3000 b'), 'a b');
  const long = shownText('👩'.repeat(300));
  assert.deepEqual([[...long].length, long.at(-1)], [64, '…']);
});

test('an address is one, without its zone; a name is none', () => {
  for (const [rhost, address] of [
    ['203.0.113.9', '203.0.113.9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['2001:DB8::1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
  ] as const)
    assert.equal(addressOf(rhost), address);
  for (const rhost of [
    null,
    '',
    'laptop.example.com',
    '203.0.113.9.evil.example',
    '0x7f.1',
    '1.2.3',
    ' 203.0.113.9',
    'x%203.0.113.9',
  ])
    assert.equal(addressOf(rhost), null, String(rhost));
});

test('a network is a /24 or a /56, and a name is nowhere', () => {
  for (const [rhost, network] of [
    ['203.0.113.9', '203.0.113.0/24'],
    ['::ffff:203.0.113.200', '203.0.113.0/24'],
    ['2001:db8:1:2ff::1', '2001:db8:1:200::/56'],
    ['console', undefined],
    ['laptop.example.com', undefined],
    ['localhost', undefined],
  ] as const)
    assert.equal(networkOf(rhost, 'tty1'), network, rhost);
});

test('the console is what somebody sits at; a terminal of anybody’s is none, who may have come over the network', () => {
  for (const tty of ['tty1', '/dev/tty63', 'ttyS0', 'ttyUSB1', 'ttyAMA0', 'hvc0', 'console', ':0', ':0.0'])
    for (const rhost of [null, '']) assert.equal(networkOf(rhost, tty), 'console', tty);
  for (const tty of [
    null,
    '',
    '/dev/pts/3',
    'pts/0',
    'ssh',
    'tty',
    ':1',
    ':10.0',
    'localhost:10.0',
    'xtty1',
    'tty1\n',
    '/dev/pts/../tty1',
  ])
    assert.equal(networkOf(null, tty), 'terminal', String(tty));
});

test('what asks is said in words, and a terminal only where it is the name of one', () => {
  assert.equal(clientOf('sshd', 'ssh'), 'ssh');
  assert.equal(clientOf('sudo', '/dev/pts/3'), 'sudo on pts/3');
  assert.equal(clientOf('login', 'tty1'), 'login on tty1');
  assert.equal(clientOf('sudo', null), 'sudo');
  assert.equal(clientOf('sudo', 'the phone of your bank'), 'sudo');
  assert.equal(clientOf('su\n\u202edo', '../../x'), 'su\u{fffd}\u{fffd}do');
});
