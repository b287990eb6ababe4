import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSealing } from './sealing.ts';

const secret = 'a secret of the tests, and long enough';
const newer = 'another secret that is long enough too';
const sealing = createSealing(() => [secret]);
const place = 'mails.1.body';

test('what was sealed opens in its place, and nowhere else', () => {
  const sealed = sealing.seal('the seed ✓', place);
  assert.equal(sealing.open(sealed, place), 'the seed ✓');
  assert.ok(!sealed.includes('seed'));
  assert.notEqual(sealing.seal('the seed ✓', place), sealed, 'a fresh nonce each time');
  assert.throws(() => sealing.open(sealed, 'mails.2.body'));
});

test('a changed text, another secret, and what is no sealed text are refused', () => {
  const sealed = sealing.seal('x', place);
  const [version, id, body] = sealed.split('.');
  const bytes = Buffer.from(body!, 'base64url');
  for (const at of [0, 12, 28]) {
    const changed = Buffer.from(bytes);
    changed[at]! ^= 1;
    assert.throws(
      () => sealing.open(`${version}.${id}.${changed.toString('base64url')}`, place),
      `byte ${at}`,
    );
  }
  assert.throws(() => createSealing(() => [newer]).open(sealed, place), /another COUNTERSIGN_SECRET/);
  assert.throws(() => sealing.open('plain', place), /no sealed text/);
  // A tag that was cut short must not make forging easier.
  assert.throws(() => sealing.open(`${version}.${id}.${bytes.subarray(0, 20).toString('base64url')}`, place));
});

test('the secret changes: what the older one sealed opens, and the newer one seals', () => {
  const secrets = [secret];
  const changing = createSealing(() => secrets);
  const old = changing.seal('x', place);
  assert.ok(old.startsWith(changing.prefix()));
  secrets.unshift(newer);
  assert.equal(changing.open(old, place), 'x');
  assert.ok(!old.startsWith(changing.prefix()));
  assert.equal(createSealing(() => [newer]).open(changing.seal('y', place), place), 'y');
});
