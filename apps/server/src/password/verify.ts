import type { Asker } from '../platform/http/asker.ts';
import { Refusal, secondsUntil } from '../platform/http/refusal.ts';
import type { Platform } from '../platform/platform.ts';
import { hashSecret } from '../platform/random-text.ts';
import {
  blockedUntil,
  holdBlockedUntil,
  mostFailuresInARow,
  recordFailure,
  recordSuccess,
} from '../platform/rate-limits/attempts.ts';
import type { Events } from '../events/events.ts';
import { browserAsker, isFamiliar } from '../sessions/familiarity.ts';
import { findUserByIdentifier, rehashPassword, type UserRow } from '../users/store.ts';
import { identifierOf } from '../users/users.ts';
import type { Hashing } from './hashing.ts';

/**
 * The first factor. Unknown login, wrong password, suspended person: one answer, one duration, one limit. Wrong tries
 * are counted by class of asker (each familiar browser by itself, all others together), so a guesser elsewhere never
 * shuts out the real user at their own browser.
 */

export interface PasswordTry {
  login: string;
  password: string;
  browserHash: string;
  asker: Asker;
}

interface Needs {
  platform: Platform;
  hashing: Hashing;
  events: Events;
}

/** The counter of one user's password, for one class of asker. Unknown logins are counted alike, under what was typed. */
export const attemptsKey = (subject: string, askerClass: string): string =>
  `password:${subject}:${askerClass}`;
/** LIKE patterns of every counter of one user's password. */
export const allAttemptsOf = ({ id, login, email }: Pick<UserRow, 'id' | 'login' | 'email'>): string[] =>
  [id, hashSecret(identifierOf(login)), hashSecret(identifierOf(email))].map(
    (subject) => `password:${subject}:%`,
  );

/** The user whose login and password these are. @throws Refusal 401 `invalid_credentials`, 429 `too_many_requests`. */
export async function verifyPassword(
  { login, password, browserHash, asker }: PasswordTry,
  { platform, hashing, events }: Needs,
): Promise<UserRow> {
  const { store, now } = platform;
  const identifier = identifierOf(login);
  const user = await findUserByIdentifier.get(store, { identifier });
  // An unknown login costs the same look-ups and the same writes, under a name that no user has.
  const subject = user?.id ?? `-${hashSecret(identifier)}`;
  const familiar = await isFamiliar(store, subject, browserAsker(browserHash), now());
  // Unfamiliar askers are counted by what they type: a count by user would tell that a login and an e-mail are one person's.
  const key = familiar
    ? attemptsKey(subject, browserAsker(browserHash))
    : attemptsKey(hashSecret(identifier), 'unfamiliar');
  // Whatever is typed, and however slowly: past this many failures in a row even the right password is none, elsewhere
  // than at a familiar browser, until an administrator unlocks it.
  const wholeKey = attemptsKey(subject, 'unfamiliar');

  const demandFree = (until: number | undefined) => {
    if (until === undefined) return;
    throw new Refusal('too_many_requests', {
      retry_after: Math.min(secondsUntil(until, now()), 24 * 3600),
    });
  };
  demandFree(await blockedUntil(store, key, now()));
  const matches = await hashing.verify(user?.password_hash ?? null, password);
  const locked = !familiar && (await isExhausted(store, wholeKey, now()));
  const accepted = matches && user !== undefined && user.state === 'active' && !locked;

  await store.transaction(async (transaction) => {
    // Guesses that were in flight together when the block began learn nothing: right or wrong, they are told to wait.
    demandFree(await holdBlockedUntil(transaction, key, now()));
    if (accepted) {
      await recordSuccess(transaction, key);
      if (!familiar) await recordSuccess(transaction, wholeKey);
      return;
    }
    const { failures, blockedUntil: until } = await recordFailure(transaction, key, now());
    demandFree(until);
    const inAll = familiar ? failures : (await recordFailure(transaction, wholeKey, now())).failures;
    const about = { user: user ?? null, asker };
    await events.record(transaction, { type: 'password.wrong', ...about, details: { in_a_row: failures } });
    if (user && inAll === mostFailuresInARow) {
      await events.record(transaction, { type: 'password.locked', ...about, details: { familiar } });
    }
  });
  if (!accepted) throw new Refusal('invalid_credentials');
  if (hashing.isOutdated(user.password_hash!)) {
    const password_hash = await hashing.hash(password);
    await rehashPassword.run(store, { id: user.id, old_hash: user.password_hash!, password_hash });
    return { ...user, password_hash };
  }
  return user;
}

const isExhausted = async (store: Platform['store'], key: string, now: number): Promise<boolean> =>
  (await blockedUntil(store, key, now)) === Number.MAX_SAFE_INTEGER;
