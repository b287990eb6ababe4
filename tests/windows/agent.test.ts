import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildAgent } from '../../apps/agent/build.ts';
import { makeHostGroup } from '../support/agent.ts';
import { startInProcess } from '../support/in-process.ts';
import { enrol, signIn } from '../support/people.ts';
import { startWindows, whyNoWindows } from '../support/windows-login.ts';

/**
 * The agent itself on Windows' Node, and the provider that asks it over its own pipe. The Node is one that runs under wine,
 * such as 20: COUNTERSIGN_TEST_WINDOWS_NODE=…/node.exe.
 */
const node = process.env.COUNTERSIGN_TEST_WINDOWS_NODE;
const skip =
  whyNoWindows || (node === undefined && 'COUNTERSIGN_TEST_WINDOWS_NODE names no Node for Windows');
const folder = mkdtempSync(join(tmpdir(), 'countersign-windows-agent-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test('it joins, listens on its pipe, and asks the phone', { skip }, async () => {
  await using windows = await startWindows();
  await using server = await startInProcess('sqlite');
  await server.addPerson('boss', { role: 'owner' });
  const boss = await enrol(server, 'boss');
  await signIn(boss.browser, boss.phone, 'boss', 'admin_login');
  const group = await makeHostGroup(boss.browser, 'Desks');
  const { body } = await boss.browser.post(`/api/v1/admin/host-groups/${group}/join-tokens`);
  await server.addPerson('alice');
  const { phone } = await enrol(server, 'alice');

  const bundle = await buildAgent(folder);
  const output = join(folder, 'output');
  const command = (...args: string[]) => windows.start(output, node!, bundle, ...args);
  const said = () => readFileSync(output, 'utf8');
  const ended = async (...args: string[]) =>
    ((await once(command(...args), 'exit'))[0] as number | null) ?? said();
  assert.equal(await ended('join', server.url, body.token as string, '--name', 'desk-1'), 0, said());
  assert.match(said(), /desk-1 has joined the group "Desks"/);
  assert.equal(await ended('join', server.url, body.token as string), 1);
  assert.match(said(), /countersign-agent is there already, and may be somebody else's/);

  const agent = command('run');
  for (let tries = 0; !said().includes('listens on \\\\.\\pipe\\countersign-agent'); tries += 1) {
    assert.ok(tries < 1000 && agent.exitCode === null, said());
    await sleep(20);
  }
  await using window = windows.open();
  await window.do('scenario 1');
  await window.do('owned 0');
  await window.type({ user: 'alice', password: 'päss w%rd' });
  const submitting = window.submit();
  const [, number] = await window.until(/\(number (\d+)\)/);
  const [request] = await phone.requests();
  assert.equal(request!.resource.name, 'desk-1');
  await phone.answer(request!, 'approve', { number });
  assert.match((await submitting).credential ?? said(), /\|alice\|/);
  for (const name of ['status', 'leave']) assert.equal(await ended(name), 0, said());
});
