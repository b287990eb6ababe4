import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { Host } from '../support/host.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { enrol, signIn } from '../support/people.ts';

/** Logins on hosts: what a person and a phone answer, and what the host is told. */
forEachEngine((engine) => {
  let server: InProcess;
  let owner: Browser;
  before(async () => {
    server = await startInProcess(engine);
    await server.addPerson('boss', { role: 'owner' });
    const { browser, phone } = await enrol(server, 'boss');
    await signIn(browser, phone, 'boss', 'admin_login');
    owner = browser;
  });
  after(() => server[Symbol.asyncDispose]());

  test('an approved push lets in by a signed verdict', async () => {
    const group = await owner.post('/api/v1/admin/host-groups', { name: 'Web', match_login: true });
    assert.equal(group.status, 201, JSON.stringify(group.body));
    const token = await owner.post(`/api/v1/admin/host-groups/${group.body.id}/join-tokens`);
    assert.equal(token.status, 201, JSON.stringify(token.body));
    const host = await Host.join(server, token.body.token);
    await server.addPerson('ann');
    const { phone } = await enrol(server, 'ann');
    const login = await host.login('ann');
    assert.equal(login.state, 'challenge');
    const request = await phone.request('device_login');
    const answered = await phone.answer(request, 'approve', { number: login.push!.number! });
    assert.equal(answered.status, 200, JSON.stringify(answered.body));
    const { body } = await host.wait(login.id);
    assert.equal(body.state, 'allowed', JSON.stringify(body));
    assert.deepEqual(await host.judge(body, login.asked), {
      valid: true,
      user: 'ann',
      amr: ['swk', 'pop', 'mfa', 'user'],
    });
  });
});
