import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PushRequest } from '@countersign/protocol/wire';
import { decodeBase32 } from '@countersign/protocol/otp';
import { makeHostGroup, startAgentHost, type AgentHost } from '../support/agent.ts';
import type { Browser } from '../support/browser.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { findProgram } from '../support/installed.ts';
import { addLocalUser, type LocalUser } from '../support/local-user.ts';
import { oneTimeCode } from '../support/one-time-code.ts';
import { addService, authenticate, compileModule, whyNoServices } from '../support/pam-module.ts';
import { enrol, signIn } from '../support/people.ts';
import type { Phone } from '../support/phone.ts';
import { findSshd, startSshd, type Sshd, type SshResult } from '../support/sshd.ts';
import { allowSudo, openTerminal } from '../support/sudo.ts';
import { totpCode } from '../support/totp.ts';

/** The whole way: the machine's own sshd, sudo and libpam, our module, the real agent, the real server, a phone. */

const isInstalled = findSshd() && findProgram('ssh') && findProgram('sudo') && findProgram('pamtester');
const skip = whyNoServices || (!isInstalled && 'OpenSSH, sudo or pamtester is not installed');
const folder = mkdtempSync(join(tmpdir(), 'countersign-whole-'));
after(() => rmSync(folder, { recursive: true, force: true }));

let module: string;
let server: InProcess;
let owner: Browser;
let host: AgentHost;
let group: string;
const made: LocalUser[] = [];
if (!skip) {
  before(async () => {
    module = await compileModule(folder);
    server = await startInProcess('sqlite');
    await server.addPerson('boss', { role: 'owner' });
    const { browser, phone } = await enrol(server, 'boss');
    await signIn(browser, phone, 'boss', 'admin_login');
    owner = browser;
    group = await makeHostGroup(owner, 'Web');
    host = await startAgentHost(server, owner, group);
  });
  after(async () => {
    for (const user of made) user[Symbol.dispose]();
    await host[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });
}

/** A local user of this machine who is a person with a phone; `familiar`: who logged in here before. */
async function person({ familiar = true } = {}): Promise<{
  user: LocalUser;
  phone: Phone;
  browser: Browser;
}> {
  const user = addLocalUser();
  made.push(user);
  await server.addPerson(user.name);
  const { phone, browser } = await enrol(server, user.name);
  if (familiar) {
    for (const rhost of ['127.0.0.1', null]) {
      const outcome = await host.login({ local_user: user.name, rhost }, [
        async (_, prompt) => (await answer(phone, 'approve', /number (\d+)/.exec(prompt)?.[1]), ''),
      ]);
      assert.equal(outcome.last, 'OK', outcome.text);
    }
  }
  return { user, phone, browser };
}

/** Once the request is there. */
async function answer(phone: Phone, decision: 'approve' | 'deny', number?: string): Promise<PushRequest> {
  for (let tries = 0; tries < 300; tries += 1) {
    const [request] = await phone.requests();
    if (request) {
      const { status, body } = await phone.answer(request, decision, { number });
      assert.equal(status, 200, JSON.stringify(body));
      return request;
    }
    await sleep(20);
  }
  throw new Error('no request came to the phone');
}

/** How many requests that person's phone was ever sent for a login on a host, and the number of the last. */
async function pushes(login: string): Promise<{ count: number; number: string | undefined }> {
  const rows = await server.store.query(
    {
      text: `SELECT p.number AS number FROM push_requests p JOIN users u ON u.id = p.user_id
        WHERE u.login = :login AND p.purpose = 'device_login' ORDER BY p.created_at`,
      names: ['login'],
    } as never,
    { login },
  );
  return { count: rows.length, number: (rows.at(-1)?.number as string | null) ?? undefined };
}

async function bySsh(
  act: (sshd: Sshd) => Promise<void>,
  { options = '', methods = 'keyboard-interactive:pam', socket = host.socket } = {},
): Promise<void> {
  using service = addService(`required ${module} socket=${socket} ${options}`);
  await using sshd = await startSshd(service, methods);
  await act(sshd);
}
const letIn = ({ allowed, said }: SshResult) => assert.ok(allowed, `${said}\n${host.process.output()}`);
const keptOut = ({ allowed, said }: SshResult) => assert.ok(!allowed, said);

test('ssh: the number in the prompt, typed on the phone, lets in', { skip }, async () => {
  const { user, phone } = await person({ familiar: false });
  await bySsh(async (sshd) => {
    const logging = sshd.login(user.name);
    for (let tries = 0; (await pushes(user.name)).count === 0 && tries < 300; tries += 1) await sleep(20);
    const { number } = await pushes(user.name);
    const request = await answer(phone, 'approve', number);
    assert.equal(request.resource.name, 'web-1');
    const result = await logging;
    letIn(result);
    assert.ok(
      result.prompts[0]!.includes(`A request was sent to your phone (number ${number}).`),
      result.prompts[0],
    );
  });
});

test('ssh: a tap lets in whoever is familiar, after a key too', { skip }, async () => {
  const { user, phone } = await person();
  await bySsh(async (sshd) => {
    const [result] = await Promise.all([sshd.login(user.name), answer(phone, 'approve')]);
    letIn(result);
  });
  await bySsh(
    async (sshd) => {
      const key = sshd.addKey(user.name);
      const [result] = await Promise.all([sshd.login(user.name, { key }), answer(phone, 'approve')]);
      letIn(result);
      assert.equal(result.prompts.length, 1);
    },
    { methods: 'publickey,keyboard-interactive:pam' },
  );
});

test('ssh: one denial is exactly one push', { skip }, async () => {
  const { user, phone } = await person();
  const before = (await pushes(user.name)).count;
  await bySsh(async (sshd) => {
    const [result] = await Promise.all([sshd.login(user.name), answer(phone, 'deny')]);
    keptOut(result);
    // The client would try three times.
    assert.equal(result.prompts.length, 1);
    keptOut(await sshd.login(user.name));
  });
  assert.equal((await pushes(user.name)).count, before + 1);
});

test('ssh: nobody answers: refused in time, and nothing is left on the phone', { skip }, async () => {
  const { user, phone } = await person();
  await bySsh(
    async (sshd) => {
      const result = await sshd.login(user.name);
      keptOut(result);
      assert.ok(result.seconds < 30, `${result.seconds} s`);
    },
    { options: 'timeout=4' },
  );
  for (let tries = 0; (await phone.requests()).length > 0; tries += 1) {
    assert.ok(tries < 50, 'a request stays');
    await sleep(20);
  }
});

test('ssh: a code lets in, once', { skip }, async () => {
  const { user, browser } = await person();
  const { id, secret } = (await browser.post('/api/v1/me/totp')).body as { id: string; secret: string };
  const confirmed = await browser.post(`/api/v1/me/totp/${id}/confirm`, {
    code: totpCode(secret, Date.now(), -1),
  });
  assert.equal(confirmed.status, 200, JSON.stringify(confirmed.body));
  await bySsh(async (sshd) => {
    const code = totpCode(secret, Date.now());
    const wrong = String((Number(code) + 1) % 1e6).padStart(6, '0');
    const result = await sshd.login(user.name, { answers: [wrong, code] });
    letIn(result);
    assert.ok(result.prompts[1]!.includes('The code is wrong.'), result.prompts[1]);
    keptOut(await sshd.login(user.name, { answers: [code, code, code] }));
  });
});

test('ssh: a local user who is nobody is refused, without a prompt', { skip }, async () => {
  const stranger = addLocalUser();
  made.push(stranger);
  await bySsh(async (sshd) => {
    const result = await sshd.login(stranger.name);
    keptOut(result);
    assert.deepEqual(result.prompts, []);
  });
  assert.match(host.process.output(), /the server refused: local_user_unmapped/);
});

test('sudo: a tap lets in; Ctrl-C takes the request from the phone', { skip }, async () => {
  const { user, phone } = await person();
  using service = addService(`required ${module} socket=${host.socket}`);
  using _ = allowSudo(user, service);
  {
    await using terminal = openTerminal(user, 'sudo id -u');
    await terminal.until('press Enter');
    const request = await answer(phone, 'approve');
    assert.match(request.context.client ?? '', /sudo|countersign-test/);
    terminal.type('\n');
    assert.equal(await terminal.ended, 0, terminal.said());
    assert.match(terminal.said(), /^0\r?$/m);
  }
  await using terminal = openTerminal(user, 'sudo id -u');
  await terminal.until('press Enter');
  assert.equal((await phone.requests()).length, 1);
  terminal.type('\x03');
  assert.notEqual(await terminal.ended, 0);
  for (let tries = 0; (await phone.requests()).length > 0; tries += 1) {
    assert.ok(tries < 100, 'the request stays');
    await sleep(20);
  }
});

test('pamtester: where nothing may be asked the push alone decides', { skip }, async () => {
  const { user, phone } = await person();
  using service = addService(`required ${module} socket=${host.socket} silent`);
  const [allowed] = await Promise.all([authenticate(service, { user: user.name }), answer(phone, 'approve')]);
  assert.ok(allowed.allowed, allowed.said);
  const [denied] = await Promise.all([authenticate(service, { user: user.name }), answer(phone, 'deny')]);
  assert.ok(!denied.allowed);
});

test('ssh: on a host that was revoked nobody gets in', { skip }, async () => {
  const { user, phone } = await person();
  await using other = await startAgentHost(server, owner, group, 'web-2');
  const revoked = await owner.post(`/api/v1/admin/hosts/${other.id}/revoke`);
  assert.ok(revoked.status < 300, JSON.stringify(revoked.body));
  await bySsh(async (sshd) => keptOut(await sshd.login(user.name)), { socket: other.socket });
  assert.equal((await phone.requests()).length, 0);
});

test(
  'ssh: without the server an offline code lets in, once; a stopped agent lets in nobody',
  { skip },
  async () => {
    const { user, phone } = await person();
    const hosts = (await phone.call('GET', '/hosts')).body.items as { id: string; secret: string }[];
    const { secret } = hosts.find(({ id }) => id === host.id)!;
    await sleep(2500);
    await server.server.app.close();
    const codeIn = (seconds: number) =>
      oneTimeCode(Buffer.from(decodeBase32(secret)!), Date.now() / 1000 + seconds, { digits: 8 });
    const code = codeIn(0);
    await bySsh(async (sshd) => {
      const result = await sshd.login(user.name, { answers: [code] });
      letIn(result);
      assert.ok(
        result.prompts[0]!.includes('Type the code that your app shows for web-1'),
        result.prompts[0],
      );
      keptOut(await sshd.login(user.name, { answers: [code, code, code] }));
      // It was the code that was spent, and nothing else: the next one is taken.
      letIn(await sshd.login(user.name, { answers: [codeIn(30)] }));
    });
    await bySsh(async (sshd) => keptOut(await sshd.login(user.name)), {
      socket: join(folder, 'nobody.sock'),
    });
  },
);
