import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { engines } from '../../../../../tests/support/stores.ts';
import { insertEvent } from '../../events/store.ts';
import { migrate } from '../../platform/store/migrate.ts';
import { migrations } from '../../platform/store/open.ts';
import { exportEvents } from './export.ts';

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
  async function* counted() {
    for await (const lines of exportEvents(store, {}, 'jsonl', 10_000)) {
      looked += 1;
      yield lines;
    }
  }
  const file = Readable.from(counted(), { objectMode: false });
  // Somebody who takes the first piece and then nothing.
  await new Promise((resolve) => file.once('readable', resolve));
  file.read(1);
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.ok(looked <= 3, `${looked} of 7 steps`);
  let lines = 0;
  for await (const chunk of file) lines += String(chunk).split('\n').length - 1;
  assert.equal(lines, 5000);
  assert.equal(looked, 7);
});
