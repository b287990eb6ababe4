import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HostLogin } from '@countersign/protocol/wire';
import { countCall } from '../../apps/server/src/platform/rate-limits/window.ts';
import { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { addHost, addHostGroup, type AskedLogin, type Host } from '../support/host.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { begin, enrol, refused, signIn } from '../support/people.ts';
import type { Phone } from '../support/phone.ts';
import { totpCode } from '../support/totp.ts';

const second = 1_000; // ms
const minute = 60 * second;

/** Logins on hosts: what the phone and the prompt answer, and what the host is told. */
forEachEngine((engine) => {
  let server: InProcess;
  let owner: Browser;
  let host: Host;
  before(async () => {
    server = await startInProcess(engine);
    await server.addPerson('boss', { role: 'owner' });
    const { browser, phone } = await enrol(server, 'boss');
    await signIn(browser, phone, 'boss', 'admin_login');
    owner = browser;
    ({ host } = await addHost(server, owner, { name: 'web1' }));
  });
  after(() => server[Symbol.asyncDispose]());

  interface Person {
    id: string;
    login: string;
    browser: Browser;
    phone: Phone;
  }
  let made = 0;
  async function person(options?: Parameters<typeof enrol>[2]): Promise<Person> {
    const login = `logger${(made += 1)}`;
    const { id } = await server.addPerson(login);
    return { id, login, ...(await enrol(server, login, options)) };
  }
  /** One with verification codes too; the code that confirmed them is half a minute ago. */
  async function coder(): Promise<Person & { code: (steps?: number) => string }> {
    const one = await person();
    const { body } = await one.browser.post('/api/v1/me/totp');
    const confirmed = await one.browser.post(`/api/v1/me/totp/${body.id}/confirm`, {
      code: totpCode(body.secret, server.now()),
    });
    assert.equal(confirmed.status, 200, JSON.stringify(confirmed.body));
    await pass(minute);
    return { ...one, code: (steps = 0) => totpCode(body.secret, server.now(), steps) };
  }
  /** Time passes, and the owner is still there. */
  async function pass(by: number): Promise<void> {
    server.advance(by);
    assert.equal((await owner.get('/api/v1/admin/session')).status, 200);
  }
  type Login = HostLogin & { asked: AskedLogin };
  const answer = async (
    { phone }: Person,
    { push }: HostLogin,
    decision: 'approve' | 'deny' | 'report' = 'approve',
  ) => {
    const answered = await phone.answer(await phone.request('device_login'), decision, {
      number: push?.number ?? undefined,
    });
    assert.equal(answered.status, 200, JSON.stringify(answered.body));
  };
  const state = async ({ id }: HostLogin, on = host) => {
    const { status, body } = await on.wait(id);
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  };
  async function allowed(login: Login, on = host): Promise<{ user: string; amr: string[] }> {
    const body = await state(login, on);
    assert.equal(body.state, 'allowed', JSON.stringify(body));
    const judged = await on.judge(body, login.asked);
    assert.ok(judged.valid, JSON.stringify(judged));
    return { user: judged.user, amr: judged.amr };
  }
  async function turnedAway(
    login: Login,
    ending: HostLogin['state'],
    reason: RegExp,
    on = host,
  ): Promise<void> {
    const body = await state(login, on);
    assert.deepEqual([body.state, body.verdict], [ending, null]);
    assert.match(body.reason!, reason);
  }
  const eventsOf = async (login: { id: string }) =>
    (await owner.get('/api/v1/admin/events?limit=200')).body.items.filter(
      ({ details }: { details: { login?: string } }) => details.login === login.id,
    );
  /** Earns the host and network for somebody. */
  async function familiar(one: Person, more?: Partial<AskedLogin>, on = host): Promise<void> {
    const login = await on.login(one.login, more);
    await answer(one, login);
    await allowed(login, on);
  }
  const pendingOn = ({ phone }: Person) => phone.requests();

  test('a push at once with what asks; approved with the number it lets in by a verdict over this very login', async () => {
    const one = await person();
    const login = await host.login(one.login, { tty: '/dev/pts/3', service: 'sudo' });
    assert.deepEqual(
      [login.state, login.user, login.code, login.verdict, login.reason],
      ['challenge', { login: one.login, name: `Test ${one.login}` }, false, null, null],
    );
    assert.match(login.push!.number!, /^\d{2}$/);
    const request = await one.phone.request('device_login');
    assert.deepEqual(request.resource, { kind: 'host', name: 'web1', logo_uri: null });
    const { requested_at: _, ...context } = request.context;
    assert.deepEqual(context, {
      ip: '203.0.113.9',
      location: null,
      client: 'sudo on pts/3',
      host: 'web1',
      local_user: one.login,
      familiar: false,
    });
    await answer(one, login);
    assert.deepEqual(await allowed(login), { user: one.login, amr: ['swk', 'pop', 'mfa', 'user'] });
    const [event] = await eventsOf(login);
    assert.deepEqual(
      [event.type, event.user.login, event.details.name],
      ['host.login_allowed', one.login, 'web1'],
    );
  });

  test('of any number of readers at once each gets the one verdict, now and later, and nothing ends it again', async () => {
    const one = await person();
    const login = await host.login(one.login);
    await answer(one, login);
    const read = await Promise.all(Array.from({ length: 20 }, () => host.wait(login.id)));
    const verdicts = new Set(read.map(({ body }) => body.verdict));
    assert.equal(verdicts.size, 1);
    assert.equal((await host.cancel(login.id)).status, 204);
    refused(await host.code(login.id, '123456'), 409, 'authentication_over');
    assert.deepEqual([...verdicts], [(await state(login)).verdict]);
    assert.equal((await eventsOf(login)).length, 1);
  });

  test('a denial ends it, and one denial is one push: whoever tries again meets the cool-down', async () => {
    const one = await person();
    const login = await host.login(one.login);
    await answer(one, login, 'deny');
    await turnedAway(login, 'denied', /denied on the phone/);
    for (let tries = 0; tries < 3; tries += 1) {
      const again = await host.begin(one.login);
      refused(again, 429, 'too_many_requests');
      assert.ok(Number(again.headers.get('retry-after')) > 0);
    }
    assert.deepEqual(await pendingOn(one), []);
    await pass(minute + second);
    await familiar(one);
  });

  test('a report ends what else comes from there, and pauses pushes; administrators are told of the host', async () => {
    const one = await person();
    await familiar(one);
    const [first, second_] = [await host.login(one.login), await host.login(one.login)];
    const request = (await pendingOn(one)).find(({ id }) => id !== undefined)!;
    assert.equal((await one.phone.answer(request, 'report')).status, 200);
    const ended = [await state(first), await state(second_)];
    assert.deepEqual(
      ended.map((each) => [each.state, each.verdict]),
      [
        ['denied', null],
        ['denied', null],
      ],
    );
    assert.ok(ended.some(({ reason }) => /reported/.test(reason!)));
    refused(await host.begin(one.login), 423, 'push_locked');
    assert.ok(
      (await server.mailsTo('boss')).includes(`${one.login} reported a login on web1 that was not theirs`),
    );
    await pass(31 * minute);
    assert.notEqual((await host.login(one.login)).push!.number, null, 'no tap: it was forgotten');
  });

  test('the wrong number denies at once where no code can be typed', async () => {
    const one = await person();
    const login = await host.login(one.login);
    const number = login.push!.number === '42' ? '43' : '42';
    refused(
      await one.phone.answer(await one.phone.request('device_login'), 'approve', { number }),
      422,
      'wrong_number',
    );
    await turnedAway(login, 'denied', /number/);
  });

  test('where no number can be shown, none is asked, and nothing reaches the phone', async () => {
    const one = await person();
    const silent = await host.begin(one.login, { interactive: false });
    refused(silent, 403, 'no_allowed_factor');
    assert.match(JSON.stringify(silent.body), /number/);
    assert.deepEqual(await pendingOn(one), []);
    await familiar(one);
    await answer(one, await host.login(one.login, { interactive: false }));
  });

  test('a tap is enough from a network that the person used on this host, and nowhere else', async () => {
    const one = await person();
    await familiar(one);
    const tap = await host.login(one.login, { rhost: '203.0.113.200' });
    assert.equal(tap.push!.number, null);
    assert.equal((await one.phone.request('device_login')).context.familiar, true);
    await answer(one, tap);
    await allowed(tap);
    const { host: other } = await addHost(server, owner);
    for (const [on, rhost, tty] of [
      [host, '203.0.114.9'],
      [host, null, 'tty1'],
      // sudo, by whoever came over the network before: not the console.
      [host, null, '/dev/pts/3'],
      [host, 'a.example.com'],
      [other, '203.0.113.9'],
    ] as const) {
      const login = await on.login(one.login, { rhost, tty: tty ?? 'ssh' });
      assert.notEqual(login.push!.number, null, String(rhost));
      await answer(one, login);
      await allowed(login, on);
      await pass(16 * minute);
    }
    // A name earns nothing, whatever it resolves to: whoever has the address chooses it.
    assert.notEqual((await host.login(one.login, { rhost: 'a.example.com' })).push!.number, null);
    for (const tty of ['tty1', '/dev/pts/4']) {
      const login = await host.login(one.login, { rhost: null, tty });
      assert.equal(login.push!.number, null, tty);
      await host.cancel(login.id);
    }
  });

  test('nothing asked before: always a number, and a budget of the host’s own, as small as a stranger’s', async () => {
    const rule = { factors: ['push', 'totp'], first_factor: false, deny: false };
    const group = await addHostGroup(owner, {
      services: { '*': rule, sshd: { ...rule, first_factor: true } },
    });
    const { host: open } = await addHost(server, owner, { group });
    const one = await person({ verification: false });
    await familiar(one, {}, open);
    assert.equal((await open.login(one.login)).push!.number, null);
    await pass(2 * minute);
    const login = await open.login(one.login, { service: 'kiosk' });
    assert.notEqual(login.push!.number, null, 'familiar or not');
    assert.equal((await one.phone.request('device_login')).context.familiar, false);
    refused(await open.begin(one.login, { service: 'kiosk' }), 429, 'too_many_requests');
    await answer(one, login);
    // One factor, and it says so.
    assert.deepEqual(await allowed(login, open), { user: one.login, amr: ['swk', 'pop'] });
    for (let pushes = 1; pushes < 3; pushes += 1) {
      const next = await open.login(one.login, { service: 'kiosk' });
      await answer(one, next);
      await allowed(next, open);
    }
    refused(await open.begin(one.login, { service: 'kiosk' }), 429, 'too_many_requests');
    // What strangers have in common is untouched by it, and the browser of the person too.
    await familiar(one);
    await signIn(one.browser, one.phone, one.login);
  });

  test('where nothing is asked before, nobody learns who is known: all of it looks like a person who does not answer', async () => {
    const rule = { factors: ['push'], first_factor: false, deny: false };
    const members = await owner.post('/api/v1/admin/groups', { name: `At the kiosk ${engine}` });
    const group = await addHostGroup(owner, {
      access: 'groups',
      group_ids: [members.body.id],
      services: { '*': rule, none: { ...rule, factors: ['totp'] } },
    });
    const { host: kiosk } = await addHost(server, owner, { group });
    const [known, outside] = [await person(), await person()];
    const { id: bare } = await server.addPerson(`bare-${engine}`);
    for (const id of [known.id, bare])
      await owner.call('PUT', `/api/v1/admin/groups/${members.body.id}/members/${id}`);
    const told: Record<string, string> = {
      [outside.login]: 'host_login_not_allowed',
      [`bare-${engine}`]: 'no_allowed_factor',
      'nobody-at-the-kiosk': 'local_user_unmapped',
    };
    const numbers = new Set<string>();
    /** What somebody at the prompt can find out of a name, and what its host is told, but for who it is. */
    async function findOut(name: string): Promise<unknown[]> {
      const seen: unknown[] = [];
      const note = ({ status, body }: { status: number; body: any }) => {
        if (status >= 400) {
          const after = body.retry_after === undefined ? null : Math.round(body.retry_after / 100);
          return seen.push([status, body.code, body.detail, after]);
        }
        if (status === 204) return seen.push(status);
        const { id, version, user: _user, expires_at, push, ...rest } = body as HostLogin;
        assert.match(push!.number!, /^\d{2}$/);
        numbers.add(push!.number!);
        assert.ok(id.length > 10 && version.length > 10);
        // Coarsely: this machine may be slow.
        const lasts = [expires_at, push!.expires_at].map((end) =>
          Math.round((Date.parse(end) - server.now()) / second / 40),
        );
        return seen.push([status, rest, { ...push, number: null, expires_at: null }, lasts]);
      };
      note(await kiosk.begin(name, { interactive: false }));
      note(await kiosk.begin(name, { service: 'none' }));
      const first = await kiosk.login(name);
      const { asked, ...shown } = first;
      note({ status: 201, body: shown });
      note(await kiosk.wait(first.id));
      const again = await kiosk.call('POST', '/logins', asked);
      assert.deepEqual([again.body.id, again.body.push.number], [first.id, first.push!.number]);
      note(await kiosk.begin(name));
      note(await kiosk.code(first.id, '123456'));
      note(await kiosk.code(first.id, 'ABCDEFGHJKMNPQRS'));
      note(await kiosk.cancel(first.id));
      note(await kiosk.wait(first.id));
      const all = await Promise.all(Array.from({ length: 5 }, () => kiosk.begin(name)));
      const begun = all.filter(({ status }) => status === 201);
      seen.push(all.map(({ status }) => status).sort());
      assert.equal(begun.length, 1);
      const waiting = kiosk.wait(begun[0]!.body.id, { wait: 1, seen: begun[0]!.body.version });
      await sleep(300);
      await pass(61 * second);
      note(await kiosk.begin(name));
      note(await waiting);
      note(await kiosk.code(begun[0]!.body.id, '123456'));
      await pass(30 * second);
      note(await kiosk.begin(name));
      await pass(2 * minute);
      note(await kiosk.begin(name));
      await pass(16 * minute);
      return seen;
    }
    const real = await findOut(known.login);
    for (const name of Object.keys(told)) assert.deepEqual(await findOut(name), real, name);
    assert.ok(numbers.size > 3, 'not one number for all');
    // Whom it is for sees it all.
    const { logins } = (await owner.get(`/api/v1/admin/hosts/${kiosk.id}`)).body;
    for (const [name, why] of Object.entries(told)) {
      const outcomes = logins
        .filter(({ local_user }: { local_user: string }) => local_user === name)
        .map(({ outcome }: { outcome: string }) => outcome);
      assert.ok(outcomes.includes(why), `${name}: ${outcomes.join()}`);
      const { items } = (await owner.get('/api/v1/admin/events?limit=200')).body;
      assert.ok(items.some(({ details }: any) => details.local_user === name && details.why === why));
    }
    assert.deepEqual(await pendingOn(outside), []);
    // Where more digits are asked for, those of nobody have as many.
    const push = (change: object) => owner.patch('/api/v1/admin/settings', { push: change });
    assert.equal((await push({ nist_profile: true })).status, 200);
    for (const name of [known.login, ...Object.keys(told)])
      assert.match((await kiosk.login(name)).push!.number!, /^\d{6}$/, name);
    assert.equal((await push({ nist_profile: null })).status, 200);
    await pass(16 * minute);
    // Who is known gets in.
    await familiar(known, {}, kiosk);
    // Where a password or key was asked before, the prompt goes on to say what is wrong.
    refused(await host.begin('nobody-at-the-kiosk'), 403, 'local_user_unmapped');
  });

  test('strangers from elsewhere use up neither the tries of a person nor their phone, where nothing is asked before', async () => {
    const rule = { factors: ['push'], first_factor: false, deny: false };
    const group = await addHostGroup(owner, { services: { '*': rule } });
    const { host: kiosk } = await addHost(server, owner, { group });
    const one = await person();
    const atKiosk = { rhost: null, tty: 'tty1', service: 'login' };
    const familiarAt = await kiosk.login(one.login, atKiosk);
    await answer(one, familiarAt);
    await allowed(familiarAt, kiosk);
    await pass(16 * minute);
    const stranger = (rhost: string) => kiosk.begin(one.login, { rhost });
    for (let pushes = 0; pushes < 3; pushes += 1) {
      const begun = await stranger('198.51.100.9');
      assert.equal(begun.status, 201);
      await kiosk.cancel(begun.body.id);
    }
    // Of all networks together: nobody floods the phone by having many.
    for (const rhost of ['198.51.100.9', '192.0.2.1', '203.0.113.77', 'a.example.com'])
      refused(await stranger(rhost), 429, 'too_many_requests');
    const tries = await Promise.all(Array.from({ length: 40 }, () => stranger('198.51.100.9')));
    assert.ok(tries.every(({ status }) => status === 429));
    for (let pushes = 0; pushes < 3; pushes += 1) {
      const login = await kiosk.login(one.login, atKiosk);
      assert.notEqual(login.push!.number, null, 'always a number');
      await answer(one, login);
      await allowed(login, kiosk);
    }
    refused(await kiosk.begin(one.login, atKiosk), 429, 'too_many_requests');
  });

  test('a host that names one network after the other has one budget, one cool-down, and after a report none it is known by', async () => {
    const one = await person();
    const networks = ['203.0.113.9', '198.51.100.9', '192.0.2.9', null];
    for (const rhost of networks) {
      await pass(16 * minute);
      await familiar(one, { rhost });
    }
    await pass(16 * minute);
    let let_in = 0;
    for (let tried = 0; tried < 12; tried += 1) {
      const begun = await host.begin(one.login, { rhost: networks[tried % networks.length]! });
      if (begun.status !== 201) break;
      let_in += 1;
      await host.cancel(begun.body.id);
    }
    assert.equal(let_in, 10);
    await pass(16 * minute);
    await answer(one, await host.login(one.login, { rhost: networks[0]! }), 'deny');
    refused(await host.begin(one.login, { rhost: networks[1]! }), 429, 'too_many_requests');
    await pass(2 * minute);
    await answer(one, await host.login(one.login, { rhost: networks[0]! }), 'report');
    await pass(31 * minute);
    for (const rhost of networks) {
      const login = await host.login(one.login, { rhost });
      assert.notEqual(login.push!.number, null, `${rhost} is familiar no more`);
      await host.cancel(login.id);
      await pass(16 * minute);
    }
  });

  test('one host reaches so many phones a minute and no more, whosever they are; another host goes on', async () => {
    const one = await person();
    const { host: loud } = await addHost(server, owner);
    const used = { most: 300, length: minute };
    for (let calls = 0; calls < used.most; calls += 1)
      await countCall(server.store, `host_pushes:${loud.id}`, used, server.now());
    refused(await loud.begin(one.login), 429, 'too_many_requests');
    assert.deepEqual(await pendingOn(one), []);
    await familiar(one);
  });

  test('where nothing was asked before, a code is not enough by itself', async () => {
    const rule = { factors: ['push', 'totp', 'recovery_code'], first_factor: false, deny: false };
    const group = await addHostGroup(owner, { services: { '*': rule } });
    const { host: open } = await addHost(server, owner, { group });
    const one = await coder();
    const login = await open.login(one.login);
    assert.equal(login.code, false);
    refused(await open.code(login.id, one.code()), 409, 'factor_not_offered');
    await answer(one, login);
    await allowed(login, open);
  });

  test('a code lets in at once, cancels the push, and is taken once', async () => {
    const one = await coder();
    const login = await host.login(one.login);
    assert.equal(login.code, true);
    const typed = one.code();
    const { status, body } = await host.code(login.id, typed);
    assert.deepEqual(
      [status, body.state, body.push.state],
      [200, 'allowed', 'cancelled'],
      JSON.stringify(body),
    );
    assert.deepEqual(await allowed(login), { user: one.login, amr: ['otp', 'mfa'] });
    assert.deepEqual(await pendingOn(one), []);
    const again = await host.login(one.login);
    assert.equal(again.push!.number, null, 'a code earns what a number does');
    refused(await host.code(again.id, typed), 422, 'code_already_used');
    assert.equal((await state(again)).state, 'challenge');
    // Two at once with one code: one login.
    const other = await host.login(one.login);
    const next = one.code(1);
    const both = await Promise.all([again, other].map(({ id }) => host.code(id, next)));
    assert.deepEqual(both.map((each) => each.status).sort(), [200, 422]);
  });

  test('a recovery code lets in once, in whatever spelling, and earns nothing', async () => {
    const one = await person();
    const { codes } = (await one.browser.post('/api/v1/me/recovery-codes')).body as { codes: string[] };
    const login = await host.login(one.login);
    const { body } = await host.code(login.id, codes[0]!.toLowerCase().replaceAll('-', ''));
    assert.equal(body.state, 'allowed', JSON.stringify(body));
    const again = await host.login(one.login);
    assert.notEqual(again.push!.number, null);
    refused(await host.code(again.id, codes[0]!), 422, 'code_already_used');
    const mine = await person();
    await mine.browser.post('/api/v1/me/recovery-codes');
    refused(await host.code((await host.login(mine.login)).id, codes[1]!), 422, 'wrong_code');
  });

  test('wrong codes lock that kind of code wherever it is typed, and neither the push nor the account', async () => {
    const one = await coder();
    const login = await host.login(one.login);
    for (const left of [4, 3, 2, 1, 0]) {
      const wrong = await host.code(login.id, '000000');
      refused(wrong, 422, 'wrong_code');
      assert.equal(wrong.body.tries_left, left);
    }
    const locked = await host.code(login.id, one.code());
    refused(locked, 423, 'factor_locked');
    assert.ok(Number(locked.headers.get('retry-after')) > 0);
    const other = await host.login(one.login, { rhost: null }).catch(() => undefined);
    assert.equal(other, undefined, 'unfamiliar ones share one push');
    const { code, push } = await state(login);
    assert.deepEqual([code, push!.state], [false, 'pending']);
    const browser = new Browser(server.url);
    const { id } = await begin(browser, one.login);
    refused(
      await browser.post(`/api/v1/authentications/${id}/totp`, { code: one.code() }),
      423,
      'factor_locked',
    );
    await answer(one, login);
    await allowed(login);
  });

  test('where no push can be had a code is asked, and the reason is said; where neither can, it is refused', async () => {
    const other = await coder();
    await familiar(other);
    const unattended = await host.login(other.login, { interactive: false });
    assert.equal(unattended.code, false);
    refused(await host.code(unattended.id, other.code()), 409, 'factor_not_offered');
    await host.cancel(unattended.id);
    await pass(2 * second);
    const one = await coder();
    await familiar(one);
    const login = await host.login(one.login);
    await answer(one, login, 'deny');
    const silent = await host.begin(one.login, { interactive: false });
    refused(silent, 429, 'too_many_requests');
    const typing = await host.login(one.login);
    assert.deepEqual([typing.push, typing.code], [null, true]);
    assert.match(typing.reason!, /the last request was denied/);
    assert.equal((await host.code(typing.id, one.code())).body.state, 'allowed');
    await allowed(typing);
    const rule = { factors: ['totp'], first_factor: true, deny: false };
    const { host: codes } = await addHost(server, owner, {
      group: await addHostGroup(owner, { services: { '*': rule } }),
    });
    const byCode = await codes.login(one.login);
    assert.deepEqual([byCode.push, byCode.code], [null, true]);
    assert.match(byCode.reason!, /no request is sent/i);
    refused(await codes.begin(one.login, { interactive: false }), 403, 'no_allowed_factor');
    for (let tries = 0; tries < 5; tries += 1) await codes.code(byCode.id, '000000');
    const locked = await codes.begin(one.login);
    refused(locked, 423, 'factor_locked');
    assert.ok(Number(locked.headers.get('retry-after')) > 0);
    refused(
      await host.code((await host.login((await person()).login)).id, '123456'),
      409,
      'factor_not_offered',
    );
  });

  test('who is not known there, may not, or comes by a service that nobody uses, gets nothing on any phone', async () => {
    const one = await person();
    const rule = { factors: ['push'], first_factor: true, deny: false };
    const members = await owner.post('/api/v1/admin/groups', { name: `Operators ${made}` });
    const group = await addHostGroup(owner, {
      match_login: false,
      access: 'groups',
      group_ids: [members.body.id],
      services: { '*': rule, ftp: { ...rule, deny: true }, none: { ...rule, factors: [] } },
    });
    const { host: closed } = await addHost(server, owner, { group });
    const map = (local_user: string, user_id: string | null) =>
      owner.call('PUT', `/api/v1/admin/host-groups/${group.id}/accounts`, { local_user, user_id });
    refused(await closed.begin(one.login), 403, 'local_user_unmapped');
    assert.equal((await map('root', one.id)).status, 204);
    refused(await closed.begin('root'), 403, 'host_login_not_allowed');
    assert.equal(
      (await owner.call('PUT', `/api/v1/admin/groups/${members.body.id}/members/${one.id}`)).status,
      204,
    );
    refused(await closed.begin('root', { service: 'ftp' }), 403, 'service_denied');
    refused(await closed.begin('root', { service: 'none' }), 403, 'no_allowed_factor');
    refused(await closed.begin('Root'), 403, 'local_user_unmapped');
    refused(await closed.begin('root '), 403, 'local_user_unmapped');
    for (const service of ['constructor', '__proto__', 'toString']) {
      assert.equal((await closed.begin('root', { service })).status, 201, service);
      await pass(16 * minute);
    }
    assert.deepEqual(await pendingOn(one), []);
    const login = await closed.login('root');
    assert.equal((await one.phone.request('device_login')).context.local_user, 'root');
    await answer(one, login);
    assert.equal((await allowed(login, closed)).user, one.login);
    const { logins } = (await owner.get(`/api/v1/admin/hosts/${closed.id}`)).body;
    const outcomes = logins.map(({ outcome }: { outcome: string }) => outcome);
    assert.equal(outcomes[0], 'allowed');
    for (const word of [
      'local_user_unmapped',
      'host_login_not_allowed',
      'service_denied',
      'no_allowed_factor',
    ])
      assert.ok(outcomes.includes(word), word);
    await server.addPerson('bare');
    refused(await host.begin('bare'), 403, 'no_allowed_factor');
  });

  test('matched by login: letter for letter, and no e-mail address', async () => {
    const one = await person();
    for (const other of [
      one.login.toUpperCase(),
      ` ${one.login}`,
      `${one.login}@example.com`,
      `${one.login}\n`,
    ])
      refused(await host.begin(other), 403, 'local_user_unmapped');
  });

  test('suspended, unmapped, taken out of the group, another rule, a revoked phone: approved is not let in', async () => {
    const rule = { factors: ['push'], first_factor: true, deny: false };
    const at = '/api/v1/admin';
    const changes: [string, (one: Person, group: string, members: string) => Promise<{ status: number }>][] =
      [
        ['suspended', ({ id }) => owner.post(`${at}/users/${id}/suspend`)],
        [
          'unmapped',
          (_one, group) =>
            owner.call('PUT', `${at}/host-groups/${group}/accounts`, { local_user: 'op', user_id: null }),
        ],
        [
          'mapped to another',
          async (one, group, members) => {
            const { id: user_id } = await person();
            await owner.call('PUT', `${at}/groups/${members}/members/${user_id}`);
            return owner.call('PUT', `${at}/host-groups/${group}/accounts`, {
              local_user: 'op',
              user_id,
              replaces: one.id,
            });
          },
        ],
        [
          'out of the group',
          ({ id }, _group, members) => owner.delete(`${at}/groups/${members}/members/${id}`),
        ],
        [
          'denied service',
          (_one, group) =>
            owner.patch(`${at}/host-groups/${group}`, { services: { '*': { ...rule, deny: true } } }),
        ],
        [
          'another rule',
          (_one, group) =>
            owner.patch(`${at}/host-groups/${group}`, { services: { '*': { ...rule, factors: ['totp'] } } }),
        ],
        [
          'revoked phone',
          async ({ browser }) => {
            const { items } = (await browser.get('/api/v1/me/authenticators')).body;
            return browser.delete(`/api/v1/me/authenticators/${items[0].id}`);
          },
        ],
      ];
    for (const [what, change] of changes) {
      const one = await person();
      const members = await owner.post(`${at}/groups`, { name: `For ${what} ${engine}` });
      const group = await addHostGroup(owner, {
        access: 'groups',
        group_ids: [members.body.id],
        services: { '*': rule },
      });
      const { host: on } = await addHost(server, owner, { group });
      await owner.call('PUT', `${at}/groups/${members.body.id}/members/${one.id}`);
      await owner.call('PUT', `${at}/host-groups/${group.id}/accounts`, {
        local_user: 'op',
        user_id: one.id,
      });
      const login = await on.login('op');
      await answer(one, login);
      const changed = await change(one, group.id, members.body.id);
      assert.ok(changed.status < 300, `${what}: ${changed.status}`);
      const body = await state(login, on);
      assert.deepEqual([body.state, body.verdict], ['denied', null], what);
      assert.deepEqual(await on.judge(body, login.asked).then(({ valid }) => valid), false);
      await pass(second);
    }
  });

  test('a revoked host: what waits ends, phone and all, and its key is told so', async () => {
    const { host: doomed } = await addHost(server, owner);
    const one = await person();
    const [waits, approved] = [await doomed.login(one.login), await person()];
    const ready = await doomed.login(approved.login);
    await answer(approved, ready);
    const waiting = doomed.wait(waits.id, { wait: 20, seen: waits.version });
    await new Promise((resolve) => setTimeout(resolve, 200));
    const revoked = await owner.post(`/api/v1/admin/hosts/${doomed.id}/revoke`);
    assert.deepEqual([revoked.status, revoked.body.state], [200, 'revoked']);
    refused(await waiting, 403, 'host_revoked');
    for (const call of [
      doomed.wait(ready.id),
      doomed.begin(one.login),
      doomed.askConfiguration(),
      doomed.call('POST', '/offline-logins', { entries: [] }),
      doomed.call('DELETE', '/self'),
    ])
      refused(await call, 403, 'host_revoked');
    assert.deepEqual(await pendingOn(one), []);
  });

  test('given up: the push is cancelled, and its answer comes too late', async () => {
    const one = await person();
    const login = await host.login(one.login);
    const request = await one.phone.request('device_login');
    assert.equal((await host.cancel(login.id)).status, 204);
    assert.equal((await host.cancel(login.id)).status, 204);
    assert.deepEqual(await pendingOn(one), []);
    const late = await one.phone.answer(request, 'approve', { number: login.push!.number! });
    refused(late, 409, 'request_already_answered');
    await turnedAway(login, 'expired', /given up/);
    // Approved, and given up before anybody came for it.
    const next = await host.login(one.login);
    await answer(one, next);
    assert.equal((await host.cancel(next.id)).status, 204);
    await turnedAway(next, 'expired', /given up/);
  });

  test('nobody answers: it expires with the push, or later where a code can be typed; late approvals let nobody in', async () => {
    const one = await person();
    const login = await host.login(one.login);
    await pass(61 * second);
    await turnedAway(login, 'expired', /in time/);
    const typist = await coder();
    const typing = await host.login(typist.login);
    await pass(61 * second);
    const still = await state(typing);
    assert.deepEqual([still.state, still.push!.state, still.code], ['challenge', 'expired', true]);
    await pass(2 * minute);
    await turnedAway(typing, 'expired', /in time/);
    refused(await host.code(typing.id, typist.code()), 409, 'authentication_over');
    const slow = await person();
    const approved = await host.login(slow.login);
    await answer(slow, approved);
    await pass(4 * minute);
    await turnedAway(approved, 'expired', /in time/);
  });

  test('whoever waits is told at once: the screen, the answer, and the end', async () => {
    const one = await person();
    const login = await host.login(one.login);
    const began = performance.now();
    assert.equal((await host.wait(login.id, { wait: 20, seen: 'another' })).body.version, login.version);
    assert.ok(performance.now() - began < 1_000);
    const same = await host.wait(login.id, { wait: 1, seen: login.version });
    assert.equal(same.body.version, login.version, 'nothing happened');
    assert.ok(performance.now() - began > 900);
    const told = host.wait(login.id, { wait: 20, seen: login.version });
    await new Promise((resolve) => setTimeout(resolve, 100));
    const request = await one.phone.request('device_login');
    await one.phone.call('POST', `/requests/${request.id}/seen`);
    const seen = (await told).body;
    assert.equal(seen.push!.seen, true);
    const waiting = host.wait(login.id, { wait: 20, seen: seen.version });
    await new Promise((resolve) => setTimeout(resolve, 100));
    const answeredAt = performance.now();
    await answer(one, login);
    const { body } = await waiting;
    assert.equal(body.state, 'allowed');
    assert.ok(performance.now() - answeredAt < 2_000);
    for (const wait of ['26', '-1', 'x', '1.5']) {
      refused(await host.call('GET', `/logins/${login.id}?wait=${wait}`), 400, 'malformed');
    }
  });

  test('one host waits by so many calls at once and no more; another one waits all the same', async () => {
    const [one, other] = [await person(), await person()];
    const { host: greedy } = await addHost(server, owner);
    const login = await greedy.login(one.login);
    const many = Array.from({ length: 270 }, () => greedy.wait(login.id, { wait: 20, seen: login.version }));
    const early: number[] = [];
    for (const each of many) void each.then(({ status }) => early.push(status));
    for (const deadline = Date.now() + 15_000; early.length < 270 - 256; await sleep(50))
      assert.ok(Date.now() < deadline, `${early.length} were refused`);
    assert.deepEqual(new Set(early), new Set([429]));
    assert.equal((await greedy.wait(login.id)).status, 200, 'to look and not to wait is always free');
    const waits = await host.login(other.login);
    assert.equal((await host.wait(waits.id, { wait: 1, seen: waits.version })).status, 200);
    await answer(one, login);
    const statuses = (await Promise.all(many)).map(({ status }) => status);
    assert.equal(statuses.filter((status) => status === 200).length, 256);
    // All of them have ended, and count no more.
    assert.equal((await greedy.wait(login.id, { wait: 1, seen: login.version })).status, 200);
  });

  test('another process wakes whoever waits', { skip: engine === 'sqlite' && 'one process' }, async () => {
    const { PORT: _, ...shared } = server.env;
    await using other = await startInProcess(engine, { ...shared, COUNTERSIGN_URL: server.url });
    const one = await person();
    const login = await host.login(one.login);
    one.phone.at = `http://127.0.0.1:${other.env.PORT}`;
    const waiting = host.wait(login.id, { wait: 20, seen: login.version });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const answeredAt = performance.now();
    one.phone.now = Date.now;
    const request = await one.phone.request('device_login');
    await one.phone.answer(request, 'approve', { number: login.push!.number! });
    assert.equal((await waiting).body.state, 'allowed');
    assert.ok(performance.now() - answeredAt < 2_000, 'far below the poll that would find it out');
  });

  test('a host that stops asking: its login is written down as over all the same', async () => {
    const one = await person();
    const login = await host.login(one.login);
    await pass(10 * minute);
    for (const deadline = Date.now() + 20_000; (await eventsOf(login)).length === 0;) {
      assert.ok(Date.now() < deadline, 'maintenance did not come by');
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    const [event] = await eventsOf(login);
    assert.deepEqual([event.type, event.details.why], ['host.login_denied', 'no_answer']);
  });

  test('begun again with the same nonce it is the same login: one push, one try, also while the first is on its way', async () => {
    const one = await person();
    const login = await host.login(one.login);
    const again = async (of: AskedLogin, on = host) => on.call('POST', '/logins', of);
    for (let tries = 0; tries < 40; tries += 1) {
      const { status, body } = await again(login.asked);
      assert.deepEqual([status, body.id, body.push.number], [201, login.id, login.push!.number]);
    }
    assert.equal((await pendingOn(one)).length, 1);
    await answer(one, login);
    const { verdict } = await state(login);
    const ended = await again(login.asked);
    assert.deepEqual([ended.status, ended.body.state, ended.body.verdict], [201, 'allowed', verdict]);
    assert.deepEqual(await pendingOn(one), []);
    // All at once: the second does not end what the first has not sent yet.
    const other = await person();
    const asked = { ...login.asked, nonce: 'A'.repeat(22), local_user: other.login };
    const all = await Promise.all(Array.from({ length: 10 }, () => again(asked)));
    const ids = new Set(all.map(({ body }) => body.id));
    assert.deepEqual([ids.size, ...all.map(({ status }) => status)], [1, ...all.map(() => 201)]);
    assert.ok(all.every(({ body }) => body.state === 'challenge' && body.push.state === 'pending'));
    assert.equal((await pendingOn(other)).length, 1);
    assert.equal(
      (await owner.get('/api/v1/admin/events?limit=200')).body.items.filter(
        ({ type, user }: { type: string; user: { login: string } | null }) =>
          type === 'authentication.begun' && user?.login === other.login,
      ).length,
      // And the one of the enrolment.
      1 + 1,
    );
    // The same nonce on another host is another login; what was refused is refused again with the same word.
    const { host: second_ } = await addHost(server, owner);
    refused(await again(asked, second_), 429, 'too_many_requests');
    refused(await again(asked, second_), 429, 'too_many_requests');
    assert.equal((await pendingOn(other)).length, 1);
  });

  test('somebody else’s login is not there: of another host, of a browser, one that was refused', async () => {
    const one = await person();
    const { host: other } = await addHost(server, owner);
    const login = await host.login(one.login);
    for (const call of [
      other.wait(login.id),
      other.code(login.id, '123456'),
      other.cancel(login.id),
      host.wait('AAAAAAAAAAAAAAAAAAAAAA'),
      one.browser.get(`/api/v1/authentications/${login.id}`),
      one.browser.post(`/api/v1/authentications/${login.id}/complete`),
    ])
      refused(await call, 404, 'not_found');
    await host.begin('nobody-at-all');
    const [refusal] = await server.store.query(
      { text: "SELECT id FROM host_logins WHERE local_user = 'nobody-at-all'", names: [] } as never,
      {},
    );
    refused(await host.wait(String(refusal!.id)), 404, 'not_found');
    assert.equal((await state(login)).state, 'challenge');
  });

  test('names that nobody would write: shown as one line, judged letter for letter', async () => {
    const one = await person();
    const group = await addHostGroup(owner, { match_login: false });
    const { host: odd } = await addHost(server, owner, { group });
    const put = (local_user: string) =>
      owner.call('PUT', `/api/v1/admin/host-groups/${group.id}/accounts`, { local_user, user_id: one.id });
    refused(await odd.begin('a\u0000b'), 400, 'malformed');
    refused(await odd.begin('x'.repeat(257)), 400, 'malformed');
    refused(await odd.begin(''), 400, 'malformed');
    for (const local_user of [
      'a\nb',
      '100%s%n',
      'x'.repeat(256),
      'Ünï',
      'محمد',
      '田中',
      '\u202eadmin',
      "o'; DROP TABLE hosts;--",
      '👩‍🚀',
    ]) {
      assert.equal((await put(local_user)).status, 204);
      const login = await odd.login(local_user, {
        rhost: 'evil\n\u202e1.2.3.4'.padEnd(256, 'x'),
        tty: 'y\u001b[2J',
        service: 'su\u0007do',
        ruser: local_user,
      });
      const { context } = await one.phone.request('device_login');
      assert.doesNotMatch(JSON.stringify(context).replace(/\\u[0-9a-f]{4}/g, '\u0000'), /[\p{Cc}\p{Cf}]/u);
      assert.ok([...context.local_user!].length <= 64);
      assert.deepEqual([context.ip, context.client], [null, 'su\u{fffd}do']);
      await answer(one, login);
      await allowed(login, odd);
      await pass(6 * minute);
    }
    const { body } = await owner.get(`/api/v1/admin/hosts/${odd.id}`);
    for (const { local_user, rhost } of body.logins)
      assert.doesNotMatch(`${local_user}${rhost}`, /[\p{Cc}\p{Cf}]/u);
  });

  test('a flood for one name stands in nobody else’s way, and fills no log', async () => {
    const { host: flooded } = await addHost(server, owner);
    const answers = await Promise.all(Array.from({ length: 100 }, () => flooded.begin('nobody-here')));
    const count = (status: number) => answers.filter((each) => each.status === status).length;
    assert.deepEqual([count(403), count(429)], [30, 70]);
    const others = await Promise.all(
      Array.from({ length: 100 }, (_, index) => flooded.begin(`nobody${index}`)),
    );
    assert.ok(others.every(({ status }) => status === 403));
    const eventsOfHost = async (wanted: string): Promise<{ details: Record<string, unknown> }[]> =>
      (await owner.get('/api/v1/admin/events?limit=200')).body.items.filter(
        ({ type, details }: { type: string; details: { host: string } }) =>
          type === wanted && details.host === flooded.id,
      );
    const noted = await eventsOfHost('host.login_refused');
    assert.equal(noted.length, 60);
    const whys = noted.map(({ details }) => details.why);
    assert.equal(whys.filter((why) => why === 'too_many_requests').length, 1, 'one for the one name');
    assert.deepEqual(await eventsOfHost('host.more_logins_refused'), []);
    // What was not written down is counted, and told with the first of the next flood, or when nothing more comes.
    await pass(minute + second);
    await Promise.all(Array.from({ length: 70 }, (_, index) => flooded.begin(`nobody${index}`)));
    const [more, ...others_] = await eventsOfHost('host.more_logins_refused');
    assert.deepEqual([more!.details.count, more!.details.name, others_], [140, flooded.name, []]);
    await familiar(await person(), {}, flooded);
  });

  test('fifty logins at once', async () => {
    const people = await Promise.all(Array.from({ length: 10 }, () => person()));
    const logins = await Promise.all(
      people.flatMap((one) => Array.from({ length: 5 }, () => host.begin(one.login))),
    );
    // Unfamiliar: one push each, however many ask.
    assert.deepEqual(logins.filter(({ status }) => status === 201).length, 10);
    assert.ok(logins.every(({ status }) => status === 201 || status === 429));
  });
});
