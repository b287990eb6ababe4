import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeBase64url } from '@countersign/protocol';
import { verifyVerdict } from '@countersign/protocol/host';
import type { Log } from './log.ts';
import { converse } from './login/conversation.ts';
import type { Effects } from './login/effects.ts';
import { createOffline } from './offline/offline.ts';
import { openRecord, type RecordFile } from './offline/record.ts';
import { operatingSystem } from './operating-system.ts';
import { createRefresh, type Refresh } from './refresh.ts';
import type { Caller } from './relay/caller.ts';
import type { Asked, LastWord } from './relay/lines.ts';
import { createHostServer } from './server/calls.ts';
import { createTransport } from './server/http.ts';
import { openConfiguration } from './state/configuration.ts';
import { Damaged, readOwnFile } from './state/files.ts';
import { certificatesFile, readHost } from './state/host.ts';
import { readKeys } from './state/keys.ts';
import { version } from './version.ts';

/** The agent of a host that has joined: everything put together. */

export interface Agent {
  /** By which the server knows this host. */
  id: string;
  converse(asked: Asked, caller: Caller): Promise<LastWord>;
  refresh: Refresh;
  /** Resolves once what was on its way is done: requests being cancelled, files being written. */
  stop(): Promise<void>;
}

const stopWithin = 2000; // ms
/** Whether this host has joined, or joined anew. */
const looksEvery = 2000; // ms

interface Options {
  folder: string;
  now: () => number;
  log: Log;
}

/** Undefined where this host has not joined. @throws Damaged */
async function openAgent({ folder, now, log }: Options): Promise<Agent | undefined> {
  const identity = await readHost(folder);
  if (!identity) return undefined;
  const keys = await readKeys(folder);
  const { issuer } = identity;
  const transport = createTransport({ ca: await readOwnFile(join(folder, certificatesFile)) });
  const server = createHostServer({ issuer, transport, keys: keys.host, now });
  const configuration = await openConfiguration(folder, identity, now, log);
  const record = await openRecord(folder, log);
  const about = { agent_version: version, os: operatingSystem() };
  const refresh = createRefresh({ server, configuration, record, about, now, log });

  const cancelling = new Set<Promise<unknown>>();
  const cancel = (id: string) => {
    const going = server.cancel(id);
    cancelling.add(going);
    return going.finally(() => cancelling.delete(going));
  };
  const effects: Effects = {
    monotonic: () => performance.now(),
    sleep: (ms, signal) => sleep(ms, undefined, { signal, ref: false }),
    nonce: () => encodeBase64url(randomBytes(16)),
    server: { ...server, cancel },
    judge: (verdict, login) =>
      verifyVerdict(verdict, { iss: issuer, aud: identity.host.id, ...login }, configuration.keys(), now()),
    configuration: configuration.current,
    revoked: configuration.revoke,
    offline: createOffline({ configuration, sealingKey: keys.sealing, record, now, log }),
    log,
  };
  return {
    id: identity.host.id,
    refresh,
    async converse(asked, caller) {
      let word: LastWord | undefined;
      try {
        word = await converse(asked, caller, effects);
        return word;
      } finally {
        // Nobody waits for that.
        void note(record, asked, word, now()).catch((error: unknown) =>
          log('error', (error as Error).message),
        );
        refresh.soon();
      }
    },
    async stop() {
      // A caller that is gone cancels its request a moment later.
      await sleep(0);
      await Promise.race([Promise.allSettled(cancelling), sleep(stopWithin)]);
      transport.close();
      await refresh.stop();
      await record.settled();
    },
  };
}

async function note(
  record: RecordFile,
  { local_user, service }: Asked,
  word: LastWord | undefined,
  now: number,
) {
  if (record.isDamaged()) return;
  const outcome = word === undefined ? 'given up' : word.word === 'OK' ? 'let in' : 'refused';
  await record.change((before) => [
    {
      ...before,
      // Whoever is only asked for, by anybody, is not among those that log in here.
      local_users:
        word?.word === 'OK'
          ? [local_user, ...before.local_users.filter((each) => each !== local_user)]
          : before.local_users,
      logins: [{ at: new Date(now).toISOString(), local_user, service, outcome }, ...before.logins],
    },
    undefined,
  ]);
}

/**
 * An agent that refuses everybody, with the reason in the log, for as long as there is something wrong with its files or
 * it has not joined. It does not end: to a module whose agent is away, `outage=allow` may be set. It sees by itself that
 * the host has joined, or joined anew.
 */
export function createKeeper(options: Options): Pick<Agent, 'converse' | 'stop'> & { open(): Promise<void> } {
  const { log, folder } = options;
  let agent: Agent | undefined;
  let opening: Promise<void> | undefined;
  let problem = '';
  const looking = setInterval(() => void look(), looksEvery);
  looking.unref();

  async function open(): Promise<void> {
    if (agent) return;
    opening ??= tryToOpen().finally(() => (opening = undefined));
    await opening;
  }
  async function look(): Promise<void> {
    // What is damaged now was whole when it was opened, and is named when it is opened next.
    const now = agent && (await readHost(folder).catch(() => undefined));
    if (agent && now && now.host.id !== agent.id) {
      const former = agent;
      agent = undefined;
      log('notice', 'this host has joined anew');
      // Before another one writes the same files.
      opening ??= former
        .stop()
        .then(tryToOpen)
        .finally(() => (opening = undefined));
    }
    await open();
  }
  async function tryToOpen(): Promise<void> {
    const before = problem;
    try {
      agent = await openAgent(options);
      problem = agent ? '' : `this host has not joined (${folder} holds nothing)`;
      if (agent) void agent.refresh.now();
    } catch (error) {
      problem = error instanceof Damaged ? error.message : ((error as Error).stack ?? String(error));
    }
    if (problem !== before && problem) log('error', `every login is refused: ${problem}`);
  }
  return {
    open,
    async converse(asked, caller) {
      await open();
      if (agent) return agent.converse(asked, caller);
      log(
        'error',
        `${JSON.stringify(asked.local_user)} by ${JSON.stringify(asked.service)}: refused, ${problem}`,
      );
      return { word: 'DENY', text: 'This host is not ready for logins by phone. Its log says why.' };
    },
    async stop() {
      clearInterval(looking);
      await agent?.stop();
    },
  };
}
