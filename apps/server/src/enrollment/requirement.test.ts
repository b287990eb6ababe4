import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { day } from '../platform/platform.ts';
import { defaults } from '../settings/settings.ts';
import { isDue, requiredFrom } from './requirement.ts';
import { stageOf } from './reminders.ts';

const settings = (required: boolean, required_from: number | null = null) => ({
  ...defaults,
  mfa: { ...defaults.mfa, required, required_from },
});
const nothing = { own: null, of_groups: null };

test('the earliest date that applies holds; without one nothing is required', () => {
  assert.equal(
    requiredFrom(settings(false, 5), nothing),
    undefined,
    'a date of what is not required is none',
  );
  assert.equal(requiredFrom(settings(true), nothing), 0, 'at once');
  assert.equal(requiredFrom(settings(true, 7), nothing), 7);
  assert.equal(requiredFrom(settings(true, 7), { own: 9, of_groups: 8 }), 7);
  assert.equal(requiredFrom(settings(true, 7), { own: 9, of_groups: 6 }), 6);
  assert.equal(requiredFrom(settings(true, 7), { own: 5, of_groups: 6 }), 5);
  assert.equal(requiredFrom(settings(false), { own: null, of_groups: 6 }), 6);
  assert.equal(requiredFrom(settings(false), { own: 5, of_groups: null }), 5);
});

test('it holds from the millisecond on, and never before', () => {
  assert.deepEqual(
    [isDue(5, 4), isDue(5, 5), isDue(5, 6), isDue(0, 0), isDue(undefined, 9)],
    [false, true, true, true, false],
  );
});

test('whatever is said of a group or a person, what the others demand holds no later', () => {
  const date = fc.option(fc.nat(1000), { nil: null });
  fc.assert(
    fc.property(fc.boolean(), date, date, date, (required, of_all, own, of_groups) => {
      const all = requiredFrom(settings(required, of_all), { own, of_groups }) ?? Infinity;
      assert.ok(all <= (requiredFrom(settings(required, of_all), nothing) ?? Infinity));
      assert.ok(all <= (requiredFrom(settings(false), { own: null, of_groups }) ?? Infinity));
      assert.ok(all <= (requiredFrom(settings(false), { own, of_groups: null }) ?? Infinity));
    }),
  );
});

test('reminders: at the announcement, a week before, a day before, and none once it holds', () => {
  const from = 100 * day;
  const stages = [
    from - 30 * day,
    from - 7 * day - 1,
    from - 7 * day,
    from - day - 1,
    from - day,
    from - 1,
    from,
  ];
  assert.deepEqual(
    stages.map((now) => stageOf(from, now)),
    ['announced', 'announced', 'week', 'week', 'day', 'day', undefined],
  );
});
