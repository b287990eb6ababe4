import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { askPush, begin, enrol, password, refused, signIn } from '../support/people.ts';
import { totpCode } from '../support/totp.ts';

const minute = 60_000; // ms

/** Verification codes of any authenticator app: enrolled, used once, locked, cleared; by themselves, whatever else there is. */
forEachEngine((engine) => {
  let server: InProcess;
  before(async () => {
    server = await startInProcess(engine);
  });
  after(() => server[Symbol.asyncDispose]());

  let people = 0;
  async function newcomer(): Promise<{ login: string; browser: Browser }> {
    const login = `coder-${(people += 1)}`;
    await server.addPerson(login);
    const browser = new Browser(server.url);
    const { id, state } = await begin(browser, login);
    assert.equal(state, 'enrollment_required');
    assert.equal((await browser.post(`/api/v1/authentications/${id}/complete`)).status, 200);
    return { login, browser };
  }
  const code = (secret: string, steps = 0) => totpCode(secret, server.now(), steps);
  async function addTotp(browser: Browser): Promise<{ id: string; secret: string; otpauth_uri: string }> {
    const begun = await browser.post('/api/v1/me/totp');
    assert.equal(begun.status, 201, JSON.stringify(begun.body));
    const { id, secret } = begun.body;
    const confirmed = await browser.post(`/api/v1/me/totp/${id}/confirm`, { code: code(secret) });
    assert.equal(confirmed.status, 200, JSON.stringify(confirmed.body));
    return begun.body;
  }
  /** Somebody whose only factor it is; the code that confirmed it is half a minute ago. */
  async function coder() {
    const one = await newcomer();
    const totp = await addTotp(one.browser);
    server.advance(minute);
    return { ...one, ...totp, totpId: totp.id };
  }
  const tryCode = (browser: Browser, id: string, typed: string) =>
    browser.post(`/api/v1/authentications/${id}/totp`, { code: typed });
  const kinds = async (browser: Browser) =>
    (await browser.get('/api/v1/me/factors')).body.items.map(({ kind }: { kind: string }) => kind);
  test('as a first factor: the session is full once a code confirms it, and the token changes', async () => {
    const { browser, login } = await newcomer();
    const begun = await browser.post('/api/v1/me/totp');
    assert.match(begun.body.secret, /^[A-Z2-7]{32}$/, '160 bits');
    const uri = new URL(begun.body.otpauth_uri);
    assert.equal(uri.searchParams.get('secret'), begun.body.secret);
    assert.deepEqual(await kinds(browser), [], 'nothing is enrolled before a code confirms it');
    refused(await browser.get('/api/v1/me/sessions'), 403, 'enrollment_required');
    const before = browser.cookies.get('countersign-session');
    const path = `/api/v1/me/totp/${begun.body.id}/confirm`;
    const wrong = await browser.post(path, { code: '000000' });
    refused(wrong, 422, 'wrong_code');
    assert.equal(wrong.body.tries_left, 4);
    assert.equal((await browser.post(path, { code: code(begun.body.secret) })).status, 200);
    const session = await browser.get('/api/v1/session');
    assert.deepEqual([session.body.acr, session.body.amr], ['urn:countersign:aal2', ['pwd', 'otp', 'mfa']]);
    assert.notEqual(browser.cookies.get('countersign-session'), before);
    assert.deepEqual(await kinds(browser), ['totp']);
    assert.deepEqual(await server.mailsTo(login), ['Verification codes were set up']);
    refused(await browser.post(path, { code: code(begun.body.secret, 1) }), 404, 'not_found');
  });

  test('a sign-in with a code: aal2, and the browser is known from then on', async () => {
    const { login, secret } = await coder();
    const elsewhere = new Browser(server.url);
    const begun = await begin(elsewhere, login);
    assert.deepEqual(
      [begun.state, begun.factors, begun.preferred],
      ['challenge', [{ kind: 'totp' }], 'totp'],
    );
    refused(await elsewhere.post(`/api/v1/authentications/${begun.id}/push`), 409, 'factor_not_offered');
    refused(await elsewhere.post(`/api/v1/authentications/${begun.id}/complete`), 409, 'not_ready');
    const typed = code(secret).replace(/^.../, '$& ');
    const ready = await tryCode(elsewhere, begun.id, typed);
    assert.deepEqual([ready.status, ready.body.state], [200, 'ready'], 'spaces between groups do not count');
    assert.equal((await elsewhere.post(`/api/v1/authentications/${begun.id}/complete`)).status, 200);
    const { acr, amr } = (await elsewhere.get('/api/v1/session')).body;
    assert.deepEqual([acr, amr], ['urn:countersign:aal2', ['pwd', 'otp', 'mfa']]);
  });

  test('the step before and the step after are taken, no other; a code that was used is used', async () => {
    const { login, secret } = await coder();
    const browser = new Browser(server.url);
    const { id } = await begin(browser, login);
    for (const steps of [-2, 2]) refused(await tryCode(browser, id, code(secret, steps)), 422, 'wrong_code');
    assert.equal((await tryCode(browser, id, code(secret, -1))).status, 200);
    const next = await begin(browser, login);
    refused(await tryCode(browser, next.id, code(secret, -1)), 422, 'code_already_used');
    assert.equal((await tryCode(browser, next.id, code(secret, 1))).status, 200);
    const last = await begin(browser, login);
    // Older than one that was used: spent with it.
    refused(await tryCode(browser, last.id, code(secret)), 422, 'code_already_used');
  });

  test('the code that confirmed it signs nobody in', async () => {
    const { login, browser } = await newcomer();
    const { secret } = await addTotp(browser);
    const elsewhere = new Browser(server.url);
    const { id } = await begin(elsewhere, login);
    refused(await tryCode(elsewhere, id, code(secret)), 422, 'code_already_used');
  });

  test('one code, 50 tries at once over many sign-ins: one lets in', async () => {
    const { login, secret } = await coder();
    const browsers = Array.from({ length: 10 }, () => new Browser(server.url));
    const begun: { browser: Browser; id: string }[] = [];
    for (const browser of browsers) {
      for (let n = 0; n < 5; n += 1) begun.push({ browser, id: (await begin(browser, login)).id as string });
    }
    const typed = code(secret);
    const answers = await Promise.all(begun.map(({ browser, id }) => tryCode(browser, id, typed)));
    assert.equal(answers.filter(({ status }) => status === 200).length, 1);
    for (const answer of answers.filter(({ status }) => status !== 200))
      refused(answer, 422, 'code_already_used');
  });

  test('anything but six digits is wrong, also where it holds the right ones', async () => {
    const { login, secret } = await coder();
    const browser = new Browser(server.url);
    const { id } = await begin(browser, login);
    const right = code(secret);
    const odd = [right.slice(0, 5), right[0]!, `${right}0`, ''];
    for (const typed of odd) refused(await tryCode(browser, id, typed), 422, 'wrong_code');
    refused(await browser.post(`/api/v1/authentications/${id}/totp`, { code: 123456 }), 400, 'malformed');
    refused(await browser.post(`/api/v1/authentications/${id}/totp`, { code: null }), 400, 'malformed');
    refused(await browser.post(`/api/v1/authentications/${id}/totp`, {}), 400, 'malformed');
    assert.equal((await tryCode(browser, id, right)).status, 200);
  });

  test('wrong codes lock the factor and not the account, over sign-ins and sessions, for a while; the owner is told', async () => {
    const { login, browser: known, secret } = await coder();
    await known.get('/api/v1/session');
    // A phone too: by a step-up with the code.
    const { browser, phone } = await withPhone(known, login, secret);
    server.advance(minute);
    phone.now = server.now;
    for (let n = 0; n < 5; n += 1) {
      const stranger = new Browser(server.url);
      const { id } = await begin(stranger, login);
      const answer = await tryCode(stranger, id, '000000');
      refused(answer, 422, 'wrong_code');
      assert.equal(answer.body.tries_left, 4 - n);
    }
    const stranger = new Browser(server.url);
    const { id } = await begin(stranger, login);
    const locked = await tryCode(stranger, id, code(secret));
    refused(locked, 423, 'factor_locked');
    assert.ok(Number(locked.headers.get('retry-after')) > 0);
    refused(await browser.post('/api/v1/me/totp/reset', { code: code(secret) }), 423, 'factor_locked');
    assert.ok((await server.mailsTo(login)).includes('Wrong codes were typed for your account'));
    // The account is open by another way.
    await signIn(new Browser(server.url), phone, login);
    server.advance(6_000);
    const again = await begin(stranger, login);
    assert.equal((await tryCode(stranger, again.id, code(secret))).status, 200);
  });

  test('a hundred wrong codes in a row are the most ever, however many quiet days are between them; other codes count anew', async () => {
    const { purgeAttempts } = await import('../../apps/server/src/platform/rate-limits/store.ts');
    const { login, browser: known, secret, totpId } = await coder();
    await known.get('/api/v1/session');
    const { browser, phone } = await withPhone(known, login, secret);
    const stranger = new Browser(server.url);
    const typeOne = async (typed: string) => {
      const { id } = await begin(stranger, login);
      return tryCode(stranger, id, typed);
    };
    const aQuietDay = async () => {
      server.advance(25 * 60 * minute);
      await purgeAttempts.run(server.store, { now: server.now() });
    };
    for (let n = 0; n < 100; n += 1) {
      if (n % 33 === 0) await aQuietDay();
      else server.advance(16 * minute);
      refused(await typeOne('000000'), 422, 'wrong_code');
    }
    for (let days = 0; days < 3; days += 1) {
      await aQuietDay();
      refused(await typeOne(code(secret)), 423, 'factor_locked');
    }
    phone.now = server.now;
    await signIn(browser, phone, login);
    assert.equal((await browser.delete(`/api/v1/me/totp/${totpId}`)).status, 204);
    await addTotp(browser);
  });

  test('a right code forgets the wrong ones before it', async () => {
    const { login, secret } = await coder();
    const browser = new Browser(server.url);
    const { id } = await begin(browser, login);
    for (let n = 0; n < 4; n += 1) refused(await tryCode(browser, id, '000000'), 422, 'wrong_code');
    assert.equal((await tryCode(browser, id, code(secret))).status, 200);
    const next = await begin(browser, login);
    const wrong = await tryCode(browser, next.id, '000000');
    refused(wrong, 422, 'wrong_code');
    assert.equal(wrong.body.tries_left, 4);
  });

  test('while they are set up too, wrong codes lock them, for a right one as well', async () => {
    const { browser, login } = await newcomer();
    const { id, secret } = (await browser.post('/api/v1/me/totp')).body;
    const path = `/api/v1/me/totp/${id}/confirm`;
    for (let n = 0; n < 5; n += 1) refused(await browser.post(path, { code: '000000' }), 422, 'wrong_code');
    refused(await browser.post(path, { code: code(secret) }), 423, 'factor_locked');
    assert.deepEqual(await kinds(browser), []);
    assert.ok((await server.mailsTo(login)).includes('Wrong codes were typed for your account'));
    server.advance(6_000);
    assert.equal((await browser.post(path, { code: code(secret) })).status, 200);
  });

  /** Enrols a phone beside the codes, as the same person. */
  async function withPhone(browser: Browser, login: string, secret: string) {
    const { Phone } = await import('../support/phone.ts');
    const stepUp = { purpose: 'step_up', resource: 'act:factors' };
    const { id } = (await browser.post('/api/v1/authentications', stepUp)).body;
    assert.equal((await tryCode(browser, id, code(secret))).status, 200);
    assert.equal((await browser.post(`/api/v1/authentications/${id}/complete`)).status, 200);
    const activation = await browser.post('/api/v1/me/activations');
    assert.equal(activation.status, 201, JSON.stringify(activation.body));
    const phone = await Phone.create(server.url, `Phone of ${login}`, server.now);
    assert.equal((await phone.activate(activation.body.code)).status, 201);
    return { browser, phone };
  }

  test('right codes of parallel tries that came too late are refused: the lock holds in the middle too', async () => {
    const { login, secret } = await coder();
    const browser = new Browser(server.url);
    const { id } = await begin(browser, login);
    const tries = [...Array.from({ length: 30 }, () => '000000'), code(secret)];
    const answers = await Promise.all(tries.map((typed) => tryCode(browser, id, typed)));
    const told = answers.filter(({ body }) => body.code === 'wrong_code').length;
    assert.ok(told <= 5, `${told} wrong codes were told to be wrong`);
  });

  test('success by a code cancels the push that waits, and the other way round nothing is left open', async () => {
    const { login, browser: known, secret } = await coder();
    const { phone } = await withPhone(known, login, secret);
    server.advance(minute);
    phone.now = server.now;
    const browser = new Browser(server.url);
    const begun = await begin(browser, login);
    assert.deepEqual(
      begun.factors.map(({ kind }: { kind: string }) => kind),
      ['push', 'totp'],
    );
    await askPush(browser, begun.id);
    const request = await phone.request();
    const ready = await tryCode(browser, begun.id, code(secret));
    assert.deepEqual([ready.body.state, ready.body.push.state], ['ready', 'cancelled']);
    refused(
      await phone.answer(request, 'approve', { number: ready.body.push.number }),
      409,
      'request_already_answered',
    );
    // A second code for what is ready already.
    refused(await tryCode(browser, begun.id, code(secret, 1)), 409, 'authentication_over');
    // What was used last is offered first.
    assert.equal((await begin(new Browser(server.url), login)).preferred, 'totp');
  });

  test('another’s code, sign-in or factor is nobody’s', async () => {
    const one = await coder();
    const other = await coder();
    const browser = new Browser(server.url);
    const { id } = await begin(browser, one.login);
    refused(await tryCode(browser, id, code(other.secret)), 422, 'wrong_code');
    refused(await tryCode(new Browser(server.url), id, code(one.secret)), 404, 'not_found');
    refused(await other.browser.delete(`/api/v1/me/totp/${one.totpId}`), 404, 'not_found');
    const pending = await newcomer();
    const begun = (await pending.browser.post('/api/v1/me/totp')).body;
    const confirm = { code: code(begun.secret) };
    refused(await other.browser.post(`/api/v1/me/totp/${begun.id}/confirm`, confirm), 404, 'not_found');
  });

  test('reset: a current code clears it and is the step-up, also for enrolling again right after', async () => {
    const { browser, secret, login } = await coder();
    server.advance(5 * minute);
    refused(await browser.post('/api/v1/me/totp'), 403, 'step_up_required');
    refused(await browser.post('/api/v1/me/totp/reset', { code: '000000' }), 422, 'wrong_code');
    assert.deepEqual(await kinds(browser), ['totp']);
    assert.equal((await browser.post('/api/v1/me/totp/reset', { code: code(secret) })).status, 204);
    assert.deepEqual(await kinds(browser), []);
    assert.ok((await server.mailsTo(login)).includes('Verification codes were removed'));
    const again = await browser.post('/api/v1/me/totp');
    assert.equal(again.status, 201, JSON.stringify(again.body));
    assert.notEqual(again.body.secret, secret);
    const confirm = { code: code(again.body.secret) };
    assert.equal((await browser.post(`/api/v1/me/totp/${again.body.id}/confirm`, confirm)).status, 200);
    refused(await browser.post('/api/v1/me/totp'), 409, 'factor_exists');
    refused(await browser.post('/api/v1/me/totp/reset', { code: code(secret, 1) }), 422, 'wrong_code');
  });

  test('cleared and not set up again: the next sign-in needs a code of the help desk, never the password alone', async () => {
    const { browser, secret, login } = await coder();
    assert.equal((await browser.post('/api/v1/me/totp/reset', { code: code(secret) })).status, 204);
    const { state, factors, id } = await begin(new Browser(server.url), login);
    assert.deepEqual([state, factors], ['enrollment_required', []]);
    refused(await new Browser(server.url).post(`/api/v1/authentications/${id}/complete`), 404, 'not_found');
  });

  test('removing wants a step-up, and so does setting up a second factor beside a phone', async () => {
    const login = `coder-${(people += 1)}`;
    await server.addPerson(login);
    const { browser, phone } = await enrol(server, login);
    await browser.get('/api/v1/session');
    server.advance(5 * minute + 1);
    phone.now = server.now;
    refused(await browser.post('/api/v1/me/totp'), 403, 'step_up_required');
    await signIn(browser, phone, login);
    const { id } = await addTotp(browser);
    assert.deepEqual(await kinds(browser), ['push', 'totp']);
    server.advance(5 * minute + 1);
    phone.now = server.now;
    refused(await browser.delete(`/api/v1/me/totp/${id}`), 403, 'step_up_required');
    await signIn(browser, phone, login);
    assert.equal((await browser.delete(`/api/v1/me/totp/${id}`)).status, 204);
    assert.deepEqual(await kinds(browser), ['push'], 'each by itself');
  });

  test('a session that the password alone opened confirms nothing once somebody else has enrolled', async () => {
    const { login, browser } = await newcomer();
    const begun = (await browser.post('/api/v1/me/totp')).body;
    const thief = new Browser(server.url);
    const { id } = await begin(thief, login);
    await thief.post(`/api/v1/authentications/${id}/complete`);
    const stolen = (await thief.post('/api/v1/me/totp')).body;
    // A newer one takes the place of the older, whoever began it.
    refused(
      await browser.post(`/api/v1/me/totp/${begun.id}/confirm`, { code: code(begun.secret) }),
      404,
      'not_found',
    );
    const mine = (await browser.post('/api/v1/me/totp')).body;
    assert.equal(
      (await browser.post(`/api/v1/me/totp/${mine.id}/confirm`, { code: code(mine.secret) })).status,
      200,
    );
    const late = await thief.post(`/api/v1/me/totp/${stolen.id}/confirm`, { code: code(stolen.secret) });
    assert.ok([401, 403, 404].includes(late.status), JSON.stringify(late.body));
    refused(await thief.get('/api/v1/session'), 401, 'no_session');
  });

  test('twenty secrets a quarter of an hour, and no more', async () => {
    const { browser } = await newcomer();
    for (let n = 0; n < 20; n += 1) assert.equal((await browser.post('/api/v1/me/totp')).status, 201);
    const answer = await browser.post('/api/v1/me/totp');
    refused(answer, 429, 'too_many_requests');
    assert.ok(Number(answer.headers.get('retry-after')) > 0);
    server.advance(15 * minute);
    assert.equal((await browser.post('/api/v1/me/totp')).status, 201);
  });

  test('a secret that waits changes nothing of the one that is there, and ends after ten minutes', async () => {
    const { browser } = await newcomer();
    const { id, secret } = (await browser.post('/api/v1/me/totp')).body;
    server.advance(10 * minute + 1);
    refused(await browser.post(`/api/v1/me/totp/${id}/confirm`, { code: code(secret) }), 404, 'not_found');
  });

  test('the organisation does not use codes: none is set up, none is offered, and nobody falls back to the password', async () => {
    const { login, secret } = await coder();
    const { browser } = await newcomer();
    const allowed = async () => (await browser.get('/api/v1/me/factors')).body.allowed;
    assert.deepEqual(await allowed(), ['push', 'totp', 'passkey', 'recovery_code']);
    await server.patchSettings({ mfa: { factors: ['push'] } });
    try {
      assert.deepEqual(await allowed(), ['push']);
      await server.patchSettings({ push: { enabled: false } });
      assert.deepEqual(await allowed(), []);
      await server.patchSettings({ push: { enabled: null } });
      refused(await browser.post('/api/v1/me/totp'), 403, 'factor_disabled');
      const stranger = new Browser(server.url);
      refused(
        await stranger.post('/api/v1/authentications', { purpose: 'portal_login', login, password }),
        403,
        'no_allowed_factor',
      );
    } finally {
      await server.patchSettings({ mfa: { factors: null } });
    }
    const stranger = new Browser(server.url);
    const { id } = await begin(stranger, login);
    assert.equal((await tryCode(stranger, id, code(secret))).status, 200);
  });

  test('codes that the organisation switched off are not cleared with one, and raise the session for nothing', async () => {
    const { login, browser: known, secret, totpId } = await coder();
    await known.get('/api/v1/session');
    const { browser, phone } = await withPhone(known, login, secret);
    server.advance(6 * minute);
    await server.patchSettings({ mfa: { factors: ['push', 'passkey'] } });
    try {
      const clear = { code: code(secret) };
      refused(await browser.post('/api/v1/me/totp/reset', clear), 403, 'factor_disabled');
      refused(await browser.post('/api/v1/me/activations'), 403, 'step_up_required');
      refused(await browser.post('/api/v1/me/passkeys/options'), 403, 'step_up_required');
      // Removing wants a step-up with what is left.
      phone.now = server.now;
      await signIn(browser, phone, login);
      assert.equal((await browser.delete(`/api/v1/me/totp/${totpId}`)).status, 204);
      assert.deepEqual(await kinds(browser), ['push']);
    } finally {
      await server.patchSettings({ mfa: { factors: null } });
    }
  });

  test('where a rule takes no code at the portal, clearing with one raises the session for nothing', async () => {
    const { login, browser: known, secret } = await coder();
    await known.get('/api/v1/session');
    const { browser } = await withPhone(known, login, secret);
    server.advance(6 * minute);
    const last = await coder();
    const at = '/api/v1/admin/policies';
    await server.addPerson(`rules-${people}`, { role: 'owner' });
    const { browser: owner, phone } = await enrol(server, `rules-${people}`);
    await signIn(owner, phone, `rules-${people}`, 'admin_login');
    const put = async (...rules: object[]) => {
      const answer = await owner.call('PUT', at, { rules }, { 'if-match': (await owner.get(at)).body.etag });
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
    };
    const all = { enabled: true, who: null, networks: null, familiar: null, when: null };
    await put({ ...all, id: 'push', name: 'Push alone', what: ['portal'], effect: { factors: ['push'] } });
    try {
      assert.equal((await browser.post('/api/v1/me/totp/reset', { code: code(secret) })).status, 204);
      assert.deepEqual(await kinds(browser), ['push']);
      refused(await browser.post('/api/v1/me/activations'), 403, 'step_up_required');
      refused(await browser.post('/api/v1/me/totp'), 403, 'step_up_required');
      const clear = { code: code(last.secret) };
      refused(await last.browser.post('/api/v1/me/totp/reset', clear), 403, 'factor_disabled');
      assert.deepEqual(await kinds(last.browser), ['totp'], 'what is the last stays');
    } finally {
      await put();
    }
  });

  test('no answer but the one that sets it up has the secret in it', async () => {
    const { browser, secret } = await coder();
    for (const path of ['/api/v1/me', '/api/v1/me/factors', '/api/v1/me/activity', '/api/v1/session']) {
      const { body, status } = await browser.get(path);
      assert.equal(status, 200);
      assert.ok(!JSON.stringify(body).includes(secret));
    }
    const rows = await server.store.query(
      { text: 'SELECT secret FROM totp_factors', names: [] } as never,
      {},
    );
    assert.ok(rows.length > 0 && !JSON.stringify(rows).includes(secret), 'sealed in the store');
  });
});
