import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { askPush, begin, enrol, password, refused, signIn } from '../support/people.ts';

/** "This wasn't me", of something in the recent activity, and what else people change of their own account. */
forEachEngine((engine) => {
  let server: InProcess;
  before(async () => {
    server = await startInProcess(engine);
  });
  after(() => server[Symbol.asyncDispose]());

  let people = 0;
  async function person() {
    const login = `active-${(people += 1)}`;
    await server.addPerson(login);
    const { browser, phone } = await enrol(server, login);
    await signIn(browser, phone, login);
    return { login, browser, phone };
  }
  const latest = async (browser: Browser) =>
    (await browser.get('/api/v1/me/activity')).body.items[0].id as string;

  test('a report ends every other session and sign-in, forgets other browsers, and demands another password', async () => {
    const { login, browser, phone } = await person();
    await server.addPerson(`boss-of-${login}`, { role: 'owner' });
    const thief = new Browser(server.url);
    await signIn(thief, phone, login);
    const { code } = (await thief.post('/api/v1/me/activations')).body;
    const pending = await begin(thief, login);
    await askPush(thief, pending.id);
    const report = await browser.post(`/api/v1/me/activity/${await latest(browser)}/report`);
    assert.equal(report.status, 204, JSON.stringify(report.body));
    refused(await thief.get('/api/v1/session'), 401, 'no_session');
    assert.deepEqual(await phone.requests(), []);
    refused(await phone.lookUp(code), 410, 'activation_expired');
    refused(await thief.post(`/api/v1/authentications/${pending.id}/push`), 409, 'authentication_over');
    refused(await browser.get('/api/v1/me/sessions'), 403, 'password_change_required');
    // The thief's browser was one that the person is used to: it gets no push at all now.
    const again = await begin(thief, login);
    refused(await thief.post(`/api/v1/authentications/${again.id}/push`), 423, 'push_locked');
    const change = { current: password, new: 'quite another pass phrase' };
    assert.equal((await browser.post('/api/v1/me/password', change)).status, 204);
    assert.equal((await browser.get('/api/v1/me/sessions')).body.items.length, 1);
    const told = await server.mailsTo(`boss-of-${login}`);
    assert.ok(told.includes(`${login} reported something that was not theirs`));
    const types = (await browser.get('/api/v1/me/activity')).body.items.map(
      ({ type }: { type: string }) => type,
    );
    assert.ok(types.includes('activity.reported'));
  });

  test('later than five minutes after the sign-in the other password wants a step-up, which may be begun', async () => {
    const { browser, phone } = await person();
    server.advance(6 * 60_000);
    phone.now = server.now;
    assert.equal((await browser.post(`/api/v1/me/activity/${await latest(browser)}/report`)).status, 204);
    const change = { current: password, new: 'quite another pass phrase' };
    const refusal = await browser.post('/api/v1/me/password', change);
    refused(refusal, 403, 'step_up_required');
    const begun = (resource: string) =>
      browser.post('/api/v1/authentications', { purpose: 'step_up', resource });
    refused(await begun('act:factors'), 403, 'password_change_required');
    const { status, body } = await begun(refusal.body.resource);
    assert.equal(status, 201, JSON.stringify(body));
    const { push } = await askPush(browser, body.id);
    const answered = await phone.answer(await phone.request('step_up'), 'approve', { number: push.number });
    assert.equal(answered.status, 200, JSON.stringify(answered.body));
    assert.equal((await browser.post(`/api/v1/authentications/${body.id}/complete`)).status, 200);
    assert.equal((await browser.post('/api/v1/me/password', change)).status, 204);
    assert.equal((await browser.get('/api/v1/me/sessions')).status, 200);
  });

  test('reports are counted: past ten an hour nobody is told again', async () => {
    const { login, browser } = await person();
    const boss = `boss-of-${login}`;
    await server.addPerson(boss, { role: 'owner' });
    const id = await latest(browser);
    const report = () => browser.post(`/api/v1/me/activity/${id}/report`);
    for (let n = 0; n < 10; n += 1) assert.equal((await report()).status, 204);
    const refusal = await report();
    refused(refusal, 429, 'too_many_requests');
    assert.ok(Number(refusal.headers.get('retry-after')) > 0);
    const told = (await server.mailsTo(boss)).filter((subject) => subject.startsWith(`${login} reported`));
    assert.equal(told.length, 10);
  });

  test('of another’s activity, or none, nothing is reported', async () => {
    const one = await person();
    const other = await person();
    const id = await latest(one.browser);
    for (const wrong of [id, 'nothing']) {
      refused(await other.browser.post(`/api/v1/me/activity/${wrong}/report`), 404, 'not_found');
    }
    assert.equal((await other.browser.get('/api/v1/me/sessions')).status, 200);
    refused(await new Browser(server.url).post(`/api/v1/me/activity/${id}/report`), 401, 'no_session');
  });

  test('people sign out browsers of their own, and nobody else’s', async () => {
    const one = await person();
    const other = await person();
    const elsewhere = new Browser(server.url);
    await signIn(elsewhere, one.phone, one.login);
    const { items } = (await one.browser.get('/api/v1/me/sessions')).body;
    const { id } = items.find(({ current }: { current: boolean }) => !current);
    refused(await other.browser.delete(`/api/v1/me/sessions/${id}`), 404, 'not_found');
    assert.equal((await elsewhere.get('/api/v1/session')).status, 200);
    assert.equal((await one.browser.delete(`/api/v1/me/sessions/${id}`)).status, 204);
    refused(await elsewhere.get('/api/v1/session'), 401, 'no_session');
    assert.equal((await one.browser.get('/api/v1/session')).status, 200);
  });

  test('name and language are the person’s own to change', async () => {
    const { browser } = await person();
    assert.equal((await browser.get('/api/v1/me')).body.language, null);
    const german = await browser.patch('/api/v1/me', { language: 'de' });
    assert.deepEqual([german.status, german.body.language], [200, 'de']);
    assert.equal((await browser.patch('/api/v1/me', { name: 'Zoë' })).body.language, 'de');
    assert.equal((await browser.patch('/api/v1/me', { language: null })).body.language, null);
    for (const language of ['', 'de_DE', 'x'.repeat(36), 7]) {
      refused(await browser.patch('/api/v1/me', { language }), 400, 'malformed');
    }
    assert.deepEqual((await browser.get('/api/v1/me')).body.name, 'Zoë');
  });
});
