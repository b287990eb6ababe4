import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeBase32 } from '@countersign/protocol/otp';
import { makeHostGroup, startAgentHost, type AgentHost } from '../support/agent.ts';
import type { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { oneTimeCode } from '../support/one-time-code.ts';
import { addPerson, enrol, signIn } from '../support/people.ts';
import type { Phone } from '../support/phone.ts';
import { startServer, type RunningServer } from '../support/server.ts';
import { totpCode } from '../support/totp.ts';

/** Logins on a host by the real agent, which asks the real server; only the PAM module is a socket of the test's own. */
forEachEngine((engine) => {
  let server: RunningServer;
  let owner: Browser;
  let group: string;
  let host: AgentHost;
  before(async () => {
    server = await startServer({ engine });
    await addPerson(server, 'boss', 'owner');
    const { browser, phone } = await enrol(server, 'boss');
    await signIn(browser, phone, 'boss', 'admin_login');
    owner = browser;
    group = await makeHostGroup(owner, 'Web');
    host = await startAgentHost(server, owner, group);
  });
  after(async () => {
    await host[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  let people = 0;
  async function newcomer(): Promise<{ login: string; phone: Phone; browser: Browser }> {
    const login = `person-${(people += 1)}`;
    await addPerson(server, login);
    return { login, ...(await enrol(server, login)) };
  }
  const approve = async (phone: Phone, prompt: string) => {
    const request = await phone.request('device_login');
    const number = /number (\d+)/.exec(prompt)?.[1];
    const { status, body } = await phone.answer(request, 'approve', { number });
    assert.equal(status, 200, JSON.stringify(body));
    return request;
  };
  /** Once, so that the host is familiar and the person among those that log in there. */
  const loggedIn = async () => {
    const person = await newcomer();
    const first = await host.login({ local_user: person.login }, [
      async (_, prompt) => (await approve(person.phone, prompt), ''),
    ]);
    assert.equal(first.last, 'OK', first.text);
    return person;
  };
  const requestsOf = async (phone: Phone) => (await phone.requests()).length;

  test('a number in the prompt, typed on the phone, lets in; then the host is familiar and a tap is enough', async () => {
    const { login, phone } = await newcomer();
    const first = await host.login({ local_user: login }, [
      async (_, prompt) => {
        const request = await approve(phone, prompt);
        assert.equal(request.resource.name, 'web-1');
        return '';
      },
    ]);
    assert.equal(first.last, 'OK', host.process.output());
    assert.match(
      first.prompts[0]!,
      /^A request was sent to your phone \(number \d\d\)\. Approve it, then press Enter\. /,
    );
    const second = await host.login({ local_user: login }, [
      async (_, prompt) => (await approve(phone, prompt), ''),
    ]);
    assert.equal(second.last, 'OK');
    assert.match(second.prompts[0]!, /^A request was sent to your phone\. Approve it/);
    assert.match(
      host.process.output(),
      new RegExp(`"${login}" by "sshd" from "203\\.0\\.113\\.9": let in, as "${login}"`),
    );
  });

  test('a denial is one request, and the next login gets none for a minute', async () => {
    const { login, phone } = await loggedIn();
    const denied = await host.login({ local_user: login }, [
      async () => {
        assert.equal((await phone.answer(await phone.request('device_login'), 'deny')).status, 200);
        return '';
      },
    ]);
    assert.deepEqual([denied.last, denied.text], ['STOP', 'The request was denied on the phone.']);
    assert.equal(await requestsOf(phone), 0);
    const again = await host.login({ local_user: login });
    assert.equal(again.last, 'STOP', again.prompts[0]);
    assert.equal(await requestsOf(phone), 0);
  });

  test('a caller that dies, Ctrl-C, the time that is over: nothing is left on the phone', async () => {
    const { login, phone } = await loggedIn();
    const gone = async () => {
      for (let tries = 0; (await requestsOf(phone)) > 0; tries += 1) {
        assert.ok(tries < 50, 'the request stays');
        await sleep(20);
      }
    };
    await host.login({ local_user: login }, [
      async (module) => {
        assert.equal(await requestsOf(phone), 1);
        module.die();
        return undefined;
      },
    ]);
    await gone();
    await host.login({ local_user: login }, [(module) => (module.write('CANCEL\n'), undefined)]);
    await gone();
    const late = await host.login({ local_user: login, timeout: 2 }, [() => undefined]);
    assert.equal(late.last, 'DENY');
    await gone();
  });

  test('a verification code lets in, once; a wrong one is asked again', async () => {
    const { login, browser } = await loggedIn();
    const begun = await browser.post('/api/v1/me/totp');
    assert.equal(begun.status, 201, JSON.stringify(begun.body));
    const { id, secret } = begun.body as { id: string; secret: string };
    const confirmed = await browser.post(`/api/v1/me/totp/${id}/confirm`, {
      code: totpCode(secret, Date.now(), -1),
    });
    assert.equal(confirmed.status, 200, JSON.stringify(confirmed.body));
    const code = totpCode(secret, Date.now());
    const wrong = String((Number(code) + 1) % 1e6).padStart(6, '0');
    const outcome = await host.login({ local_user: login }, [wrong, code]);
    assert.equal(outcome.last, 'OK', outcome.text);
    assert.match(outcome.prompts[0]!, /Or type a code: $/);
    assert.match(outcome.prompts[1]!, /^The code is wrong\./);
    const replayed = await host.login({ local_user: login }, [code, code, code]);
    assert.equal(replayed.last, 'STOP');
    assert.match(replayed.prompts[1]!, /^This code has been used\./);
  });

  test('where nothing can be asked, a familiar person’s tap decides', async () => {
    const { login, phone } = await loggedIn();
    const asking = host.login({ local_user: login, interactive: false });
    for (let tries = 0; (await requestsOf(phone)) === 0 && tries < 50; tries += 1) await sleep(20);
    await approve(phone, '');
    assert.equal((await asking).last, 'OK');
  });

  test('names that nobody has, of any writing: refused, and nobody’s phone is asked', async () => {
    for (const local_user of [
      'nobody-here',
      'root',
      'zoë\n%',
      '東京',
      'a'.repeat(256),
      '../boss',
      "' OR 1=1 --",
    ]) {
      const outcome = await host.login({ local_user });
      assert.deepEqual(
        [outcome.last, outcome.text],
        ['STOP', 'Nobody is known here by the name of this local user.'],
        local_user,
      );
    }
  });

  test('a service by which nobody logs in, and one that asks nothing before', async () => {
    const { login, phone } = await loggedIn();
    const rule = { factors: ['push'], first_factor: true, deny: false };
    const services = { '*': rule, telnet: { ...rule, deny: true }, quick: { ...rule, first_factor: false } };
    const patched = await owner.patch(`/api/v1/admin/host-groups/${group}`, { services });
    assert.equal(patched.status, 200, JSON.stringify(patched.body));
    assert.equal(
      (await host.login({ local_user: login, service: 'telnet' })).text,
      'Nobody logs in on this host by this service.',
    );
    const quick = await host.login({ local_user: login, service: 'quick' }, [
      async (_, prompt) => (await approve(phone, prompt), ''),
    ]);
    assert.match(quick.prompts[0]!, /\(number \d+\)/);
    assert.equal(quick.last, 'OK');
  });

  test('without the server a code of the phone’s lets in once, and the server is told afterwards', async () => {
    const { login, phone } = await loggedIn();
    const hosts = await phone.call('GET', '/hosts');
    assert.equal(hosts.status, 200, JSON.stringify(hosts.body));
    const { secret } = (hosts.body.items as { id: string; secret: string }[]).find(
      ({ id }) => id === host.id,
    )!;
    // The configuration that seals it comes after the login.
    await sleep(2500);
    await server.stop();
    const code = oneTimeCode(Buffer.from(decodeBase32(secret)!), Date.now() / 1000, { digits: 8 });
    const outcome = await host.login({ local_user: login }, [code]);
    assert.equal(outcome.last, 'OK', `${outcome.text}\n${host.process.output()}`);
    await host.restart();
    assert.equal((await host.login({ local_user: login }, [code, code, code])).last, 'STOP');
    await server.restart();
    await host.restart();
    await sleep(500);
    const detail = await owner.get(`/api/v1/admin/hosts/${host.id}`);
    const outcomes = (detail.body.logins as { outcome: string }[]).map(({ outcome: each }) => each);
    assert.equal(outcomes.filter((each) => each === 'offline_code').length, 1);
    assert.equal(outcomes.filter((each) => each === 'wrong_code').length, 3);
  });

  test('status says so, and a host that was revoked lets in nobody, offline codes included', async () => {
    const { login } = await loggedIn();
    await using other = await startAgentHost(server, owner, group, 'web-2');
    const well = await other.command('status');
    assert.equal(well.code, 0, well.stdout);
    assert.match(well.stdout, /answers in \d+ ms, and the clocks agree/);
    const revoked = await owner.post(`/api/v1/admin/hosts/${other.id}/revoke`);
    assert.ok([200, 204].includes(revoked.status), JSON.stringify(revoked.body));
    const outcome = await other.login({ local_user: login });
    assert.deepEqual([outcome.last, outcome.prompts], ['STOP', []], outcome.text);
    assert.match(other.process.output(), /the server refused: host_revoked/);
    assert.equal((await other.command('status')).code, 1);
  });

  test('leaves, and may join again', async () => {
    await using other = await startAgentHost(server, owner, group, 'web-3');
    const left = await other.command('leave', '--force');
    assert.equal(left.code, 0, left.stderr);
    const token = await owner.post(`/api/v1/admin/host-groups/${group}/join-tokens`);
    const again = await other.command('join', server.url, token.body.token as string, '--name', 'web-3');
    assert.equal(again.code, 0, again.stderr);
    const spent = await other.command('leave', '--force');
    assert.equal(spent.code, 0);
    const twice = await other.command('join', server.url, token.body.token as string);
    assert.match(twice.stderr, /^countersign-agent: The server refused: .*join_token_not_found\)\n$/);
  });
});
