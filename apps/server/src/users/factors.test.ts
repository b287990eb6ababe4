import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findPostgres } from '../../../../tests/support/installed.ts';
import { engines } from '../../../../tests/support/stores.ts';
import { insertGroup, insertMember } from '../groups/store.ts';
import { deletePasskey, insertPasskey } from '../passkey/store.ts';
import { applyMigrations, migrate, readMigrations } from '../platform/store/migrate.ts';
import { migrations as folder } from '../platform/store/open.ts';
import { statement, type Queryable, type Store, type Transaction } from '../platform/store/store.ts';
import { countPeopleWithoutFactor, keepHasFactor } from './factors.ts';
import { insertUser } from './store.ts';

const kept = statement<{ id: string; of_user: number; of_member: number }>(`
  SELECT u.id, u.has_factor AS of_user, m.has_factor AS of_member
  FROM users u JOIN group_members m ON m.user_id = u.id ORDER BY u.id`);
const insertOldMember = statement(
  `INSERT INTO group_members (group_id, user_id, added_at) VALUES ('g', :user_id, 1)`,
);
const insertOldUser = statement(`
  INSERT INTO users (id, login, email, name, search, role, state, created_at)
  VALUES (:id, 'x', 'x', 'x', ' x', 'user', 'active', 1)`);
const insertOldPhone = statement(`
  INSERT INTO authenticators (id, user_id, state, thumbprint, presence_jwk, device, push, created_at, last_seen_at)
  VALUES (:id, :user_id, :state, :id, '{}', '{}', 'none', 1, 1)`);
const insertOldTotp = statement(`
  INSERT INTO totp_factors (id, user_id, secret, state, created_at, expires_at) VALUES (:id, :user_id, 's', :state, 1, 1)`);

const addPasskey = (on: Queryable, id: string, user_id: string) =>
  insertPasskey.run(on, {
    id,
    user_id,
    name: id,
    credential_id: id,
    public_key: 'k',
    counter: 0,
    transports: '[]',
    backed_up: 0,
    now: 1,
  });
const person = {
  email: 'x',
  name: 'x',
  search: ' x',
  role: 'user',
  state: 'active',
  password_hash: null,
  password_change_required: 0,
  created_at: 1,
};

for (const engine of ['sqlite', 'postgres'] as Store['engine'][]) {
  const skip = engine === 'postgres' && findPostgres() === undefined && 'PostgreSQL is not installed';

  test(
    `of people from an earlier version it is found out who has a factor, on ${engine}`,
    { skip },
    async () => {
      await using place = await engines[engine]();
      const { store } = place;
      const all = await readMigrations(folder);
      await store.transaction((transaction) =>
        applyMigrations(
          transaction,
          all.filter(({ number }) => number < 19),
        ),
      );
      await insertGroup.run(store, { id: 'g', name: 'g', search: ' g', now: 1 });
      for (const id of ['a_none', 'b_phone', 'c_code', 'd_passkey', 'e_revoked', 'f_pending']) {
        await insertOldUser.run(store, { id });
        await insertOldMember.run(store, { user_id: id });
      }
      await insertOldPhone.run(store, { id: 'p1', user_id: 'b_phone', state: 'active' });
      await insertOldPhone.run(store, { id: 'p2', user_id: 'e_revoked', state: 'revoked' });
      await insertOldPhone.run(store, { id: 'p3', user_id: 'f_pending', state: 'pending' });
      await insertOldTotp.run(store, { id: 't1', user_id: 'c_code', state: 'active' });
      await insertOldTotp.run(store, { id: 't2', user_id: 'f_pending', state: 'pending' });
      await addPasskey(store, 'k1', 'd_passkey');
      await migrate(store, folder);
      const having = ['b_phone', 'c_code', 'd_passkey'];
      for (const { id, of_user, of_member } of await kept.all(store)) {
        assert.deepEqual([of_user, of_member], having.includes(id) ? [1, 1] : [0, 0], id);
      }
      assert.equal(await countPeopleWithoutFactor(store), 3);
    },
  );

  test(`two last factors that go at once leave nobody with one, on ${engine}`, { skip }, async () => {
    await using place = await engines[engine]();
    const { store } = place;
    await migrate(store, folder);
    const other = await place.again();
    await insertGroup.run(store, { id: 'g', name: 'g', search: ' g', now: 1 });
    await insertUser.run(store, { ...person, id: 'anna', login: 'anna' });
    const change = (on: Store, work: (transaction: Transaction) => Promise<unknown>) =>
      on.transaction(async (transaction) => {
        await work(transaction);
        await keepHasFactor(transaction, 'anna');
      });
    for (let round = 0; round < 10; round += 1) {
      await change(store, async (transaction) => {
        await addPasskey(transaction, 'one', 'anna');
        await addPasskey(transaction, 'two', 'anna');
      });
      assert.equal(await countPeopleWithoutFactor(store), 0);
      await insertMember.get(store, { group_id: 'g', user_id: 'anna', now: 1 });
      assert.deepEqual(await kept.all(store), [{ id: 'anna', of_user: 1, of_member: 1 }]);
      await Promise.all([
        change(store, (transaction) => deletePasskey.get(transaction, { id: 'one', user_id: 'anna' })),
        change(other, (transaction) => deletePasskey.get(transaction, { id: 'two', user_id: 'anna' })),
      ]);
      assert.deepEqual(await kept.all(store), [{ id: 'anna', of_user: 0, of_member: 0 }]);
    }
  });
}
