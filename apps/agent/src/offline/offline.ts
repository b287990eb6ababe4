import { createHash, randomUUID } from 'node:crypto';
import { offlinePeriod, offlineStepOf, type OfflineUsers } from '@countersign/protocol/host';
import { decodeBase32, timeStep } from '@countersign/protocol/otp';
import type { Log } from '../log.ts';
import type { Claim, Offline } from '../login/effects.ts';
import type { Configuration } from '../state/configuration.ts';
import type { CodeUse, Entry, OfflineRecord, RecordFile } from './record.ts';
import { openSealed } from './sealed.ts';

/** Logins without the server (docs/hosts.md, "Offline codes"). */

/** Wrong codes in a row, after which none of that person is taken until the server is back. */
const lockedAfter = 10;
/** And after which none is until their secret is another. */
const wornOutAfter = 100;

interface Person {
  login: string;
  secret: Uint8Array<ArrayBuffer>;
  secret_hash: string;
}

export function createOffline({
  configuration,
  sealingKey,
  record,
  now,
  log,
}: {
  configuration: Configuration;
  sealingKey: CryptoKey;
  record: RecordFile;
  now: () => number;
  log: Log;
}): Offline {
  async function sealedUsers(): Promise<OfflineUsers['users']> {
    const held = configuration.current();
    if ('problem' in held || held.offline === null) return [];
    const users = await openSealed(held.offline, sealingKey, now());
    if (!('problem' in users)) return users;
    log('error', users.problem);
    return [];
  }
  function personOf(users: OfflineUsers['users'], localUser: string): Person | undefined {
    const found = users.find(({ local_user }) => local_user === localUser);
    const secret = found && decodeBase32(found.secret);
    // A key of no bytes would be one that anybody has.
    if (!secret || secret.length < 16) return undefined;
    const secret_hash = createHash('sha256').update(secret).digest('base64url');
    return { login: found.login, secret, secret_hash };
  }
  const entryOf = (outcome: Entry['outcome'], { local_user, service, rhost }: Claim): Entry => ({
    id: randomUUID(),
    at: new Date(now()).toISOString(),
    local_user,
    service,
    rhost,
    outcome,
  });
  const withEntry = (before: OfflineRecord, entry: Entry): OfflineRecord => ({
    ...before,
    entries: [...before.entries, entry],
  });

  return {
    async has(localUser) {
      const person = personOf(await sealedUsers(), localUser);
      return person ? (lockOf(useOf(record.current(), person)) ?? 'yes') : 'none';
    },

    // Codes are judged one after the other: of two that are typed at once, one is the second.
    use: (code, claim) =>
      record.change(async (before) => {
        const users = await sealedUsers();
        const person = personOf(users, claim.local_user);
        if (!person) return [before, 'none' as const];
        const use = useOf(before, person);
        const lock = lockOf(use);
        if (lock) return [before, lock];
        const spent = Math.max(before.floor, use.last_step);
        const step = await offlineStepOf(code, person.secret, spent, now());
        const next: CodeUse =
          step === undefined
            ? { ...use, failures: use.failures + 1, wrong_in_all: use.wrong_in_all + 1 }
            : { ...use, last_step: step, failures: 0, wrong_in_all: 0 };
        const logins = new Set(users.map(({ login }) => login));
        const isOfUse = ({ login, last_step }: CodeUse) =>
          // What says nothing any more is not kept: nobody has a code here, and none of that step would hold again.
          logins.has(login) || last_step >= timeStep(now(), offlinePeriod) - 10;
        const codes = [...before.codes.filter((each) => each.login !== person.login && isOfUse(each)), next];
        const after = { ...before, codes };
        if (step !== undefined) return [withEntry(after, entryOf('offline_code', claim)), 'taken' as const];
        const told = withEntry(after, entryOf('wrong_code', claim));
        return [lockOf(next) ? withEntry(told, entryOf('locked', claim)) : told, 'wrong' as const];
      }),

    letIn: (outcome, claim) =>
      record.change((before) => [withEntry(before, entryOf(outcome, claim)), undefined]),
  };
}

function lockOf({ failures, wrong_in_all }: CodeUse): 'locked' | 'worn_out' | undefined {
  if (wrong_in_all >= wornOutAfter) return 'worn_out';
  return failures >= lockedAfter ? 'locked' : undefined;
}

function useOf({ codes }: OfflineRecord, { login, secret_hash }: Person): CodeUse {
  const use = codes.find((each) => each.login === login) ?? { login, last_step: 0, failures: 0 };
  const wrong_in_all = 'secret_hash' in use && use.secret_hash === secret_hash ? use.wrong_in_all : 0;
  return { ...use, wrong_in_all, secret_hash };
}
