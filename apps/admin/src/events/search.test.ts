import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filterOf, isNarrowed, readEventSearch } from './search.ts';

const given = (search: object) =>
  Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined));

test('of an address, what has a meaning is taken, and nothing else', () => {
  const search = {
    q: 'anna',
    type: 'push.*',
    user: 'u-1',
    ip: '2001:db8::1',
    from: '2026-01-31',
    live: true,
  };
  assert.deepEqual(given(readEventSearch(search)), search);
  const nonsense = {
    q: ' ',
    type: 'push',
    user: '../x',
    ip: 'x',
    from: '2026-13-01',
    to: 'today',
    live: 'yes',
    a: 1,
  };
  assert.deepEqual(given(readEventSearch(nonsense)), {});
});

test('a day is asked for from its beginning to its end', () => {
  const { from, to } = filterOf({ from: '2026-01-31', to: '2026-01-31', live: true });
  assert.equal(Date.parse(from!), new Date(2026, 0, 31).getTime());
  assert.equal(Date.parse(to!), new Date(2026, 1, 1).getTime());
  assert.equal('live' in filterOf({ live: true }), false);
});

test('following is no filter', () => {
  assert.equal(isNarrowed(readEventSearch({ live: true })), false);
  assert.equal(isNarrowed({ ip: '192.0.2.1' }), true);
});
