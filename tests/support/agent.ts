import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Asked } from '../../apps/agent/src/relay/lines.ts';
import { ask } from '../../apps/agent/tests/support/fake-module.ts';
import { runCommand, startAgent, type AgentProcess } from '../../apps/agent/tests/support/process.ts';
import type { Browser } from './browser.ts';

/** A host of the test's own: the real agent as a process, which has joined the real server. */
export interface AgentHost extends AsyncDisposable {
  folder: string;
  socket: string;
  id: string;
  process: AgentProcess;
  /** A login, as the PAM module asks for one. */
  login(change?: Partial<Asked>, answers?: Parameters<typeof ask>[2]): ReturnType<typeof ask>;
  command(...args: string[]): ReturnType<typeof runCommand>;
  restart(): Promise<void>;
}

const cli = [process.execPath, join(import.meta.dirname, '..', '..', 'apps/agent/src/cli.ts')];

/** Makes a host group by the Admin Portal's API. */
export async function makeHostGroup(owner: Browser, name: string, more: object = {}): Promise<string> {
  const made = await owner.post('/api/v1/admin/host-groups', { name, match_login: true, ...more });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  return made.body.id as string;
}

export async function startAgentHost(
  { url }: { url: string },
  owner: Browser,
  group: string,
  name = 'web-1',
): Promise<AgentHost> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-host-'));
  const token = await owner.post(`/api/v1/admin/host-groups/${group}/join-tokens`);
  assert.equal(token.status, 201, JSON.stringify(token.body));
  const command = (...args: string[]) => runCommand(cli, [...args, '--state', folder]);
  const joined = await command('join', url, token.body.token as string, '--name', name);
  assert.equal(joined.code, 0, joined.stderr);
  const { items } = (await owner.get('/api/v1/admin/hosts')).body;
  const { id } = (items as { id: string; name: string }[]).find((each) => each.name === name)!;
  const socket = join(folder, 'agent.sock');
  let running = await startAgent(cli, folder);
  return {
    folder,
    socket,
    id,
    get process() {
      return running;
    },
    login: (change, answers) => ask(socket, change, answers),
    command,
    async restart() {
      await running.end('SIGKILL');
      running = await startAgent(cli, folder);
    },
    async [Symbol.asyncDispose]() {
      await running.end('SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
