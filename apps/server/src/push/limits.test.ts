import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coolDown, decideLimit, limitOf, limitWindow, type PastRequest } from './limits.ts';

const now = 1_800_000_000_000;
const lifetime = 60_000;
/** A request made so many milliseconds ago. */
const past = (state: PastRequest['state'], ago: number, endedAgo = ago - 10_000): PastRequest => ({
  state,
  created_at: now - ago,
  expires_at: now - ago + lifetime,
  ended_at: state === 'pending' ? null : now - endedAgo,
});
const waitOf = (requests: PastRequest[], askerClass: Parameters<typeof decideLimit>[1] = 'unfamiliar') => {
  const decision = decideLimit(requests, askerClass, now);
  return decision.allowed ? 0 : decision.until - now;
};

test('nothing asked yet: allowed', () => assert.equal(waitOf([]), 0));

test('a program or the help desk, which ask by themselves, have as little as a stranger', () => {
  assert.deepEqual(limitOf('application:x'), limitOf('unfamiliar'));
  assert.deepEqual(limitOf('help_desk'), limitOf('unfamiliar'));
});

test('a host by itself has as little, and one with a network that somebody is used to as much as a browser', () => {
  assert.deepEqual(limitOf('host:x'), limitOf('unfamiliar'));
  for (const network of ['console', '192.0.2.0/24', '2001:db8:1:200::/56'] as const)
    assert.deepEqual(limitOf(`host:x:${network}`), limitOf('browser:x'));
});

test('one pending for the unfamiliar, three for a familiar browser; until the first of them expires', () => {
  assert.equal(waitOf([past('pending', 10_000)]), 50_000);
  assert.equal(waitOf([past('pending', 10_000), past('pending', 20_000)], 'browser:x'), 0);
  assert.equal(
    waitOf([past('pending', 1_000), past('pending', 2_000), past('pending', 3_000)], 'browser:x'),
    57_000,
  );
});

test('three, or ten, in a quarter of an hour, approved ones too; until the oldest of them is old enough', () => {
  const approved = [past('approved', 100_000), past('approved', 200_000), past('approved', 300_000)];
  assert.equal(waitOf(approved), limitWindow - 300_000);
  assert.equal(waitOf(approved, 'browser:x'), 0);
  assert.equal(waitOf([...approved.slice(0, 2), past('approved', limitWindow)]), 0);
  const ten = Array.from({ length: limitOf('browser:x').inWindow }, (_, n) => past('approved', 100_000 + n));
  assert.equal(waitOf(ten, 'browser:x'), limitWindow - 100_009);
});

test('a cool-down after a denial or a report, counted from the answer', () => {
  assert.equal(waitOf([past('denied', 30_000, 20_000)]), coolDown - 20_000);
  assert.equal(waitOf([past('reported', 30_000, 20_000)]), coolDown - 20_000);
  assert.equal(waitOf([past('denied', 90_000, coolDown)]), 0);
  assert.equal(
    waitOf([past('approved', 5_000, 1_000), past('denied', 30_000, 20_000)], 'browser:x'),
    coolDown - 20_000,
  );
});

test('back-off after unanswered ones doubles, and any answer begins it anew', () => {
  const expired = (ago: number) => past('expired', ago, ago - lifetime);
  assert.equal(waitOf([expired(61_000)]), 4_000);
  assert.equal(
    waitOf([past('pending', 61_000)], 'browser:x'),
    4_000,
    'run out, though nobody has written it down',
  );
  assert.equal(waitOf([expired(61_000), expired(200_000)]), 9_000);
  assert.equal(waitOf([expired(61_000), expired(200_000), expired(400_000)], 'browser:x'), 19_000);
  assert.equal(waitOf([expired(61_000), past('approved', 130_000), expired(200_000)], 'browser:x'), 4_000);
  assert.equal(waitOf([expired(61_000), past('cancelled', 130_000), expired(200_000)], 'browser:x'), 9_000);
});

test('of several reasons the longest wait counts', () => {
  const decision = decideLimit(
    [past('pending', 59_000), past('denied', 70_000, 59_500), past('approved', 100_000)],
    'unfamiliar',
    now,
  );
  assert.deepEqual(decision, {
    allowed: false,
    until: now - 100_000 + limitWindow,
    why: 'too many requests in a quarter of an hour',
  });
});
