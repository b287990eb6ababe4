import type { PolicyRule } from '@countersign/protocol/wire';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { enrol, refused, signIn } from '../support/people.ts';
import type { Phone } from '../support/phone.ts';

const base = '/api/v1/admin';
const rounds = 12;

/** Whatever two owners do at the same moment, one is left who gets in. */
forEachEngine((engine) => {
  let server: InProcess;
  const owners: { id: string; login: string; browser: Browser; phone: Phone }[] = [];
  before(async () => {
    server = await startInProcess(engine);
    for (const login of ['anna', 'bert']) {
      const { id } = await server.addPerson(login, { role: 'owner' });
      owners.push({ id, login, ...(await enrol(server, login, { verification: false })) });
      await signIn(owners.at(-1)!.browser, owners.at(-1)!.phone, login, 'admin_login');
    }
  });
  after(() => server[Symbol.asyncDispose]());

  type Act = (by: Browser, whom: string) => Promise<Answer>;
  /** Each does it to the other; returns who is left, and who not. */
  async function atOnce(act: Act, more: () => Promise<Answer>[] = () => []) {
    const [anna, bert] = owners as [(typeof owners)[0], (typeof owners)[0]];
    const answers = await Promise.all([act(anna.browser, bert.id), act(bert.browser, anna.id), ...more()]);
    for (const { status, body } of answers) assert.ok(status < 500, JSON.stringify(body));
    const [one, other] = answers.map(({ status }) => status === 200);
    assert.notEqual(one, other, 'one of two');
    return one ? ([anna, bert] as const) : ([bert, anna] as const);
  }

  test('of two owners who take the role from each other, one is left', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const [left, gone] = await atOnce((by, id) => by.patch(`${base}/users/${id}`, { role: 'admin' }));
      const back = await left.browser.patch(`${base}/users/${gone.id}`, { role: 'owner' });
      assert.equal(back.status, 200, JSON.stringify(back.body));
    }
  });

  test('of two who suspend or delete each other, too, while they are put into groups', async () => {
    const group = (await owners[0]!.browser.post(`${base}/groups`, { name: 'At once' })).body.id;
    const acts: Act[] = [
      (by, id) => by.post(`${base}/users/${id}/suspend`),
      (by, id) => by.delete(`${base}/users/${id}`),
    ];
    for (const act of [...acts, ...acts]) {
      const [left, gone] = await atOnce(act, () =>
        owners.map(({ id, browser }) => browser.call('PUT', `${base}/groups/${group}/members/${id}`)),
      );
      assert.equal((await left.browser.post(`${base}/users/${gone.id}/activate`)).status, 200);
      await signIn(gone.browser, gone.phone, gone.login, 'admin_login');
    }
  });

  const rule = { name: 'A rule', enabled: true, what: ['admin'], networks: null, familiar: null, when: null };
  /** Who is in this group gets in, and nobody else: to be put once `put` is called. */
  async function letIn(name: string) {
    const [{ id, browser }] = owners as [(typeof owners)[0]];
    const group = (await browser.post(`${base}/groups`, { name })).body.id;
    assert.equal((await browser.call('PUT', `${base}/groups/${group}/members/${id}`)).status, 204);
    const rules: PolicyRule[] = [
      { ...rule, id: 'in', who: { users: [], groups: [group] }, effect: {} },
      { ...rule, id: 'out', who: null, effect: { deny: true } },
    ];
    return { group, put: await putting(rules) };
  }
  async function putting(rules: PolicyRule[]) {
    const { browser } = owners[0]!;
    const etag = (await browser.get(`${base}/policies`)).headers.get('etag')!;
    return () => browser.call('PUT', `${base}/policies`, { rules }, { 'if-match': etag });
  }
  const remove = (group: string) => owners[1]!.browser.delete(`${base}/groups/${group}`);

  test('a rule that lets one group in does not come to be while the group goes', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const { group, put } = await letIn(`Let in ${round}`);
      const [kept, removed] = await Promise.all([put(), remove(group)]);
      if (kept.status === 200) refused(removed, 409, 'policy_locks_out');
      else assert.deepEqual([removed.status, kept.status >= 400 && kept.status < 500], [204, true]);
      assert.equal((await (await putting([]))()).status, 200);
    }
  });

  // On SQLite one transaction comes after the other.
  test('nor while it is going', { skip: engine !== 'postgres' }, async () => {
    const { group, put } = await letIn('Going');
    const text = 'UPDATE group_members SET added_at = added_at WHERE group_id = :group';
    const [removed, kept] = await server.store
      .transaction(async (transaction) => {
        await transaction.query({ text, names: ['group'] } as never, { group });
        // There is no rule yet that minds; then it waits for its members.
        const removing = remove(group);
        await sleep(300);
        const keeping = put();
        await Promise.race([keeping, sleep(500)]);
        return [removing, keeping] as const;
      })
      .then((both) => Promise.all(both));
    assert.equal(removed.status, 204);
    refused(kept, 409, 'policy_locks_out');
  });
});
