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
  ]);

const inOrder = (a: EventRow, b: EventRow): number => a.at - b.at || (a.id < b.id ? -1 : 1);

async function hashRows(rows: EventRow[]): Promise<string> {
  const hashes = await Promise.all(rows.toSorted(inOrder).map((row) => sha256(contentOf(row))));
  return encodeBase64url(await sha256(new Uint8Array(Buffer.concat(hashes))));
}

/**
 * Seals at most 500 rows that have no seal. Undefined where there are none; else the new end of the chain, and whether
 * there may be more. `removed` makes a checkpoint, which is written also without rows.
 */
export async function sealBatch(
  transaction: Transaction,
  key: LogKey,
  now: number,
  removed?: SealClaims['removed'],
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
    rows: await hashRows(rows),
    ...(removed && { removed }),
  };
  const jws = await signJws({ typ: type }, claims, key.privateKey);
  const hash = await hashSeal(jws);
  await insertSeal.run(transaction, { number, sealed_at: now, checkpoint: removed ? 1 : 0, jws });
  await moveChain.run(transaction, { number, hash });
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
}

const pageSize = 200;
const problemsShown = 20;

/**
 * Checks every seal that is there against the one before it, and every row against its seal. What cannot be seen from
 * within is that the end was cut off: compare `end` with one that was noted elsewhere (`known`).
 */
export async function checkChain(on: Queryable, key: PresenceJwk, known?: ChainEnd): Promise<ChainReport> {
  const problems: string[] = [];
  const problem = (text: string) => problems.length < problemsShown && problems.push(text);
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
        if (rows.length !== claims.events)
          problem(`seal ${number} covers ${claims.events} events; ${rows.length} are there`);
        else if ((await hashRows(rows)) !== claims.rows)
          problem(`an event under seal ${number} of ${new Date(claims.sealed_at).toISOString()} was changed`);
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
  const { count: unsealed } = (await countUnsealed.get(on))!;
  return { seals, events, unsealed, removed: checkpoint?.events ?? 0, end, problems };
}
