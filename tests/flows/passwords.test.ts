import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { askPush, begin, enrol, password, refused, signIn } from '../support/people.ts';

/** The first factor: nothing tells who exists, and guessing is slow without locking anybody out. */
forEachEngine((engine) => {
  let server: InProcess;
  before(async () => {
    server = await startInProcess(engine);
  });
  after(() => server[Symbol.asyncDispose]());

  const attempt = (browser: Browser, login: string, typed = 'not the password') =>
    browser.post('/api/v1/authentications', { purpose: 'portal_login', login, password: typed });

  test('unknown login, wrong password, suspended and invited people: one answer', async () => {
    await server.addPerson('known');
    for (const [login, state] of [
      ['suspended', 'suspended'],
      ['invited', 'invited'],
    ] as const) {
      await server.addPerson(login);
      await server.store.query(
        { text: 'UPDATE users SET state = :state WHERE login = :login', names: ['state', 'login'] } as never,
        { state, login },
      );
    }
    const browser = new Browser(server.url);
    const bodies = [];
    for (const [login, typed] of [
      ['known'],
      ['nobody'],
      ['nobody@example.com'],
      ['suspended', password],
      ['invited', password],
    ] as const) {
      const answer = await attempt(browser, login, typed);
      refused(answer, 401, 'invalid_credentials');
      bodies.push({ ...answer.body, server_time: '' });
    }
    for (const body of bodies) assert.deepEqual(body, bodies[0]);
  });

  test('median time of unknown login and wrong password over 200 interleaved tries, within 15 %', async (context) => {
    for (let n = 0; n < 100; n += 1) await server.addPerson(`timed-${n}`);
    const browser = new Browser(server.url);
    const measure = async (): Promise<number> => {
      const times: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] };
      for (let n = 0; n < 200; n += 1) {
        const kind = n % 2 ? 'known' : 'unknown';
        const start = performance.now();
        const answer = await attempt(browser, kind === 'known' ? `timed-${(n - 1) / 2}` : `nobody-${n}`);
        times[kind].push(performance.now() - start);
        refused(answer, 401, 'invalid_credentials');
      }
      const median = (values: number[]) => values.sort((a, b) => a - b)[values.length / 2]!;
      return median(times.known) / median(times.unknown);
    };
    // The machine is shared: one quiet run of three is what counts. A difference in the code would show in all.
    const ratios: number[] = [];
    for (let run = 0; run < 3 && !ratios.some((ratio) => Math.abs(ratio - 1) <= 0.15); run += 1) {
      ratios.push(await measure());
      server.advance(2 * 24 * 3_600_000);
    }
    context.diagnostic(`known / unknown: ${ratios.map((ratio) => ratio.toFixed(3)).join(', ')}`);
    assert.ok(Math.abs(ratios.at(-1)! - 1) <= 0.15, `known / unknown: ${ratios.join(', ')}`);
  });

  test('five wrong tries are free, then the wait doubles; the same for a login that does not exist', async () => {
    await server.addPerson('guessed');
    for (const login of ['guessed', 'never-existed']) {
      const browser = new Browser(server.url);
      for (let n = 0; n < 5; n += 1) refused(await attempt(browser, login), 401, 'invalid_credentials');
      const blocked = await attempt(browser, login);
      refused(blocked, 429, 'too_many_requests');
      assert.equal(Number(blocked.headers.get('retry-after')), 5, login);
      server.advance(5_001);
      refused(await attempt(browser, login), 401, 'invalid_credentials');
      assert.equal(Number((await attempt(browser, login)).headers.get('retry-after')), 10, login);
      server.advance(20_000);
    }
  });

  test('the right password during a block learns nothing, and afterwards signs in and forgets the failures', async () => {
    await server.addPerson('forgetful');
    const browser = new Browser(server.url);
    for (let n = 0; n < 5; n += 1) await attempt(browser, 'forgetful');
    refused(await attempt(browser, 'forgetful', password), 429, 'too_many_requests');
    server.advance(5_001);
    assert.equal((await attempt(browser, 'forgetful', password)).status, 201);
    for (let n = 0; n < 5; n += 1) refused(await attempt(browser, 'forgetful'), 401, 'invalid_credentials');
  });

  test('guesses that are in flight together when the block begins: at most five learn anything', async () => {
    await server.addPerson('burst');
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => attempt(new Browser(server.url), 'burst')),
    );
    const told = answers.filter(({ status }) => status === 401).length;
    assert.ok(told <= 5, `${told} were told that the password is wrong`);
  });

  test('a stranger’s tries do not shut out the real user at their own browser', async () => {
    await server.addPerson('victim');
    const { browser } = await enrol(server, 'victim');
    const stranger = new Browser(server.url);
    for (let n = 0; n < 8; n += 1) await attempt(stranger, 'victim');
    refused(await attempt(stranger, 'victim', password), 429, 'too_many_requests');
    assert.equal((await begin(browser, 'victim')).state, 'challenge');
  });

  test('after 100 failures in a row the password opens nothing from unfamiliar browsers, until it is unlocked', async () => {
    await server.addPerson('hundred');
    const { browser } = await enrol(server, 'hundred');
    const stranger = new Browser(server.url);
    for (let n = 0; n < 100; n += 1) {
      // By login and by e-mail address in turn: both count for the one person.
      refused(await attempt(stranger, n % 2 ? 'hundred' : 'hundred@example.com'), 401, 'invalid_credentials');
      server.advance(16 * 60_000);
    }
    refused(await attempt(stranger, 'hundred', password), 401, 'invalid_credentials');
    assert.equal((await begin(browser, 'hundred')).state, 'challenge', 'their own browser goes on');
    const { purgeAttempts } = await import('../../apps/server/src/platform/rate-limits/store.ts');
    for (let days = 0; days < 2; days += 1) {
      server.advance(2 * 24 * 3_600_000);
      await purgeAttempts.run(server.store, { now: server.now() });
      refused(await attempt(stranger, 'hundred', password), 401, 'invalid_credentials');
    }
  });

  test('waiting hashes are bounded: past the bound 429 at once, and no 5xx', async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, n) => attempt(new Browser(server.url), `crowd-${n}`)),
    );
    const statuses = new Set(answers.map(({ status }) => status));
    assert.deepEqual([...statuses].sort(), [401, 429]);
  });

  test('changing the password: the present one, strength, other browsers out, a mail', async () => {
    await server.addPerson('changer');
    const { browser, phone } = await enrol(server, 'changer');
    const change = (body: object) => browser.post('/api/v1/me/password', body);
    refused(await change({ current: 'wrong', new: 'another good passphrase' }), 401, 'invalid_credentials');
    for (const weak of ['short', 'password1', 'aaaaaaaaaaaa', 'changer@example.com', password]) {
      const answer = await change({ current: password, new: weak });
      refused(answer, 422, 'weak_password');
      assert.ok(answer.body.reasons.length > 0);
    }
    const elsewhere = new Browser(server.url);
    await signIn(elsewhere, phone, 'changer');
    assert.equal((await change({ current: password, new: 'another good passphrase' })).status, 204);
    refused(await elsewhere.get('/api/v1/session'), 401, 'no_session');
    assert.equal((await browser.get('/api/v1/session')).status, 200, 'the browser that changed it stays');
    const mails = await server.store.query(
      { text: "SELECT subject FROM mails WHERE recipient = 'changer@example.com'", names: [] } as never,
      {},
    );
    assert.ok(mails.some(({ subject }) => subject === 'Your password was changed'));
    refused(await attempt(new Browser(server.url), 'changer', password), 401, 'invalid_credentials');
    assert.equal((await attempt(new Browser(server.url), 'changer', 'another good passphrase')).status, 201);
  });

  const another = 'another good passphrase';
  const complete = (browser: Browser, id: string) => browser.post(`/api/v1/authentications/${id}/complete`);
  /** Somebody whose password is all that they have, signed in with it in an organisation that asks for no more. */
  async function signedInByPassword(login: string): Promise<Browser> {
    await server.addPerson(login);
    await server.patchSettings({ mfa: { required: false } });
    const browser = new Browser(server.url);
    const { id } = await begin(browser, login);
    assert.equal((await complete(browser, id)).status, 200);
    return browser;
  }

  test('changing the password ends every sign-in that the old one began, whatever it waits for', async () => {
    await server.addPerson('followed');
    const { browser, phone } = await enrol(server, 'followed');
    const thief = new Browser(server.url);
    const challenged = await begin(thief, 'followed');
    await askPush(thief, challenged.id);
    assert.equal(
      (await browser.post('/api/v1/me/password', { current: password, new: another })).status,
      204,
    );
    assert.deepEqual(await phone.requests(), []);
    refused(await thief.post(`/api/v1/authentications/${challenged.id}/push`), 409, 'authentication_over');

    const bare = await signedInByPassword('followed-too');
    const ready = await begin(thief, 'followed-too');
    await server.patchSettings({ mfa: { required: true } });
    const enrolling = await begin(thief, 'followed-too');
    assert.deepEqual([ready.state, enrolling.state], ['ready', 'enrollment_required']);
    // Else the session has nothing to do but enrol.
    await server.patchSettings({ mfa: { required: false } });
    assert.equal((await bare.post('/api/v1/me/password', { current: password, new: another })).status, 204);
    for (const { id } of [ready, enrolling]) refused(await complete(thief, id), 409, 'not_ready');
    assert.equal((await bare.get('/api/v1/session')).status, 200, 'the browser that changed it stays');
    await server.patchSettings({ mfa: { required: true } });
  });

  test('guesses at the present password are counted like those at a sign-in, also when they come together', async () => {
    await server.addPerson('guessed-at');
    const { browser } = await enrol(server, 'guessed-at');
    await browser.get('/api/v1/session');
    const guess = (current: string) => browser.post('/api/v1/me/password', { current, new: another });
    const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => guess(`guess ${n}`)));
    const told = answers.filter(({ status }) => status === 401).length;
    assert.ok(told <= 5, `${told} were told that the password is wrong`);
    const blocked = await guess(password);
    refused(blocked, 429, 'too_many_requests');
    server.advance(Number(blocked.headers.get('retry-after')) * 1000 + 1);
    assert.equal((await guess(password)).status, 204);
  });

  test('of several changes at once one holds: the others’ present password is the present one no more', async () => {
    const browser = await signedInByPassword('undecided');
    const answers = await Promise.all(
      Array.from({ length: 5 }, (_, n) =>
        browser.post('/api/v1/me/password', { current: password, new: `${another} ${n}` }),
      ),
    );
    const statuses = answers.map(({ status }) => status).sort();
    assert.deepEqual(statuses, [204, 401, 401, 401, 401]);
    await server.patchSettings({ mfa: { required: true } });
  });

  test('of sign-ins whose password is looked at while it changes, none is left with the old one', async () => {
    const browser = await signedInByPassword('hurried');
    const tries: Promise<string | undefined>[] = [];
    const thieves: Browser[] = [];
    let changed = false;
    const changing = browser
      .post('/api/v1/me/password', { current: password, new: another })
      .finally(() => (changed = true));
    // Always some under way, however long the change takes.
    while (!changed) {
      for (let n = 0; n < 4; n += 1) {
        const thief = new Browser(server.url);
        thieves.push(thief);
        tries.push(attempt(thief, 'hurried', password).then(({ body }) => body.id));
      }
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    assert.equal((await changing).status, 204);
    const begun = await Promise.all(tries);
    for (const [n, thief] of thieves.entries()) {
      if (begun[n] !== undefined) refused(await complete(thief, begun[n]), 409, 'not_ready');
    }
    await server.patchSettings({ mfa: { required: true } });
  });
});
