import { day } from '../platform/platform.ts';
import type { Queryable, Transaction } from '../platform/store/store.ts';
import { endFamiliarity, findFamiliarity, keepFamiliarity } from './store.ts';

/**
 * Familiarity: (this user, this browser) or (this user, this host, the network they come from), earned by a sign-in with a number, a code or a passkey, or by enrolling the
 * phone. A familiar asker needs no more than a tap where confirmation is adaptive, and its limits are its own.
 */

const lifetime = 90 * day;

export const browserAsker = (browserHash: string): string => `browser:${browserHash}`;

/** Alone, or with the network that somebody logs in from: only that is ever familiar. */
export const hostAsker = (hostId: string, network?: string): `host:${string}` =>
  network === undefined ? `host:${hostId}` : `host:${hostId}:${network}`;

export const isFamiliar = async (
  on: Queryable,
  user_id: string,
  asker: string,
  now: number,
): Promise<boolean> => (await findFamiliarity.get(on, { user_id, asker, now })) !== undefined;

export const earnFamiliarity = (
  transaction: Transaction,
  user_id: string,
  asker: string,
  now: number,
): Promise<void> => keepFamiliarity.run(transaction, { user_id, asker, expires_at: now + lifetime });

/** Of a host with all the networks that it has named. */
export const loseFamiliarity = (transaction: Transaction, user_id: string, asker: string): Promise<void> =>
  endFamiliarity.run(transaction, { user_id, asker, networks: `${asker}:` });
