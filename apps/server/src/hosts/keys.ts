import { presenceThumbprint, type PresenceJwk } from '@countersign/protocol';
import type { VerdictKey } from '@countersign/protocol/host';
import { findKey, keepKey, replaceKey } from '../platform/keys/store.ts';
import { hour, second, type Platform } from '../platform/platform.ts';
import { sealed } from '../platform/sealed-columns.ts';
import type { Store, Transaction } from '../platform/store/store.ts';
import { listVerdictKeysKnown } from './store.ts';

/**
 * What verdicts and configurations are signed with. A host learns the current key and the next one, so that it knows each
 * before it is used. One that missed a change, because it was off, is answered with the newest key that it knows; those
 * before stay for as long as a host needs them.
 */

const name = 'hosts';
const place = sealed.serverKeys.place(name);
/** Hosts ask for the new configuration every 10 minutes. */
const changesEvery = hour;

/** A private JWK. */
export type KeptKey = PresenceJwk & { d: string };
interface KeptKeys {
  current: KeptKey;
  next: KeptKey;
  former: KeptKey[];
  /** Milliseconds since 1970; 0 where they never changed. */
  changedAt: number;
}

export interface HostKeys {
  /** The current one, and the next: what hosts are told. */
  told: [PresenceJwk, PresenceJwk];
  /** Thumbprint of the next one. */
  newest: string;
  /** Whether it is one of ours that a host may have been told of. */
  has(verdictKey: string): boolean;
  /** What to sign with for a host whose newest known key has this thumbprint. */
  signerFor(verdictKey: string): VerdictKey;
}

type Needs = Pick<Platform, 'sealing' | 'now'>;

/** By store: a signature costs neither the reading nor the parsing, and what another process changed is seen soon. */
const known = new WeakMap<Store, { readAt: number; from: string; keys: HostKeys }>();
const readEvery = second;

/** Made when they are first asked for. */
export async function readHostKeys(needs: Needs & Pick<Platform, 'store'>): Promise<HostKeys> {
  const { store, sealing, now } = needs;
  const before = known.get(store);
  if (before && Math.abs(now() - before.readAt) < readEvery) return before.keys;
  const { sealed: from } = (await findKey.get(store, { name })) ?? (await makeFirst(needs));
  const keys = before?.from === from ? before.keys : await parse(sealing.open(from, place));
  known.set(store, { readAt: now(), from, keys });
  return keys;
}

async function parse(text: string): Promise<HostKeys> {
  const { current, next, former } = JSON.parse(text) as KeptKeys;
  const signer = await imported(current);
  const newest = await presenceThumbprint(next);
  const present = await presenceThumbprint(current);
  const older = new Map<string, VerdictKey>();
  for (const key of former) older.set(await presenceThumbprint(key), await imported(key));
  return {
    told: [publicHalf(current), publicHalf(next)],
    newest,
    has: (verdictKey) => verdictKey === newest || verdictKey === present || older.has(verdictKey),
    signerFor: (verdictKey) => older.get(verdictKey) ?? signer,
  };
}

async function makeFirst({ store, sealing, now }: Needs & Pick<Platform, 'store'>) {
  const made: KeptKeys = {
    current: await makeVerdictKey(),
    next: await makeVerdictKey(),
    former: [],
    changedAt: 0,
  };
  // Of two servers that make them at once, the first one's stay.
  await keepKey.run(store, { name, sealed: sealing.seal(JSON.stringify(made), place), created_at: now() });
  return (await findKey.get(store, { name }))!;
}

/**
 * The next key is used from now on, and one after it is told. `fresh`: made before, since a transaction must not wait for
 * it. `early`: hosts have not had the time to learn of the last change. `beaten`: another process was faster.
 */
export async function rotateHostKeys(
  transaction: Transaction,
  fresh: KeptKey,
  { sealing, now }: Needs,
): Promise<'done' | 'early' | 'beaten'> {
  const row = (await findKey.get(transaction, { name }))!;
  const { current, next, former, changedAt } = JSON.parse(sealing.open(row.sealed, place)) as KeptKeys;
  if (changedAt + changesEvery > now()) return 'early';
  const needed = new Set((await listVerdictKeysKnown.all(transaction)).map(({ verdict_key }) => verdict_key));
  const kept: KeptKey[] = [];
  for (const key of [...former, current]) if (needed.has(await presenceThumbprint(key))) kept.push(key);
  const rotated: KeptKeys = { current: next, next: fresh, former: kept, changedAt: now() };
  const text = sealing.seal(JSON.stringify(rotated), place);
  const replaced = await replaceKey.get(transaction, {
    name,
    old: row.sealed,
    sealed: text,
    created_at: now(),
  });
  return replaced ? 'done' : 'beaten';
}

export async function makeVerdictKey(): Promise<KeptKey> {
  const { privateKey } = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const { x, y, d } = await crypto.subtle.exportKey('jwk', privateKey);
  return { kty: 'EC', crv: 'P-256', x: x!, y: y!, d: d! };
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const;

const publicHalf = ({ kty, crv, x, y }: PresenceJwk): PresenceJwk => ({ kty, crv, x, y });

const imported = async (key: KeptKey): Promise<VerdictKey> => ({
  jwk: publicHalf(key),
  // To be had by `node:crypto`, which signs at once: a transaction waits for no thread.
  privateKey: await crypto.subtle.importKey('jwk', key, algorithm, true, ['sign']),
});
