import { randomUUID } from 'node:crypto';
import { offlinePeriod, offlineStepOf } from '@countersign/protocol/host';
import { decodeBase32, timeStep } from '@countersign/protocol/otp';
import type { Log } from '../log.ts';
import type { Claim, Offline } from '../login/effects.ts';
import type { Configuration } from '../state/configuration.ts';
import type { CodeUse, Entry, OfflineRecord, RecordFile } from './record.ts';
import { openSealed } from './sealed.ts';

/** Logins without the server (docs/hosts.md, "Offline codes"). */

/** Wrong codes in a row, after which none of that local user is taken until the server is back. */
const lockedAfter = 10;

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
  async function secretOf(localUser: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const held = configuration.current();
    if ('problem' in held || held.offline === null) return undefined;
    const users = await openSealed(held.offline, sealingKey, now());
    if ('problem' in users) {
      log('error', users.problem);
      return undefined;
    }
    const found = users.find(({ local_user }) => local_user === localUser);
    const secret = found && decodeBase32(found.secret);
    // A key of no bytes would be one that anybody has.
    return secret && secret.length >= 16 ? secret : undefined;
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
      if ((await secretOf(localUser)) === undefined) return 'none';
      return useOf(record.current(), localUser).failures >= lockedAfter ? 'locked' : 'yes';
    },

    // Codes are judged one after the other: of two that are typed at once, one is the second.
    use: (code, claim) =>
      record.change(async (before) => {
        const secret = await secretOf(claim.local_user);
        if (!secret) return [before, 'none' as const];
        const use = useOf(before, claim.local_user);
        if (use.failures >= lockedAfter) return [before, 'locked' as const];
        const spent = Math.max(before.floor, use.last_step);
        const step = await offlineStepOf(code, secret, spent, now());
        const next: CodeUse =
          step === undefined
            ? { ...use, failures: use.failures + 1 }
            : { local_user: claim.local_user, last_step: step, failures: 0 };
        const codes = [
          ...before.codes.filter((each) => each.local_user !== claim.local_user && isOfUse(each)),
          next,
        ];
        const after = { ...before, codes };
        if (step !== undefined) return [withEntry(after, entryOf('offline_code', claim)), 'taken' as const];
        const told = withEntry(after, entryOf('wrong_code', claim));
        return [
          next.failures < lockedAfter ? told : withEntry(told, entryOf('locked', claim)),
          'wrong' as const,
        ];
      }),

    letIn: (outcome, claim) =>
      record.change((before) => [withEntry(before, entryOf(outcome, claim)), undefined]),
  };

  /** What says nothing any more is not kept: no code of that step holds again. */
  function isOfUse({ last_step, failures }: CodeUse): boolean {
    return failures > 0 || last_step >= timeStep(now(), offlinePeriod) - 10;
  }
}

const useOf = ({ codes }: OfflineRecord, localUser: string): CodeUse =>
  codes.find((each) => each.local_user === localUser) ?? { local_user: localUser, last_step: 0, failures: 0 };
