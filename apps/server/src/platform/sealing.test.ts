import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSealing } from './sealing.ts';

const sealing = createSealing('a secret of the tests, and long enough');

test('what was sealed opens in its place, and nowhere else', () => {
  const sealed = sealing.seal('the seed ✓', 'table.row.column');
  assert.equal(sealing.open(sealed, 'table.row.column'), 'the seed ✓');
  assert.ok(!sealed.includes('seed'));
  assert.notEqual(sealing.seal('the seed ✓', 'table.row.column'), sealed, 'a fresh nonce each time');
  assert.throws(() => sealing.open(sealed, 'table.other.column'));
});

test('a changed text, another secret, and what is no sealed text are refused', () => {
  const sealed = sealing.seal('x', 'p');
  const [version, id, body] = sealed.split('.');
  const bytes = Buffer.from(body!, 'base64url');
  for (const at of [0, 12, 28]) {
    const changed = Buffer.from(bytes);
    changed[at]! ^= 1;
    assert.throws(() => sealing.open(`${version}.${id}.${changed.toString('base64url')}`, 'p'), `byte ${at}`);
  }
  assert.throws(
    () => createSealing('another secret that is long enough too').open(sealed, 'p'),
    /another COUNTERSIGN_SECRET/,
  );
  assert.throws(() => sealing.open('plain', 'p'), /no sealed text/);
  // A tag that was cut short must not make forging easier.
  assert.throws(() => sealing.open(`${version}.${id}.${bytes.subarray(0, 20).toString('base64url')}`, 'p'));
});
