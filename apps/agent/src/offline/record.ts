import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { isJsonObject, parseStrictJson } from '@countersign/protocol';
import type { OfflineLogins } from '@countersign/protocol/wire';
import type { Log } from '../log.ts';
import { Damaged, readOwnFile, replaceFile } from '../state/files.ts';

/**
 * What the agent must not forget: which offline codes were used, how many were wrong, what happened while the server was
 * away, and who logs in here: `offline.json`. A change is on the disk before anybody is told of it.
 */

export type Entry = OfflineLogins['entries'][number];
export interface CodeUse {
  /** The person's, as the server seals it: one who is several local users has the same codes for each. */
  login: string;
  /** The last step of which a code was taken; no earlier one is. */
  last_step: number;
  /** Wrong ones in a row, since the server was last there. */
  failures: number;
  /** Wrong ones in a row, of the secret with this hash, whatever the server did. */
  wrong_in_all: number;
  secret_hash: string;
}
export interface OfflineRecord {
  /** Codes of this step and before are spent for everybody. */
  floor: number;
  codes: CodeUse[];
  /** Not yet told to the server. */
  entries: Entry[];
  /** Who logged in, the latest first. */
  local_users: string[];
  /** The last ones, the latest first, for `status`. */
  logins: { at: string; local_user: string; service: string; outcome: string }[];
}

export interface RecordFile {
  /** @throws Damaged */
  current(): OfflineRecord;
  /** One after the other; resolves once it is on the disk, rejects where it cannot be, and then nothing has changed. */
  change<T>(make: (record: OfflineRecord) => Promise<[OfflineRecord, T]> | [OfflineRecord, T]): Promise<T>;
  /** Begins anew in the place of a damaged file. */
  beginAnew(floor: number): Promise<void>;
  isDamaged(): boolean;
  /** Once nothing is being written. */
  settled(): Promise<unknown>;
}

export const recordFile = 'offline.json';
const entryLimit = 1000;
const localUserLimit = 200;
const loginLimit = 20;

export const emptyRecord = (floor: number): OfflineRecord => ({
  floor,
  codes: [],
  entries: [],
  local_users: [],
  logins: [],
});

export async function openRecord(folder: string, log: Log): Promise<RecordFile> {
  const path = join(folder, recordFile);
  let record: OfflineRecord | undefined;
  let damage: Damaged | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  try {
    record = await readRecord(path);
  } catch (error) {
    damage = error as Damaged;
    log('error', `${damage.message}. Offline codes are refused until the server was reached.`);
  }
  const current = () => {
    if (!record) throw damage!;
    return record;
  };
  const write = async (next: OfflineRecord) => {
    await replaceFile(path, `${JSON.stringify(next)}\n`);
    record = next;
  };
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const turn = queue.then(act);
    queue = turn.catch(() => {});
    return turn;
  };
  return {
    current,
    isDamaged: () => record === undefined,
    settled: () => queue,
    change: (make) =>
      inTurn(async () => {
        const before = current();
        const [next, result] = await make(before);
        if (next !== before) await write(bounded(next, log));
        return result;
      }),
    beginAnew: (floor) =>
      inTurn(async () => {
        if (record) return;
        await rename(path, `${path}.damaged`).catch(() => {});
        await write(emptyRecord(floor));
        log('warning', `${path} was begun anew; what it held is in ${recordFile}.damaged`);
      }),
  };
}

/** @throws Damaged */
export async function readRecord(path: string): Promise<OfflineRecord> {
  const text = await readOwnFile(path);
  // Joining writes it: without it nobody knows which codes were used.
  if (text === undefined) throw new Damaged(path, 'is missing');
  const value = parseStrictJson(text);
  if (!isRecord(value)) throw new Damaged(path, 'is damaged');
  return withPersons(value);
}

/** A row of before there were persons. Whose it is nobody knows, so what it has spent is spent for everybody. */
interface OlderUse {
  local_user: string;
  last_step: number;
  failures: number;
}

function withPersons(record: OfflineRecord): OfflineRecord {
  const codes = record.codes as (CodeUse | OlderUse)[];
  return {
    ...record,
    floor: Math.max(record.floor, ...codes.map((each) => ('login' in each ? 0 : each.last_step))),
    codes: codes.map((each) => ({
      wrong_in_all: 0,
      secret_hash: '',
      ...('login' in each ? each : { login: each.local_user, last_step: 0, failures: each.failures }),
    })),
  };
}

function isRecord(value: unknown): value is OfflineRecord {
  if (!isJsonObject(value) || !isCount(value.floor)) return false;
  const { codes, entries, local_users, logins } = value;
  return (
    isListOf(
      codes,
      ({ login, local_user, last_step, failures, wrong_in_all = 0, secret_hash = '' }) =>
        typeof (login ?? local_user) === 'string' &&
        [last_step, failures, wrong_in_all].every(isCount) &&
        typeof secret_hash === 'string',
    ) &&
    isListOf(entries, (each) => typeof each.id === 'string' && typeof each.outcome === 'string') &&
    isListOf(logins, (each) => typeof each.at === 'string') &&
    Array.isArray(local_users) &&
    local_users.every((each) => typeof each === 'string')
  );
}
const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
const isListOf = (value: unknown, isOne: (each: { [name: string]: unknown }) => boolean) =>
  Array.isArray(value) && value.every((each) => isJsonObject(each) && isOne(each));

/**
 * What goes last. Wrong codes can be typed, and under `outage: allow` logins made, without end while the server is away:
 * neither is to push out who got in by a code, nor anything the emergency account, of which administrators are told.
 */
const worth: Record<Entry['outcome'], number> = {
  wrong_code: 0,
  locked: 0,
  outage_allowed: 1,
  offline_code: 2,
  break_glass: 3,
};

function bounded(record: OfflineRecord, log: Log): OfflineRecord {
  let { entries } = record;
  if (entries.length > entryLimit) {
    // Of what is worth the same the oldest goes first: the sort is stable.
    const going = new Set(
      [...entries].sort((a, b) => worth[a.outcome] - worth[b.outcome]).slice(0, entries.length - entryLimit),
    );
    entries = entries.filter((entry) => !going.has(entry));
    log('warning', 'too much happened without the server: the oldest of it will not be told');
  }
  return {
    ...record,
    entries,
    local_users: record.local_users.slice(0, localUserLimit),
    logins: record.logins.slice(0, loginLimit),
  };
}
