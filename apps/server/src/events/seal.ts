import {
  encodeBase64url,
  parseJws,
  sha256,
  sha256Base64url,
  signJws,
  verifyJws,
  type PresenceJwk,
} from '@countersign/protocol';
import type { Queryable, Transaction } from '../platform/store/store.ts';
import type { LogKey } from './log-key.ts';
import {
  countOrphans,
  countUnsealed,
  findChain,
  findOrphan,
  holdChain,
  insertSeal,
  listEventsUnder,
  listSeals,
  moveChain,
  takeUnsealed,
  type EventRow,
} from './store.ts';

/**
 * A seal is a JWS over a batch of the event log: its number, the hash of the seal before it, and the hash of the rows
 * that name it. Rows can then neither be changed, nor taken out, nor put in, without the key. Sealing and checking
 * stand side by side here.
 */

const type = 'countersign-event-seal+jws';
const batchSize = 500;

/** What a seal says. `previous` is the hash of the seal before it, '' for the first. */
export interface SealClaims {
  number: number;
  previous: string;
  /** Milliseconds since 1970. */
  sealed_at: number;
  events: number;
  /** Of the rows' own hashes, one after the other, in the order of time and id. */
  rows: string;
  /** The rows in that order: id, time, and the first half of the hash. It names what is broken; older seals have none. */
  list?: [id: string, at: number, hash: string][];
  /** Retention took out everything up to and with seal `through`, whose hash is `hash`; `events` rows so far. */
  removed?: { through: number; hash: string; events: number };
}

/** The end of the chain: the number and the hash of the last seal. */
export interface ChainEnd {
  number: number;
  hash: string;
}

export const hashSeal = (jws: string): Promise<string> => sha256Base64url(jws);

const contentOf = (row: EventRow): string =>
  JSON.stringify([
    row.id,
    row.at,
    row.type,
    row.actor_id,
    row.actor_login,
    row.user_id,
    row.user_login,
    row.ip,
    row.client,
    row.details,
    // Only where there are some: rows of before these columns keep the hash that their seal has.
    ...(row.authentication_id === null && row.target_id === null
      ? []
      : [row.authentication_id, row.target_id]),
  ]);

const inOrder = (a: EventRow, b: EventRow): number => a.at - b.at || (a.id < b.id ? -1 : 1);

/** What a seal says of its rows. */
async function describeRows(rows: EventRow[]): Promise<{ rows: string; list: [string, number, string][] }> {
  const ordered = rows.toSorted(inOrder);
  const hashes = await Promise.all(ordered.map((row) => sha256(contentOf(row))));
  return {
    rows: encodeBase64url(await sha256(new Uint8Array(Buffer.concat(hashes)))),
    list: ordered.map(({ id, at }, index) => [id, at, encodeBase64url(hashes[index]!.slice(0, 16))]),
  };
}

/** Is given every event once, in order and in the transaction of its seal. */
export type WhenSealed = (transaction: Transaction, seal: number, rows: readonly EventRow[]) => Promise<void>;

/**
 * Seals at most 500 rows that have no seal. Undefined where there are none; else the new end of the chain, and whether
 * there may be more. `removed` makes a checkpoint, which is written also without rows.
 */
export async function sealBatch(
  transaction: Transaction,
  key: LogKey,
  now: number,
  { removed, sealed }: { removed?: SealClaims['removed']; sealed?: WhenSealed } = {},
): Promise<(ChainEnd & { more: boolean }) | undefined> {
  const end = (await holdChain.get(transaction))!;
  const number = end.number + 1;
  const rows = await takeUnsealed.all(transaction, { seal: number, limit: batchSize });
  if (rows.length === 0 && !removed) return undefined;
  const claims: SealClaims = {
    number,
    previous: end.hash,
    sealed_at: now,
    events: rows.length,
    ...(await describeRows(rows)),
    ...(removed && { removed }),
  };
  const jws = await signJws({ typ: type }, claims, key.privateKey);
  const hash = await hashSeal(jws);
  await insertSeal.run(transaction, { number, sealed_at: now, checkpoint: removed ? 1 : 0, jws });
  await moveChain.run(transaction, { number, hash });
  if (rows.length > 0) await sealed?.(transaction, number, rows.toSorted(inOrder));
  return { number, hash, more: rows.length === batchSize };
}

/** The claims of a seal of ours; undefined where the key did not sign it. */
export async function openSeal(jws: string, key: PresenceJwk): Promise<SealClaims | undefined> {
  const parsed = parseJws(jws, type);
  if (!parsed || !(await verifyJws(parsed, key))) return undefined;
  return parsed.claims as unknown as SealClaims;
}

export interface ChainReport {
  seals: number;
  events: number;
  /** Rows that wait for their seal. */
  unsealed: number;
  /** Rows that retention has removed, as the newest checkpoint says. */
  removed: number;
  end: ChainEnd;
  /** One sentence each; none: the chain holds. */
  problems: string[];
  /** The earliest event that is not as it was sealed, where the seals say which; it is the first of `problems` then. */
  firstBroken?: BrokenEvent;
}

export interface BrokenEvent {
  id: string;
  /** Milliseconds since 1970: as it was sealed, or of a row that was put in, as it says. */
  at: number;
  what: 'changed' | 'removed' | 'put in';
}

/** The earliest of `rows` that is not as the seal has it. Undefined where the seal is of before there were lists. */
async function findBroken(rows: EventRow[], list: SealClaims['list']): Promise<BrokenEvent | undefined> {
  if (!list) return undefined;
  const found = new Map((await describeRows(rows)).list.map((entry) => [entry[0], entry]));
  const broken: BrokenEvent[] = [];
  for (const [id, at, hash] of list) {
    const entry = found.get(id);
    if (!entry) broken.push({ id, at, what: 'removed' });
    else if (entry[2] !== hash) broken.push({ id, at, what: 'changed' });
    found.delete(id);
  }
  for (const [id, at] of found.values()) broken.push({ id, at, what: 'put in' });
  return broken.toSorted((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))[0];
}

const timeOf = (at: number): string => new Date(at).toISOString();

const pageSize = 200;
const problemsShown = 20;

/**
 * Checks every seal that is there against the one before it, and every row against its seal. What cannot be seen from
 * within is that the end was cut off: compare `end` with one that was noted elsewhere (`known`).
 */
export async function checkChain(on: Queryable, key: PresenceJwk, known?: ChainEnd): Promise<ChainReport> {
  const problems: string[] = [];
  const problem = (text: string) => problems.length < problemsShown && problems.push(text);
  let firstBroken: BrokenEvent | undefined;
  const orphans = (await countOrphans.get(on))!.count;
  const stored = (await findChain.get(on)) ?? { number: 0, hash: '' };
  let end: ChainEnd = { number: 0, hash: '' };
  let first: { number: number; previous: string } | undefined;
  let checkpoint: SealClaims['removed'];
  let seals = 0;
  let events = 0;
  let knownSeen = known === undefined || known.number === 0;
  for (;;) {
    const page = await listSeals.all(on, { after: end.number, limit: pageSize });
    for (const { number, jws } of page) {
      const claims = await openSeal(jws, key);
      if (!claims) problem(`seal ${number} is not signed by this server's key`);
      else {
        if (claims.number !== number) problem(`seal ${number} says that it is seal ${claims.number}`);
        if (!first) first = { number, previous: claims.previous };
        else if (number !== end.number + 1) problem(`the seals between ${end.number} and ${number} are gone`);
        else if (claims.previous !== end.hash) problem(`seal ${number} does not follow seal ${end.number}`);
        const rows = await listEventsUnder.all(on, { seal: number });
        events += rows.length;
        const holds = rows.length === claims.events && (await describeRows(rows)).rows === claims.rows;
        if (!holds) firstBroken ??= await findBroken(rows, claims.list);
        if (rows.length !== claims.events)
          problem(`seal ${number} covers ${claims.events} events; ${rows.length} are there`);
        else if (!holds) problem(`an event under seal ${number} of ${timeOf(claims.sealed_at)} was changed`);
        checkpoint = claims.removed ?? checkpoint;
      }
      seals += 1;
      end = { number, hash: await hashSeal(jws) };
      if (known?.number === number) {
        knownSeen = true;
        if (known.hash !== end.hash) problem(`seal ${number} is not the one that was noted`);
      }
    }
    if (page.length < pageSize) break;
  }
  if (first && first.number !== 1) {
    const bridged = checkpoint?.through === first.number - 1 && checkpoint.hash === first.previous;
    if (!bridged) problem(`what came before seal ${first.number} is gone, and no checkpoint says so`);
  } else if (first && first.previous !== '') problem('seal 1 follows another');
  if (stored.number !== end.number || stored.hash !== end.hash)
    problem(`the last seal is ${end.number}, but ${stored.number} was written`);
  if (orphans > 0) problem(`${orphans} events name a seal that is not there`);
  if (!knownSeen && !(checkpoint && known!.number <= checkpoint.through))
    problem(`seal ${known!.number}, which was noted, is not there: the end of the log was cut off`);
  if (orphans > 0 && !firstBroken) firstBroken = { ...(await findOrphan.get(on))!, what: 'put in' };
  if (firstBroken) {
    const { id, at, what } = firstBroken;
    problems.unshift(`the first broken event is ${id} of ${timeOf(at)}: it was ${what}`);
  }
  const { count: unsealed } = (await countUnsealed.get(on))!;
  const removed = checkpoint?.events ?? 0;
  return { seals, events, unsealed, removed, end, problems, firstBroken };
}
