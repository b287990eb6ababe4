import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { findPostgres } from '../../../../tests/support/installed.ts';
import { engines } from '../../../../tests/support/stores.ts';
import { insertPasskey } from '../passkey/store.ts';
import { migrate } from '../platform/store/migrate.ts';
import { migrations as folder } from '../platform/store/open.ts';
import { statement, type Store } from '../platform/store/store.ts';
import { insertUser } from '../users/store.ts';
import { joinGroup } from './groups.ts';
import { recounting } from './recount.ts';
import { insertGroup } from './store.ts';

const log = pino({ level: 'silent' });
const kept = statement<{ id: string; of_user: number; of_member: number | null }>(`
  SELECT u.id, u.has_factor AS of_user, m.has_factor AS of_member
  FROM users u JOIN group_members m ON m.user_id = u.id WHERE u.id < 'p' ORDER BY u.id, m.group_id`);
const sizes = statement<{ id: string; member_count: number }>(
  `SELECT id, member_count FROM user_groups ORDER BY id`,
);
/** As the version before wrote it. */
const insertOldMember = statement(
  `INSERT INTO group_members (group_id, user_id, added_at) VALUES (:group_id, :user_id, 1)`,
);
const setHasFactor = statement('UPDATE users SET has_factor = :has_factor WHERE id = :id');
const setFactorOfMember = statement('UPDATE group_members SET has_factor = :has_factor WHERE user_id = :id');
const setCount = statement('UPDATE user_groups SET member_count = :count WHERE id = :id');

const addPerson = (store: Store, id: string, state = 'active') =>
  insertUser.run(store, {
    id,
    login: id,
    email: 'x',
    name: 'x',
    search: ' x',
    role: 'user',
    state,
    password_hash: null,
    password_change_required: 0,
    created_at: 1,
  });
const addPasskey = (store: Store, user_id: string) =>
  insertPasskey.run(store, {
    id: user_id,
    user_id,
    name: 'k',
    credential_id: user_id,
    public_key: 'k',
    counter: 0,
    transports: '[]',
    backed_up: 0,
    now: 1,
  });
const addGroup = (store: Store, id: string) =>
  insertGroup.run(store, { id, name: id, search: ` ${id}`, now: 1 });

for (const engine of ['sqlite', 'postgres'] as Store['engine'][]) {
  const skip = engine === 'postgres' && findPostgres() === undefined && 'PostgreSQL is not installed';

  test(`what the version before left out is mended round by round, on ${engine}`, { skip }, async () => {
    await using place = await engines[engine]();
    const { store } = place;
    await migrate(store, folder);
    for (const id of ['g', 'h']) await addGroup(store, id);
    for (const id of ['a_enrolled', 'b_removed', 'c_member', 'd_right']) await addPerson(store, id);
    await addPerson(store, 'e_suspended', 'suspended');
    const people = ['a_enrolled', 'b_removed', 'c_member', 'd_right', 'e_suspended'];
    for (const user_id of people) {
      await store.transaction((it) => joinGroup(it, { group_id: 'g', user_id, now: 1 }));
    }
    await insertOldMember.run(store, { group_id: 'h', user_id: 'c_member' });
    await addPasskey(store, 'a_enrolled');
    await addPasskey(store, 'e_suspended');
    await setHasFactor.run(store, { id: 'b_removed', has_factor: 1 });
    await setFactorOfMember.run(store, { id: 'b_removed', has_factor: 1 });
    await setFactorOfMember.run(store, { id: 'e_suspended', has_factor: 0 });
    await setCount.run(store, { id: 'g', count: 9 });
    // More than are looked at in a round, after them.
    for (let n = 0; n < 250; n += 1) await addPerson(store, `p${n}`);
    await addPerson(store, 'q_last');
    await addPasskey(store, 'q_last');

    const round = recounting({ store, log });
    await round();
    assert.deepEqual(
      (await kept.all(store)).map(({ id, of_user, of_member }) => [id, of_user, of_member]),
      [
        ['a_enrolled', 1, 1],
        ['b_removed', 0, 0],
        ['c_member', 0, 0],
        ['c_member', 0, 0],
        ['d_right', 0, 0],
        ['e_suspended', 1, null],
      ],
    );
    assert.deepEqual(await sizes.all(store), [
      { id: 'g', member_count: 5 },
      { id: 'h', member_count: 1 },
    ]);
    const last = statement<{ has_factor: number }>(`SELECT has_factor FROM users WHERE id = 'q_last'`);
    assert.equal((await last.get(store))!.has_factor, 0, 'not yet');
    await round();
    assert.equal((await last.get(store))!.has_factor, 1);

    // It goes round for ever, and writes nothing where nothing differs.
    await setHasFactor.run(store, { id: 'd_right', has_factor: 1 });
    await setCount.run(store, { id: 'h', count: 0 });
    await round();
    await round();
    assert.equal((await kept.all(store)).find(({ id }) => id === 'd_right')!.of_user, 0);
    assert.equal((await sizes.all(store))[1]!.member_count, 1);
    let transactions = 0;
    const watched: Store = Object.assign(Object.create(store) as Store, {
      query: (...given: Parameters<Store['query']>) => store.query(...given),
      transaction: (work: never) => {
        transactions += 1;
        return store.transaction(work);
      },
    });
    const quiet = recounting({ store: watched, log });
    for (let rounds = 0; rounds < 4; rounds += 1) await quiet();
    assert.equal(transactions, 0);
  });

  test(`a larger group is paid for by rounds that count none, on ${engine}`, { skip }, async () => {
    await using place = await engines[engine]();
    const { store } = place;
    await migrate(store, folder);
    await addGroup(store, 'a_large');
    await addGroup(store, 'b_small');
    await statement(`
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000)
      INSERT INTO users (id, login, email, name, search, role, state, created_at)
      SELECT 'p' || i, 'p', 'x', 'x', ' x', 'user', 'active', 1 FROM n`).run(store);
    await statement(
      `INSERT INTO group_members (group_id, user_id, added_at) SELECT 'a_large', id, 1 FROM users`,
    ).run(store);
    await setCount.run(store, { id: 'b_small', count: 7 });
    const round = recounting({ store, log });
    const after: number[][] = [];
    for (let rounds = 0; rounds < 3; rounds += 1) {
      await round();
      after.push((await sizes.all(store)).map(({ member_count }) => member_count));
    }
    assert.deepEqual(after, [
      [50_000, 7],
      [50_000, 7],
      [50_000, 0],
    ]);
  });
}

test(
  'whoever comes while a group is recounted is counted once',
  { skip: findPostgres() === undefined && 'PostgreSQL is not installed' },
  async () => {
    await using place = await engines.postgres();
    const { store } = place;
    await migrate(store, folder);
    const other = await place.again();
    await addGroup(store, 'g');
    for (const id of ['anna', 'bert']) await addPerson(store, id);
    await insertOldMember.run(store, { group_id: 'g', user_id: 'anna' });
    let round: Promise<void> | undefined;
    await store.transaction(async (transaction) => {
      await joinGroup(transaction, { group_id: 'g', user_id: 'bert', now: 1 });
      round = recounting({ store: other, log })();
      await sleep(300);
    });
    await round;
    assert.deepEqual(await sizes.all(store), [{ id: 'g', member_count: 2 }]);
  },
);
