import { generateCode, normalizeCode } from '@countersign/protocol';
import type { Role, Settings } from '@countersign/protocol/wire';
import { Refusal } from '../platform/http/refusal.ts';
import { day, type Platform } from '../platform/platform.ts';
import { hashSecret, randomId } from '../platform/random-text.ts';
import { searchTextOf as searchText } from '../platform/search-text.ts';
import { UniqueViolation } from '../platform/store/errors.ts';
import type { Transaction } from '../platform/store/store.ts';
import {
  deleteIdentifiers,
  findUser,
  insertEnrollmentCode,
  insertIdentifier,
  insertUser,
  replaceEnrollmentCodes,
  type UserRow,
} from './store.ts';
import { keepWords } from './search/words.ts';

/** People. A login name and an e-mail address both find their owner, without regard to case, and nobody shares either. */

export const identifierOf = (typed: string): string => typed.trim().normalize('NFC').toLowerCase();

/** What a search for people looks through. */
export const searchTextOf = ({
  login,
  name,
  email,
}: {
  login: string;
  name: string;
  email: string;
}): string => searchText(login, name, email);

export interface NewUser {
  login: string;
  email: string;
  name: string;
  role: Role;
  state: 'active' | 'invited' | 'suspended';
  passwordHash: string | null;
  /** Somebody else chose the password. */
  mustChangePassword: boolean;
}

/** @throws Refusal 409 `login_taken`. */
export async function createUser(
  transaction: Transaction,
  user: NewUser,
  platform: Pick<Platform, 'now' | 'random'>,
): Promise<UserRow> {
  const id = await writeUser(transaction, user, platform);
  return (await findUser.get(transaction, { id }))!;
}

/** Returns the new id. @throws Refusal 409 `login_taken`. */
export async function writeUser(
  transaction: Transaction,
  user: NewUser,
  { now, random }: Pick<Platform, 'now' | 'random'>,
): Promise<string> {
  const id = randomId(random);
  const search = searchTextOf(user);
  await insertUser.run(transaction, {
    id,
    login: user.login.trim(),
    email: user.email.trim(),
    name: user.name.trim(),
    search,
    role: user.role,
    state: user.state,
    password_hash: user.passwordHash,
    password_change_required: user.mustChangePassword ? 1 : 0,
    created_at: now(),
  });
  await keepWords(transaction, id, search);
  await insertIdentifiers(transaction, id, user);
  return id;
}

/** @throws Refusal 409 `login_taken`. */
export async function claimIdentifiers(
  transaction: Transaction,
  id: string,
  login: string,
  email: string,
): Promise<void> {
  await deleteIdentifiers.run(transaction, { user_id: id });
  await insertIdentifiers(transaction, id, { login, email });
}

/** What somebody may type to be found. */
export const identifiersOf = ({ login, email }: { login: string; email: string }): string[] => [
  ...new Set([identifierOf(login), identifierOf(email)]),
];

async function insertIdentifiers(
  transaction: Transaction,
  user_id: string,
  names: { login: string; email: string },
): Promise<void> {
  try {
    for (const identifier of identifiersOf(names)) {
      await insertIdentifier.run(transaction, { identifier, user_id });
    }
  } catch (error) {
    if (error instanceof UniqueViolation) throw new Refusal('login_taken');
    throw error;
  }
}

/** Whether mobile push is enabled for this person: their own setting, else the organisation's. */
export const isPushEnabled = (user: Pick<UserRow, 'push_override'>, settings: Settings): boolean =>
  (user.push_override === null ? settings.push.enabled : user.push_override === 1) &&
  settings.mfa.factors.includes('push');

const enrollmentCodeLifetime = day;

/** A fresh one-time enrolment code for the user, in its written form; older ones no longer hold. */
export async function issueEnrollmentCode(
  transaction: Transaction,
  user_id: string,
  { now, random }: Pick<Platform, 'now' | 'random'>,
): Promise<{ code: string; expiresAt: number }> {
  const code = generateCode(random);
  const expiresAt = now() + enrollmentCodeLifetime;
  await replaceEnrollmentCodes.run(transaction, { user_id });
  await insertEnrollmentCode.run(transaction, {
    user_id,
    code_hash: hashSecret(normalizeCode(code)!),
    expires_at: expiresAt,
  });
  return { code, expiresAt };
}
