import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { engines } from '../../../../../tests/support/stores.ts';
import { insertEvent } from '../../events/store.ts';
import { migrate } from '../../platform/store/migrate.ts';
import { migrations } from '../../platform/store/open.ts';
import { cellOf, exportEvents } from './export.ts';

test('no cell of the CSV is a formula, and none breaks out of its place', () => {
  for (const [text, cell] of [
    ['anna', 'anna'],
    [null, ''],
    ['=1+1', `'=1+1`],
    ['+1', `'+1`],
    ['-1', `'-1`],
    ['@SUM(A1)', `'@SUM(A1)`],
    ['\t=1', `'\t=1`],
    ['\r=1', `"'\r=1"`],
    ['a,b', '"a,b"'],
    ['say "x"', '"say ""x"""'],
    ['two\nlines', '"two\nlines"'],
    ['=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"`],
    ['a=b', 'a=b'],
  ] as const) {
    assert.equal(cellOf(text), cell);
  }
});

test('a file is read as fast as it is taken, and not faster', async () => {
  await using place = await engines.sqlite();
  const { store } = place;
  await migrate(store, migrations);
  const rest = { actor_id: null, actor_login: null, user_id: null, user_login: null, ip: null, client: null };
  await store.transaction(async (transaction) => {
    for (let index = 0; index < 5000; index += 1) {
      const row = { id: `e${index}`, at: index, type: 'push.sent', ...rest };
      const details = JSON.stringify({ text: 'x'.repeat(400) });
      await insertEvent.run(transaction, { ...row, authentication_id: null, target_id: null, details });
    }
  });
  let looked = 0;
  const file = Readable.from(
    exportEvents(store, {}, 'jsonl', 10_000, async () => void (looked += 1)),
    { objectMode: false },
  );
  // Somebody who takes the first piece and then nothing.
  await new Promise((resolve) => file.once('readable', resolve));
  file.read(1);
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.ok(looked <= 3, `${looked} of 20 steps`);
  let lines = 0;
  for await (const chunk of file) lines += String(chunk).split('\n').length - 1;
  assert.equal(lines, 5000);
  assert.equal(looked, 20);
});
