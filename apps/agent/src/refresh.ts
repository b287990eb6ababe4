import { timeStep } from '@countersign/protocol/otp';
import { offlinePeriod } from '@countersign/protocol/host';
import type { Log } from './log.ts';
import type { RecordFile } from './offline/record.ts';
import type { HostServer } from './server/calls.ts';
import type { Configuration } from './state/configuration.ts';

/**
 * Keeps what the host knows of the server up to date: at the start, every ten minutes, after each login, and often while
 * the server is away. Once it is back, it is told what happened, and locks that were for the time without it are lifted.
 */

const interval = 10 * 60_000; // ms
const whileAway = 15_000;
/** Logins in a row ask once: the server takes 60 a minute. */
const soonAfter = 200;
const apart = 2000;
const entriesACall = 100;
/** Of what was used before a damaged record, no code holds longer. */
const stepsOfACode = 2;

export interface Refresh {
  soon(): void;
  /** Resolves to the reason where the server could not be asked. */
  now(): Promise<string | undefined>;
  stop(): Promise<unknown>;
}

export function createRefresh({
  server,
  configuration,
  record,
  about,
  now,
  log,
}: {
  server: Pick<HostServer, 'configuration' | 'offlineLogins'>;
  configuration: Configuration;
  record: RecordFile;
  about: { agent_version: string; os: string };
  now: () => number;
  log: Log;
}): Refresh {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let going: Promise<string | undefined> | undefined;
  let again = false;
  let stopped = false;
  /** Null before the first try. */
  let trouble: string | undefined | null = null;
  let last = -Infinity;
  const soonest = () => Math.max(soonAfter, last + apart - performance.now());

  function plan(ms: number): void {
    clearTimeout(timer);
    if (stopped) return;
    timer = setTimeout(() => void run(), ms);
  }

  function run(): Promise<string | undefined> {
    if (going) {
      again = true;
      return going;
    }
    last = performance.now();
    going = refresh()
      .catch((error: unknown) => (error as Error).message)
      .then((reason) => {
        going = undefined;
        // Said once, not every 15 seconds.
        if (reason !== trouble && !stopped)
          log(
            reason ? 'warning' : 'notice',
            reason ? `no new configuration: ${reason}` : 'the server is reached',
          );
        trouble = reason;
        plan(again ? soonest() : reason ? whileAway : interval);
        again = false;
        return reason;
      });
    return going;
  }

  async function refresh(): Promise<string | undefined> {
    await configuration.writeRevoked();
    const local_users = record.isDamaged() ? [] : record.current().local_users;
    for (let isFirst = true; ; isFirst = false) {
      const verdict_key = await configuration.newestKey();
      const answer = await server.configuration({ ...about, local_users, verdict_key });
      if (answer.kind === 'outage') return `the server is out of reach: ${answer.reason}`;
      if (answer.kind === 'refused' && answer.code === 'host_revoked') await configuration.revoke();
      if (answer.kind === 'refused') return `the server refused: ${answer.code}`;
      const refused = await configuration.take(answer.value);
      if (refused) return `what the server sent is not taken: ${refused}`;
      // The server signs for what it knows that this host has: a new key is said to be here at once.
      if (!isFirst || (await configuration.newestKey()) === verdict_key) break;
    }
    if (record.isDamaged()) await record.beginAnew(timeStep(now(), offlinePeriod) + stepsOfACode);
    await unlock();
    return tell();
  }

  /** The wrong ones in all stay: whoever can cut the wire and let it be would guess without end. */
  const unlock = () =>
    record.change((before) =>
      before.codes.some(({ failures }) => failures > 0)
        ? [{ ...before, codes: before.codes.map((each) => ({ ...each, failures: 0 })) }, undefined]
        : [before, undefined],
    );

  async function tell(): Promise<string | undefined> {
    for (;;) {
      const entries = record.current().entries.slice(0, entriesACall);
      if (entries.length === 0) return undefined;
      const told = await server.offlineLogins(entries);
      if (told.kind !== 'answered')
        return `what happened without the server is not told yet: ${told.kind === 'outage' ? told.reason : told.code}`;
      const ids = new Set(entries.map(({ id }) => id));
      await record.change((before) => [
        { ...before, entries: before.entries.filter(({ id }) => !ids.has(id)) },
        undefined,
      ]);
      log('notice', `${entries.length} logins without the server were told`);
    }
  }

  return {
    soon: () => {
      if (going) again = true;
      else plan(soonest());
    },
    now: run,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await going;
    },
  };
}
