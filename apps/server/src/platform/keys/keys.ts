import webPush from 'web-push';
import type { Platform } from '../platform.ts';
import { sealed } from '../sealed-columns.ts';
import type { Queryable, Transaction } from '../store/store.ts';
import { findKey, insertKey, keepKey, listVapidKeys, replaceKey } from './store.ts';

export interface VapidKeys {
  publicKey: string;
  privateKey: string;
}

/**
 * The application server's key pairs (RFC 8292), sealed. A device subscribes for one of them, and takes only what that one
 * signed: so the older ones stay for as long as a subscription was made for them. Read anew each time, since another
 * process may change them.
 */
export interface Vapid {
  /** What new subscriptions are made for. */
  current(on?: Queryable): Promise<VapidKeys>;
  /** All that there are, the current one first. */
  all(): Promise<VapidKeys[]>;
}

const currentName = 'vapid';
const olderName = (publicKey: string): string => `vapid.${publicKey}`;

type Needs = Pick<Platform, 'store' | 'sealing' | 'now'>;

/** The first pair is made at first start. */
export async function createVapid({ store, sealing, now }: Needs): Promise<Vapid> {
  if (!(await findKey.get(store, { name: currentName }))) {
    const pair = sealPair(currentName, webPush.generateVAPIDKeys(), sealing);
    await keepKey.run(store, { name: currentName, sealed: pair, created_at: now() });
  }
  return {
    async current(on = store) {
      return openPair((await findKey.get(on, { name: currentName }))!, sealing);
    },
    async all() {
      const rows = await listVapidKeys.all(store);
      return rows.map((row) => openPair(row, sealing));
    },
  };
}

/**
 * Makes a new current pair, and keeps the one before under its own name. Resolves to both public keys.
 * Rejects where another process changed it at the same time.
 */
export async function rotateVapid(
  transaction: Transaction,
  { sealing, now }: Omit<Needs, 'store'>,
): Promise<{ before: string; after: string }> {
  const row = (await findKey.get(transaction, { name: currentName }))!;
  const before = openPair(row, sealing);
  const after = webPush.generateVAPIDKeys();
  const replaced = await replaceKey.get(transaction, {
    name: currentName,
    old: row.sealed,
    sealed: sealPair(currentName, after, sealing),
    created_at: now(),
  });
  if (!replaced) throw new Error('another process changed the VAPID key just now');
  const name = olderName(before.publicKey);
  await insertKey.run(transaction, { name, sealed: sealPair(name, before, sealing), created_at: now() });
  return { before: before.publicKey, after: after.publicKey };
}

const sealPair = (name: string, pair: VapidKeys, sealing: Platform['sealing']): string =>
  sealing.seal(JSON.stringify(pair), sealed.serverKeys.place(name));

const openPair = (row: { name: string; sealed: string }, sealing: Platform['sealing']): VapidKeys =>
  JSON.parse(sealing.open(row.sealed, sealed.serverKeys.place(row.name))) as VapidKeys;
