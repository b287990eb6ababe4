import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createKeeper } from '../../src/agent.ts';
import { join } from '../../src/commands/join.ts';
import { createLog } from '../../src/log.ts';
import { openRelay } from '../../src/relay/socket.ts';
import type { FakeServer } from './fake-server.ts';
import { ask } from './fake-module.ts';

/** A host that has joined a server, with its agent in this process behind a real socket. */

export interface TestHost extends AsyncDisposable {
  folder: string;
  socket: string;
  /** The clock of this host. */
  clock: { now: () => number };
  log: string[];
  ask(
    ...parameters: Parameters<typeof ask> extends [string, ...infer Rest] ? Rest : never
  ): ReturnType<typeof ask>;
  /** Ends the agent and starts another one on the same files. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export function temporaryFolder(): string {
  return mkdtempSync(joinPath(tmpdir(), 'countersign-agent-'));
}

export async function joinedHost(
  server: FakeServer,
  { ca, limit }: { ca?: string; limit?: number } = {},
): Promise<TestHost> {
  const folder = temporaryFolder();
  await join({ url: server.issuer, token: server.token, folder, name: 'web-1', ca });
  return startHost(folder, { limit });
}

export async function startHost(folder: string, { limit }: { limit?: number } = {}): Promise<TestHost> {
  const socket = joinPath(folder, 'agent.sock');
  const lines: string[] = [];
  const clock = { now: Date.now };
  const now = () => clock.now();
  const log = createLog((line) => lines.push(line.trimEnd()), { journal: false, debug: true, now });
  async function start() {
    const keeper = createKeeper({ folder, now, log });
    const before = lines.length;
    await keeper.open();
    // Its first try to get a configuration has come to an end, where there is anything to try with.
    const isOver = () =>
      lines
        .slice(before)
        .some((line) => /the server is reached|no new configuration|every login is refused/.test(line));
    for (let tries = 0; !isOver() && tries < 1500; tries += 1) await sleep(10);
    const relay = await openRelay(socket, keeper.converse, log, limit === undefined ? {} : { limit });
    return {
      async stop() {
        await relay.close();
        await keeper.stop();
      },
    };
  }
  let running = await start();
  return {
    folder,
    socket,
    clock,
    log: lines,
    ask: (...parameters) => ask(socket, ...parameters),
    async restart() {
      await running.stop();
      running = await start();
    },
    stop: () => running.stop(),
    async [Symbol.asyncDispose]() {
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
