import assert from 'node:assert/strict';
import { test } from 'node:test';
import { standingOf, type Facts } from './standing.ts';

const now = 1_800_000_000_000;
const facts = (
  more: Partial<Facts> & { state?: NonNullable<Facts['authentication']>['state'] } = {},
): Facts => ({
  authentication: { state: more.state ?? 'challenge', expires_at: now + 1 },
  push: 'pending',
  codes: 0,
  ...more,
});
const standing = (more?: Parameters<typeof facts>[0]) => standingOf(facts(more), now);

test('it waits as long as the phone can be answered, or a code typed', () => {
  assert.equal(standing(), 'waiting');
  assert.equal(standing({ push: undefined, codes: 1 }), 'waiting');
  // Approved between the two reads: it is ready a moment later.
  assert.equal(standing({ push: 'approved' }), 'waiting');
  for (const push of ['expired', 'failed', 'cancelled'] as const) {
    assert.equal(standing({ push, codes: 1 }), 'waiting');
    assert.notEqual(standing({ push }), 'waiting');
  }
});

test('what the phone said last is how it ended', () => {
  assert.equal(standing({ state: 'denied', push: 'denied', codes: 1 }), 'denied');
  assert.equal(standing({ state: 'denied', push: 'reported' }), 'reported');
  assert.equal(standing({ push: 'failed' }), 'wrong_number');
  assert.equal(standing({ push: 'expired' }), 'no_answer');
  assert.equal(standing({ push: 'cancelled' }), 'ended');
  assert.equal(standing({ push: undefined }), 'no_answer');
});

test('only what is ready, and in time, is ready', () => {
  assert.equal(standing({ state: 'ready', push: 'approved' }), 'ready');
  const late = { state: 'ready', expires_at: now } as const;
  assert.equal(standingOf({ authentication: late, push: 'approved', codes: 1 }, now), 'no_answer');
  assert.equal(standingOf({ authentication: undefined, push: 'approved', codes: 1 }, now), 'no_answer');
  // Claimed before, or ended from elsewhere.
  for (const state of ['complete', 'expired'] as const) assert.equal(standing({ state, codes: 1 }), 'ended');
});
