import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { signAnswer, signProof } from '@countersign/protocol';
import type { PushRequest } from '@countersign/protocol/wire';
import { buildAgent } from '../apps/agent/build.ts';
import { ask } from '../apps/agent/tests/support/fake-module.ts';
import { runCommand, startAgent } from '../apps/agent/tests/support/process.ts';
import { createEvents } from '../apps/server/src/events/events.ts';
import { addHostGroup, makeJoinToken } from '../apps/server/src/hosts/groups.ts';
import { median, quantile, type Figure } from './figures.ts';
import { populate, type Member } from './population.ts';
import { startServer } from './processes.ts';

/**
 * What a login on a host gains by us where nobody has to be waited for: from the module's first line to the prompt, and
 * from Enter to the last word. In between the phone approves, which is not counted.
 */

const people = 20;
const logins = 200;

export async function measureAgent(): Promise<Figure[]> {
  await using server = await startServer();
  await using population = await populate(server.env, people);
  const { platform, members } = population;
  const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-agent-'));
  const program = join(import.meta.dirname, '../apps/agent/deb/tree/usr/bin/countersign-agent');
  const bundle = await buildAgent(join(folder, 'bundle'));
  const command = ['env', `COUNTERSIGN_NODE=${process.execPath}`, `COUNTERSIGN_BUNDLE=${bundle}`, program];

  const by = { actor: { id: members[0]!.id, login: members[0]!.login }, asker: { ip: null, client: null } };
  const needs = { platform, events: createEvents(platform) };
  const group = await addHostGroup({ name: 'Bench', match_login: true }, by as never, needs);
  const { token } = await makeJoinToken(group.id, by as never, needs);
  const state = join(folder, 'state');
  const joined = await runCommand(command, ['join', server.url, token, '--state', state]);
  if (joined.code !== 0) throw new Error(joined.stderr);
  const agent = await startAgent(command, state);
  try {
    await sleep(1000);
    const atRest = agent.memory();
    const samples: number[] = [];
    // The first of each person asks for a number, and counts as warming up.
    for (let login = -people; login < logins; login += 1) {
      if (login % people === 0) await population.passAnHour();
      const member = members[(login + people) % people]!;
      const took = await once(join(state, 'agent.sock'), member, server.url);
      if (login >= 0) samples.push(took);
    }
    return [
      {
        name: 'a login on a host, its push approved meanwhile, median',
        value: median(samples),
        unit: 'ms',
        samples,
        target: { atMost: 30 },
      },
      {
        name: 'a login on a host, its push approved meanwhile, p99',
        value: quantile(samples, 0.99),
        unit: 'ms',
      },
      { name: 'memory of the agent at rest', value: atRest / 1e6, unit: 'MB', target: { atMost: 70 } },
      {
        name: `memory of the agent after ${logins + people} logins`,
        value: agent.memory() / 1e6,
        unit: 'MB',
        target: { atMost: 70 },
      },
    ];
  } finally {
    await agent.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function once(socket: string, member: Member, issuer: string): Promise<number> {
  const began = performance.now();
  let prompted = 0;
  let entered = 0;
  const { last, text } = await ask(socket, { local_user: member.login }, [
    async (_, prompt) => {
      prompted = performance.now();
      await approve(member, issuer, /number (\d+)/.exec(prompt)?.[1]);
      entered = performance.now();
      return '';
    },
  ]);
  if (last !== 'OK') throw new Error(`a login was not let in: ${last} ${text}`);
  return prompted - began + (performance.now() - entered);
}

async function approve(member: Member, issuer: string, number: string | undefined): Promise<void> {
  const call = async (method: string, path: string, body?: string) => {
    const url = `${issuer}/authenticator/v1${path}`;
    const bytes = body === undefined ? undefined : new TextEncoder().encode(body);
    const dpop = await signProof({ method, url, body: bytes }, member.keys, Date.now());
    const response = await fetch(url, {
      method,
      body,
      headers: { dpop, ...(body ? { 'content-type': 'application/json' } : {}) },
    });
    if (!response.ok) throw new Error(await response.text());
    return (await response.json()) as { requests: PushRequest[] };
  };
  const request = (await call('GET', '/requests')).requests.find(
    ({ purpose }) => purpose === 'device_login',
  )!;
  const claims = { decision: 'approve' as const, ...(number === undefined ? {} : { number }) };
  const options = { issuer, privateKey: member.keys.privateKey, now: Date.now() };
  const answer = await signAnswer(request, claims, options);
  await call('POST', `/requests/${request.id}/answer`, JSON.stringify({ answer, webauthn: null }));
}
