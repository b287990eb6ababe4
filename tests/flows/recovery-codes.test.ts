import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { begin, enrol, refused, signIn } from '../support/people.ts';

const minute = 60_000; // ms

/** Recovery codes: ten, shown once, each good once, for the day when the phone is gone. */
forEachEngine((engine) => {
  let server: InProcess;
  before(async () => {
    server = await startInProcess(engine);
  });
  after(() => server[Symbol.asyncDispose]());

  let people = 0;
  async function person() {
    const login = `saver-${(people += 1)}`;
    await server.addPerson(login);
    const { browser, phone } = await enrol(server, login);
    await browser.get('/api/v1/session');
    const made = await browser.post('/api/v1/me/recovery-codes');
    assert.equal(made.status, 201, JSON.stringify(made.body));
    return { login, browser, phone, codes: made.body.codes as string[] };
  }
  const tryCode = (browser: Browser, id: string, code: string) =>
    browser.post(`/api/v1/authentications/${id}/recovery-code`, { code });
  const left = async (browser: Browser) =>
    (await browser.get('/api/v1/me/factors')).body.items.find(
      ({ kind }: { kind: string }) => kind === 'recovery_code',
    )?.left;

  test('ten codes of 80 bits, shown once and kept as hashes', async () => {
    const { codes, browser } = await person();
    assert.equal(new Set(codes).size, 10);
    for (const code of codes) assert.match(code, /^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/);
    assert.equal(await left(browser), 10);
    const rows = JSON.stringify(
      await server.store.query({ text: 'SELECT * FROM recovery_codes', names: [] } as never, {}),
    );
    for (const code of codes) assert.ok(!rows.includes(code) && !rows.includes(code.replaceAll('-', '')));
  });

  test('a code signs in once, however it is spelt, leaves the browser unfamiliar, and is told by mail', async () => {
    const { login, codes, browser: known } = await person();
    const browser = new Browser(server.url);
    const begun = await begin(browser, login);
    assert.equal(begun.preferred, 'push', 'it is never offered first');
    const spelt = codes[0]!.toLowerCase().replaceAll('-', ' ');
    const ready = await tryCode(browser, begun.id, spelt);
    assert.deepEqual([ready.status, ready.body.state], [200, 'ready']);
    assert.equal((await browser.post(`/api/v1/authentications/${begun.id}/complete`)).status, 200);
    assert.equal((await browser.get('/api/v1/session')).body.acr, 'urn:countersign:aal2');
    assert.equal(await left(known), 9);
    const next = await begin(browser, login);
    assert.equal(next.preferred, 'push');
    refused(await tryCode(browser, next.id, codes[0]!), 422, 'code_already_used');
    const asked = await browser.post(`/api/v1/authentications/${next.id}/push`);
    assert.notEqual(asked.body.push.number, null, 'a paper says nothing of the browser');
    const mails = await server.mailsTo(login);
    assert.ok(mails.includes('A recovery code was used'));
  });

  test('one code, 20 tries at once: one lets in', async () => {
    const { login, codes } = await person();
    const browser = new Browser(server.url);
    const ids: string[] = [];
    for (let n = 0; n < 20; n += 1) ids.push((await begin(browser, login)).id);
    const answers = await Promise.all(ids.map((id) => tryCode(browser, id, codes[1]!)));
    assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  });

  test('somebody else’s code, and what is no code at all, are wrong; five in a row lock the codes, and not the account', async () => {
    const { login, codes, phone } = await person();
    const other = await person();
    const browser = new Browser(server.url);
    const { id } = await begin(browser, login);
    for (const [n, typed] of [other.codes[0]!, '', 'x', codes[0]!.slice(1), `${codes[0]}0`].entries()) {
      const answer = await tryCode(browser, id, typed);
      refused(answer, 422, 'wrong_code');
      assert.equal(answer.body.tries_left, 4 - n);
    }
    refused(await tryCode(browser, id, codes[0]!), 423, 'factor_locked');
    await signIn(new Browser(server.url), phone, login);
    assert.equal((await tryCode(new Browser(server.url), id, codes[0]!)).status, 404);
    server.advance(6_000);
    assert.equal((await tryCode(browser, id, codes[0]!)).status, 200);
    // The other's is still good.
    const elsewhere = new Browser(server.url);
    const theirs = await begin(elsewhere, other.login);
    assert.equal((await tryCode(elsewhere, theirs.id, other.codes[0]!)).status, 200);
  });

  test('a new set takes the place of the old, after a step-up; without a factor there are none', async () => {
    const { browser, login, phone, codes } = await person();
    server.advance(5 * minute + 1);
    phone.now = server.now;
    refused(await browser.post('/api/v1/me/recovery-codes'), 403, 'step_up_required');
    await signIn(browser, phone, login);
    const { codes: next } = (await browser.post('/api/v1/me/recovery-codes')).body;
    const elsewhere = new Browser(server.url);
    const { id } = await begin(elsewhere, login);
    refused(await tryCode(elsewhere, id, codes[0]!), 422, 'wrong_code');
    assert.equal((await tryCode(elsewhere, id, next[0])).status, 200);
    const bare = new Browser(server.url);
    const newcomer = `saver-${(people += 1)}`;
    await server.addPerson(newcomer);
    const begun = await begin(bare, newcomer);
    await bare.post(`/api/v1/authentications/${begun.id}/complete`);
    refused(await bare.post('/api/v1/me/recovery-codes'), 403, 'enrollment_required');
  });

  test('two sets made at once: the codes of one of them hold', async () => {
    const { browser, login } = await person();
    const made = await Promise.all([1, 2].map(() => browser.post('/api/v1/me/recovery-codes')));
    assert.deepEqual(
      made.map(({ status }) => status),
      [201, 201],
    );
    assert.equal(await left(browser), 10);
    const elsewhere = new Browser(server.url);
    const statuses: number[] = [];
    for (const { body } of made) {
      const { id } = await begin(elsewhere, login);
      statuses.push((await tryCode(elsewhere, id, body.codes[0])).status);
    }
    assert.deepEqual(statuses.sort(), [200, 422]);
  });

  test('the owner is told of a new set; nobody without a factor makes one, nor where they are not used', async () => {
    const { browser, login, phone, codes } = await person();
    assert.ok((await server.mailsTo(login)).includes('New recovery codes were made'));
    await server.patchSettings({ mfa: { factors: ['push', 'totp'] } });
    try {
      refused(await browser.post('/api/v1/me/recovery-codes'), 403, 'factor_disabled');
      const elsewhere = new Browser(server.url);
      const { id, factors } = await begin(elsewhere, login);
      assert.deepEqual(
        factors.map(({ kind }: { kind: string }) => kind),
        ['push'],
      );
      refused(await tryCode(elsewhere, id, codes[0]!), 409, 'factor_not_offered');
    } finally {
      await server.patchSettings({ mfa: { factors: null } });
    }
    assert.equal((await phone.call('DELETE', '/me')).status, 204);
    refused(await browser.post('/api/v1/me/recovery-codes'), 409, 'factor_not_offered');
  });

  test('with the phone gone, a code lets in, and the person enrols the next phone', async () => {
    const { login, codes, phone } = await person();
    assert.equal((await phone.call('DELETE', '/me')).status, 204);
    const browser = new Browser(server.url);
    const begun = await begin(browser, login);
    assert.deepEqual([begun.state, begun.factors], ['challenge', [{ kind: 'recovery_code' }]]);
    assert.equal((await tryCode(browser, begun.id, codes[0]!)).status, 200);
    assert.equal((await browser.post(`/api/v1/authentications/${begun.id}/complete`)).status, 200);
    assert.equal((await browser.post('/api/v1/me/activations')).status, 201);
  });

  test('a reset of the factors takes the codes along', async () => {
    const { login, codes } = await person();
    await server.addPerson('helper-of-savers', { role: 'owner' }).catch(() => {});
    const { browser: owner, phone } = await enrol(server, 'helper-of-savers');
    await signIn(owner, phone, 'helper-of-savers', 'admin_login');
    const [user] = (await owner.get(`/api/v1/admin/users?q=${login}`)).body.items;
    const reset = await owner.post(`/api/v1/admin/users/${user.id}/reset-mfa`);
    assert.equal(reset.status, 200);
    const browser = new Browser(server.url);
    const { id, state, factors } = await begin(browser, login);
    assert.deepEqual([state, factors], ['enrollment_required', []]);
    refused(await tryCode(browser, id, codes[0]!), 409, 'authentication_over');
  });
});
