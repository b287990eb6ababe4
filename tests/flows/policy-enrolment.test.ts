import type { FactorKind, PolicyRule } from '@countersign/protocol/wire';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { begin, enrol, refused, signIn } from '../support/people.ts';
import { Phone } from '../support/phone.ts';
import { totpCode } from '../support/totp.ts';
import { SoftwareVerificationKey } from '../support/verification-key.ts';

const at = '/api/v1/admin/policies';
const minute = 60_000; // ms

/** Rules about enrolling: who may set up which factor, on every way there is to one. */
forEachEngine((engine) => {
  let server: InProcess;
  let owner: Browser;
  let ownerId: string;
  before(async () => {
    server = await startInProcess(engine);
    ({ id: ownerId } = await server.addPerson('boss', { role: 'owner' }));
    const { browser, phone } = await enrol(server, 'boss');
    owner = browser;
    await signIn(owner, phone, 'boss', 'admin_login');
  });
  after(() => server[Symbol.asyncDispose]());

  let made = 0;
  const rule = (more: Partial<PolicyRule>): PolicyRule => ({
    id: `rule-${(made += 1)}`,
    name: 'Who enrols what',
    enabled: true,
    who: null,
    what: ['enrollment'],
    networks: null,
    familiar: null,
    when: null,
    effect: {},
    ...more,
  });
  const tryPut = async (rules: PolicyRule[]) =>
    owner.call('PUT', at, { rules }, { 'if-match': (await owner.get(at)).body.etag });
  async function put(...rules: PolicyRule[]) {
    const { status, body } = await tryPut(rules);
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  }
  /** These, and nobody else, may enrol these kinds. */
  const only = (ids: string[], ...factors: FactorKind[]) =>
    put(
      rule({
        who: { users: ids, groups: [] },
        effect: factors.length > 0 ? { factors } : { deny: true },
      }),
    );
  const simulate = async (user_id: string, more: object = {}) =>
    (await owner.post(`${at}/simulate`, { user_id, target: 'portal', ip: null, ...more })).body;
  /** Signed in with the password alone, and led to enrol. */
  async function newcomer() {
    const login = `enrolling-${(made += 1)}`;
    const { id } = await server.addPerson(login);
    const browser = new Browser(server.url);
    const begun = await begin(browser, login);
    assert.equal(begun.state, 'enrollment_required');
    assert.equal((await browser.post(`/api/v1/authentications/${begun.id}/complete`)).status, 200);
    return { id, login, browser };
  }
  async function holder() {
    const login = `enrolled-${(made += 1)}`;
    const { id } = await server.addPerson(login);
    return { id, login, ...(await enrol(server, login)) };
  }
  const allowed = async (browser: Browser) => (await browser.get('/api/v1/me/factors')).body.allowed;
  const creation = async (browser: Browser) => {
    const options = await browser.post('/api/v1/me/passkeys/options');
    if (options.status !== 200) return options;
    const { challenge } = options.body.webauthn;
    const webauthn = new SoftwareVerificationKey().register({
      rpId: 'localhost',
      origin: server.url,
      challenge,
    });
    return { ...options, webauthn };
  };
  const keep = (browser: Browser, webauthn: unknown) =>
    browser.post('/api/v1/me/passkeys', { name: 'Laptop', webauthn });
  const activate = (browser: Browser) => browser.post('/api/v1/me/activations');
  const beginTotp = (browser: Browser) => browser.post('/api/v1/me/totp');
  const codes = (browser: Browser) => browser.post('/api/v1/me/recovery-codes');

  test('forced enrolment: only what the rule names can be set up, with the code of a factor that is off for the others', async () => {
    const one = await newcomer();
    const other = await newcomer();
    await only([one.id], 'passkey');
    assert.deepEqual(await allowed(one.browser), ['passkey']);
    refused(await activate(one.browser), 403, 'push_disabled');
    refused(await beginTotp(one.browser), 403, 'factor_disabled');
    assert.deepEqual(await allowed(other.browser), ['push', 'totp', 'passkey', 'recovery_code']);
    assert.equal((await activate(other.browser)).status, 201);
    const { webauthn } = (await creation(one.browser)) as { webauthn: object };
    assert.equal((await keep(one.browser, webauthn)).status, 201);
    // A session that is full now, too.
    refused(await codes(one.browser), 403, 'factor_disabled');
    await only([one.id], 'totp', 'recovery_code');
    assert.equal((await codes(one.browser)).status, 201);
    refused(await creation(one.browser), 403, 'factor_disabled');
    // What is enrolled is good all the same: the rule is about enrolling.
    assert.equal((await begin(new Browser(server.url), one.login)).factors[0].kind, 'passkey');
  });

  test('a rule that comes in between ends what was begun: nothing becomes a factor', async () => {
    const { browser, id } = await newcomer();
    await put();
    const totp = (await beginTotp(browser)).body;
    const { webauthn } = (await creation(browser)) as { webauthn: object };
    const activation = (await activate(browser)).body;
    const phone = await Phone.create(server.url, 'A phone', server.now);
    await only([id]);
    refused(
      await browser.post(`/api/v1/me/totp/${totp.id}/confirm`, { code: totpCode(totp.secret, server.now()) }),
      403,
      'factor_disabled',
    );
    refused(await keep(browser, webauthn), 403, 'factor_disabled');
    refused(await phone.lookUp(activation.code), 403, 'push_disabled');
    refused(await phone.register(activation.code), 403, 'push_disabled');
    await put();
    assert.equal((await phone.register(activation.code)).status, 201);
    await only([id], 'totp');
    refused(
      await phone.answer(await phone.request('activation'), 'approve'),
      409,
      'request_already_answered',
    );
    assert.deepEqual((await browser.get('/api/v1/me/factors')).body.items, []);
    assert.equal(
      (
        await browser.post(`/api/v1/me/totp/${totp.id}/confirm`, {
          code: totpCode(totp.secret, server.now()),
        })
      ).status,
      200,
    );
  });

  test('a second phone, another in its place, a move to a new one: none where push may not be enrolled', async () => {
    const one = await holder();
    await put();
    const begun = await one.phone.transfer();
    assert.equal(begun.status, 201);
    const next = await Phone.create(server.url, 'New phone', server.now);
    await only([one.id], 'totp', 'passkey');
    refused(await activate(one.browser), 403, 'push_disabled');
    refused(await one.phone.call('POST', '/me/transfer/options'), 403, 'push_disabled');
    refused(await next.register(begun.body.code), 403, 'push_disabled');
    await put();
    assert.equal((await next.register(begun.body.code)).status, 201);
    assert.equal((await one.phone.answer(await one.phone.request('activation'), 'approve')).status, 200);
    await only([one.id], 'totp');
    refused(await next.answer(await next.request('activation'), 'approve'), 409, 'request_already_answered');
    // The phone that is there goes on.
    await signIn(new Browser(server.url), one.phone, one.login);
    await put();
    const again = await holder();
    assert.equal((await again.phone.transfer()).status, 201, 'a rule of nobody stops nobody');
  });

  test('with the one-time code of the help desk, no more is enrolled than the rule lets', async () => {
    const one = await holder();
    const code = (await owner.post(`/api/v1/admin/users/${one.id}/reset-mfa`)).body.enrollment_code;
    await only([one.id], 'passkey');
    const browser = new Browser(server.url);
    const { id } = await begin(browser, one.login);
    assert.equal((await browser.post(`/api/v1/authentications/${id}/enrollment-code`, { code })).status, 200);
    assert.equal((await browser.post(`/api/v1/authentications/${id}/complete`)).status, 200);
    assert.deepEqual(await allowed(browser), ['passkey']);
    refused(await activate(browser), 403, 'push_disabled');
    refused(await beginTotp(browser), 403, 'factor_disabled');
    const { webauthn } = (await creation(browser)) as { webauthn: object };
    assert.equal((await keep(browser, webauthn)).status, 201);
  });

  test('the first rule that matches decides, by groups too; it widens neither the settings nor the person’s own', async () => {
    const group = (await owner.post('/api/v1/admin/groups', { name: `Contractors ${made}` })).body.id;
    const one = await newcomer();
    const rules = [
      rule({
        name: 'Contractors',
        who: { users: [], groups: [group] },
        effect: { factors: ['passkey', 'totp'] },
      }),
      rule({ name: 'Everybody', effect: { factors: ['push', 'totp', 'recovery_code'] } }),
    ];
    await put(...rules);
    assert.deepEqual(await allowed(one.browser), ['push', 'totp', 'recovery_code']);
    assert.deepEqual((await simulate(one.id)).enrollment, {
      factors: ['push', 'totp', 'recovery_code'],
      rule: { id: rules[1]!.id, name: 'Everybody' },
    });
    const member = `/api/v1/admin/groups/${group}/members/${one.id}`;
    assert.equal((await owner.call('PUT', member)).status, 204);
    assert.deepEqual(await allowed(one.browser), ['totp', 'passkey']);
    assert.equal((await simulate(one.id)).enrollment.rule.name, 'Contractors');
    // Rules that nobody has kept.
    const draft = [rule({ name: 'Draft', effect: { factors: ['push'] } })];
    assert.deepEqual((await simulate(one.id, { rules: draft })).enrollment.factors, ['push']);
    await server.patchSettings({ mfa: { factors: ['push', 'passkey'] } });
    assert.deepEqual(await allowed(one.browser), ['passkey']);
    refused(await beginTotp(one.browser), 403, 'factor_disabled');
    await server.patchSettings({ mfa: { factors: null } });
    assert.equal((await owner.delete(member)).status, 204);
    assert.equal(
      (await owner.call('PATCH', `/api/v1/admin/users/${one.id}`, { push_enabled: false })).status,
      200,
    );
    assert.deepEqual(await allowed(one.browser), ['totp', 'recovery_code']);
    refused(await activate(one.browser), 403, 'push_disabled');
    await put({ ...rules[1]!, enabled: false });
    assert.deepEqual((await simulate(one.id)).enrollment, {
      factors: ['totp', 'passkey', 'recovery_code'],
      rule: null,
    });
  });

  test('who is left with nothing to enrol is warned of: with the rules, and for the person', async () => {
    const one = await newcomer();
    const body = await only([one.id]);
    const [{ id, name }] = body.rules;
    assert.deepEqual(body.warnings, [{ rule: { id, name }, kind: 'nothing_to_enroll', by: null }]);
    assert.deepEqual((await owner.get(at)).body.warnings, body.warnings);
    const simulated = await simulate(one.id);
    assert.deepEqual([simulated.outcome, simulated.stuck], ['enrollment', true]);
    assert.deepEqual(simulated.enrollment, { factors: [], rule: { id, name } });
    // They are told there is nothing, and get no further.
    assert.deepEqual(await allowed(one.browser), []);
    refused(await one.browser.get('/api/v1/me/sessions'), 403, 'enrollment_required');
    const has = await holder();
    await only([has.id]);
    assert.deepEqual(
      [(await simulate(has.id)).outcome, (await simulate(has.id)).stuck],
      ['challenge', false],
    );
    const two = await put(
      rule({ name: 'Codes', effect: { factors: ['totp'] } }),
      rule({ name: 'Keys', what: ['portal'], effect: { phishing_resistant: true } }),
    );
    assert.deepEqual(
      two.warnings.map(({ kind, by }: { kind: string; by: { name: string } }) => [kind, by.name]),
      [['demanded', 'Keys']],
    );
    // Not required, nobody is stuck.
    await server.patchSettings({ mfa: { required: false } });
    assert.deepEqual((await only([one.id])).warnings, []);
    assert.deepEqual([(await simulate(one.id)).outcome, (await simulate(one.id)).stuck], ['ready', false]);
    await server.patchSettings({ mfa: { required: null } });
    await put();
  });

  test('a program is told what would be asked of somebody only where it may read people', async () => {
    for (const [scopes, status] of [
      [['policies:write'], 403],
      [['policies:write', 'users:read'], 200],
    ] as const) {
      const { token } = (await owner.post('/api/v1/admin/tokens', { name: 'Simulations', scopes })).body;
      const program = new Browser(server.url);
      program.headers = { authorization: `Bearer ${token}`, origin: '' };
      const asked = { user_id: ownerId, target: 'portal', ip: null };
      const answer = await program.post(`${at}/simulate`, asked);
      assert.equal(answer.status, status, JSON.stringify(answer.body));
      if (status === 403) refused(answer, 403, 'insufficient_scope');
    }
  });

  test('who may enrol no codes clears none: they could not be set up again; removing is left', async () => {
    const { id, browser } = await newcomer();
    const begun = (await beginTotp(browser)).body;
    const confirm = { code: totpCode(begun.secret, server.now()) };
    assert.equal((await browser.post(`/api/v1/me/totp/${begun.id}/confirm`, confirm)).status, 200);
    server.advance(minute);
    const clear = () => browser.post('/api/v1/me/totp/reset', { code: totpCode(begun.secret, server.now()) });
    await only([id], 'passkey', 'push');
    refused(await clear(), 403, 'factor_disabled');
    assert.equal((await browser.get('/api/v1/me/factors')).body.items.length, 1);
    await put();
    assert.equal((await clear()).status, 204, 'nor was the code spent');
    assert.deepEqual((await browser.get('/api/v1/me/factors')).body.items, []);
  });

  test('rules that leave no owner a way in are refused: neither a factor that counts, nor one to enrol', async () => {
    const keys = rule({ what: ['admin'], effect: { factors: ['totp'] } });
    const locked = async (...rules: PolicyRule[]) => refused(await tryPut(rules), 409, 'policy_locks_out');
    await put();
    await locked(keys);
    // An owner without a factor may enrol one; where a rule lets them.
    const second = await server.addPerson(`owner-${(made += 1)}`, { role: 'owner' });
    const closed = rule({ what: ['admin'], who: { users: [ownerId], groups: [] }, effect: { deny: true } });
    await put(closed);
    await put(closed, rule({ effect: { factors: ['totp'] } }));
    await locked(closed, rule({ effect: { deny: true } }));
    await locked(closed, rule({ effect: { factors: ['recovery_code'] } }));
    await locked(closed, rule({ who: { users: [second.id], groups: [] }, effect: { deny: true } }));
    await put(closed, rule({ who: { users: [ownerId], groups: [] }, effect: { deny: true } }));
    await put();
    server.advance(minute);
  });

  test('a rule about enrolling is about nothing else, and nothing that passes', async () => {
    const places = async (more: object) => {
      const answer = await tryPut([{ ...rule({ effect: { factors: ['push'] } }), ...more }]);
      refused(answer, 400, 'malformed');
      return answer.body.errors.map(({ path }: { path: string }) => path);
    };
    assert.deepEqual(await places({ what: ['enrollment', 'portal'] }), ['/rules/0/what']);
    assert.deepEqual(await places({ familiar: true }), ['/rules/0/familiar']);
    assert.deepEqual(await places({ effect: { confirmation: 'number' } }), ['/rules/0/effect/confirmation']);
    refused(
      await owner.post(`${at}/simulate`, { user_id: ownerId, target: 'enrollment', ip: null }),
      400,
      'malformed',
    );
  });
});
