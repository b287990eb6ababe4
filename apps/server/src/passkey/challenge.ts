import { encodeBase64url } from '@countersign/protocol';
import { minute, type Platform } from '../platform/platform.ts';
import type { Transaction } from '../platform/store/store.ts';
import { insertChallenge, takeChallenge } from './store.ts';

/** What a passkey is to sign: random, given to one subject (a session, an authentication, a browser), taken once. */

const lifetime = 5 * minute;

export async function giveChallenge(
  subject: string,
  { store, now, random }: Pick<Platform, 'store' | 'now' | 'random'>,
): Promise<Uint8Array<ArrayBuffer>> {
  const challenge = Uint8Array.from(random(32));
  const expires_at = now() + lifetime;
  await insertChallenge.run(store, { challenge: encodeBase64url(challenge), subject, expires_at });
  return challenge;
}

/** Whether it was given to this subject, and is spent now. */
export const spendChallenge = async (
  transaction: Transaction,
  challenge: string,
  subject: string,
  now: number,
): Promise<boolean> => (await takeChallenge.get(transaction, { challenge, subject, now })) !== undefined;
