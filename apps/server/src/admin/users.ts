import type { CreateUser, PatchUser, User, UserDetail } from '@countersign/protocol/wire';
import { listOfUser, type AuthenticatorRow } from '../authenticators/store.ts';
import { authenticatorView } from '../authenticators/view.ts';
import { revoke } from '../authenticators/revoke.ts';
import type { CompletionNeeds } from '../authenticators/completion.ts';
import { endEverything, endSessions } from '../authentication/end-everything.ts';
import type { Actor } from '../events/events.ts';
import { findLastReminder } from '../enrollment/store.ts';
import { findRequiredFrom, requirementView } from '../enrollment/requirement.ts';
import type { Hashing } from '../password/hashing.ts';
import { deleteTotpOfUser } from '../otp/store.ts';
import { totpTries } from '../otp/verify.ts';
import { deletePasskeysOfUser } from '../passkey/store.ts';
import { demandStrength } from '../password/strength.ts';
import { withdrawPasswordResets } from '../password/store.ts';
import { allAttemptsOf } from '../password/verify.ts';
import type { Asker } from '../platform/http/asker.ts';
import { entityTag, type Precondition } from '../platform/http/entity-tag.ts';
import { Refusal } from '../platform/http/refusal.ts';
import { timeOf } from '../platform/http/time.ts';
import { day, timeText, timeTextOf } from '../platform/platform.ts';
import { recordSuccess } from '../platform/rate-limits/attempts.ts';
import { atOnce, many } from '../platform/store/many.ts';
import { forgetAttemptsLike, isBlockedLike, listBlocked } from '../platform/rate-limits/store.ts';
import type { Queryable, Transaction } from '../platform/store/store.ts';
import type { Cancellation } from '../push/cancel.ts';
import { deleteRecoveryCodes } from '../recovery/store.ts';
import { recoveryTries } from '../recovery/codes.ts';
import { endOtherFamiliarity } from '../sessions/store.ts';
import { invite } from '../setup/invitations.ts';
import { readSettings } from '../settings/settings.ts';
import {
  countFactorsOfMany,
  type FactorCounts,
  countOtherOwners,
  findUser,
  lockPush,
  setDeletion,
  updateUser,
  updateUserState,
  type UserRow,
} from '../users/store.ts';
import { keepHasFactor, keepMemberships } from '../users/factors.ts';
import { holdOwners, holdPerson } from '../users/owners.ts';
import {
  claimIdentifiers,
  createUser,
  isPushEnabled,
  issueEnrollmentCode,
  searchTextOf,
} from '../users/users.ts';
import { keepWords } from '../users/search/words.ts';
import { demandMayGrant, demandRankOver, type Administrator } from './access.ts';
import { keepingWayIn } from './policies/way-in.ts';

/** What administrators do with people. Each act is one transaction with its event. */

export interface PeopleNeeds extends CompletionNeeds {
  hashing: Hashing;
  cancellation: Cancellation;
}

/** As many as a page has, in a few statements. */
export async function userViews(on: Queryable, users: readonly UserRow[], now: number): Promise<User[]> {
  const settings = await readSettings(on);
  const factors = await factorsOf(
    on,
    users.map(({ id }) => id),
  );
  const isBlocked = await whoIsBlocked(on, now);
  return Promise.all(
    users.map(async (user) => {
      const has = factors.get(user.id)!;
      return {
        id: user.id,
        login: user.login,
        email: user.email,
        name: user.name,
        role: user.role,
        state: user.state,
        push: {
          override: user.push_override === null ? null : user.push_override === 1,
          enabled: isPushEnabled(user, settings),
        },
        factors: [
          ...(has.phones > 0 ? (['push'] as const) : []),
          ...(has.totp > 0 ? (['totp'] as const) : []),
          ...(has.passkeys > 0 ? (['passkey'] as const) : []),
          ...(has.recovery_codes > 0 ? (['recovery_code'] as const) : []),
        ],
        locked: user.push_locked_until > now || (await isBlocked(user)),
        created_at: timeText(user.created_at),
        last_sign_in_at: user.last_sign_in_at === null ? null : timeText(user.last_sign_in_at),
        delete_at: user.delete_at === null ? null : timeText(user.delete_at),
      };
    }),
  );
}

async function factorsOf(on: Queryable, ids: readonly string[]): Promise<Map<string, FactorCounts>> {
  const counts = new Map<string, FactorCounts>();
  for (let from = 0; from < ids.length; from += atOnce)
    for (const row of await countFactorsOfMany.all(on, many(ids.slice(from, from + atOnce))))
      counts.set(row.id, row);
  return counts;
}

/** LIKE patterns of what counts wrong tries of theirs, at whatever. */
const allTriesOf = (user: UserRow): string[] => [
  ...allAttemptsOf(user),
  `enrollment_code:${user.id}`,
  totpTries(user.id),
  recoveryTries(user.id),
];

/** Says of each whether somebody has guessed too often, at whatever. Few are, but while a stranger guesses at all. */
async function whoIsBlocked(on: Queryable, now: number): Promise<(user: UserRow) => Promise<boolean>> {
  const most = 1_000;
  const rows = await listBlocked.all(on, { now, limit: most });
  const keys = rows.map(({ key }) => key);
  return async (user) => {
    const patterns = allTriesOf(user);
    if (rows.length < most) {
      const isOf = (key: string) => (pattern: string) =>
        pattern.endsWith('%') ? key.startsWith(pattern.slice(0, -1)) : key === pattern;
      return keys.some((key) => patterns.some(isOf(key)));
    }
    for (const pattern of patterns)
      if ((await isBlockedLike.get(on, { pattern, now }))!.blocked > 0) return true;
    return false;
  };
}

/** Of what {@link changeUser} changes. */
export const tagOfUser = ({ email, name, role, push_override, mfa_required_from }: UserRow): string =>
  entityTag([email, name, role, push_override, mfa_required_from]);

export async function userDetail(on: Queryable, user: UserRow, now: number): Promise<UserDetail> {
  const phones: AuthenticatorRow[] = await listOfUser.all(on, { user_id: user.id });
  const last = await findLastReminder.get(on, { user_id: user.id });
  return {
    ...(await userViews(on, [user], now))[0]!,
    etag: tagOfUser(user),
    authenticators: phones.map(authenticatorView),
    mfa_required_from: timeTextOf(user.mfa_required_from),
    enrollment: {
      has_factor: user.has_factor === 1,
      ...requirementView(await findRequiredFrom(on, user.id)),
      reminded_at: timeTextOf(last?.sent_at ?? null),
    },
  };
}

/** @throws Refusal 400, 403, 409 `login_taken`, 422 `weak_password`. */
export async function addUser(by: Administrator, body: CreateUser, needs: PeopleNeeds): Promise<UserRow> {
  const { platform, hashing, events } = needs;
  const { login, email, name, role = 'user', password, invite: invited = false } = body;
  if ((password === undefined) === !invited) {
    throw new Refusal('malformed', { detail: 'Give either an initial password or invite: true.' });
  }
  demandMayGrant(by, role);
  let passwordHash: string | null = null;
  if (password !== undefined) {
    await demandStrength(password, await readSettings(platform.store), [login, email, name], platform.now());
    passwordHash = await hashing.hash(password);
  }
  return platform.store.transaction(async (transaction) => {
    const user = await createUser(
      transaction,
      {
        login,
        email,
        name,
        role,
        passwordHash,
        state: invited ? 'invited' : 'active',
        mustChangePassword: !invited,
      },
      platform,
    );
    const after = { login: user.login, email: user.email, name: user.name, role };
    await events.record(transaction, {
      type: 'user.created',
      actor: by.actor,
      user,
      asker: by.asker,
      details: { after },
    });
    if (invited) {
      await invite(transaction, user, needs);
      await events.record(transaction, { type: 'user.invited', actor: by.actor, user, asker: by.asker });
    }
    return user;
  });
}

/** @throws Refusal 404, 403, 409 `login_taken`, `last_owner` or `policy_locks_out`, and as `unchanged` does. */
export async function changeUser(
  by: Administrator,
  id: string,
  patch: PatchUser,
  needs: PeopleNeeds,
  unchanged: Precondition<UserRow>,
): Promise<UserRow> {
  const change = async (transaction: Transaction, user: UserRow) => {
    await unchanged(transaction, user);
    const role = patch.role ?? user.role;
    if (role !== user.role) {
      demandMayGrant(by, role);
      if (user.role === 'owner') await demandAnotherOwner(transaction, user);
    }
    const next = {
      email: patch.email?.trim() ?? user.email,
      name: patch.name?.trim() ?? user.name,
      role,
      push_override: patch.push_enabled === undefined ? user.push_override : asFlag(patch.push_enabled),
      mfa_required_from:
        patch.mfa_required_from === undefined
          ? user.mfa_required_from
          : timeOf('/mfa_required_from', patch.mfa_required_from),
    };
    const search = searchTextOf({ ...next, login: user.login });
    await keepingOwner(transaction, user, needs, () => updateUser.run(transaction, { id, ...next, search }));
    await keepWords(transaction, id, search);
    if (next.email !== user.email) {
      await claimIdentifiers(transaction, id, user.login, next.email);
      // Whoever reads the old mailbox has no say any more.
      await withdrawPasswordResets.run(transaction, { user_id: id });
      // To both: the old one may be the person's only one, or the new one a mistake.
      for (const to of [user, { ...user, email: next.email }]) {
        await needs.outbox.post(transaction, to, (letters) => letters.emailChanged(next.email));
      }
    }
    await needs.events.record(transaction, {
      type: 'user.changed',
      actor: by.actor,
      user,
      asker: by.asker,
      details: { before: factsOf(user), after: factsOf(next) },
    });
  };
  // Held: of two changes at once the second sees what the first made of them.
  return onUser(by, id, needs, change, holdPerson);
}

/** What of a person `PATCH` may change, for the event. */
const factsOf = ({
  email,
  name,
  role,
  push_override,
  mfa_required_from,
}: Pick<UserRow, 'email' | 'name' | 'role' | 'push_override' | 'mfa_required_from'>) => ({
  email,
  name,
  role,
  push_override,
  mfa_required_from: timeTextOf(mfa_required_from),
});

const asFlag = (value: boolean | null): number | null => (value === null ? null : Number(value));

/** Ends everything at once: sessions, sign-ins under way, waiting requests, open streams. */
export async function suspendUser(by: Administrator, id: string, needs: PeopleNeeds): Promise<UserRow> {
  const begin = async (transaction: Transaction, user: UserRow) => {
    if (user.role === 'owner') await demandAnotherOwner(transaction, user);
    if (user.state === 'suspended') return;
    await keepingOwner(transaction, user, needs, () => suspend(transaction, id, needs));
    await needs.events.record(transaction, {
      type: 'user.suspended',
      actor: by.actor,
      user,
      asker: by.asker,
    });
  };
  // Held: nobody makes them an owner meanwhile.
  return onUser(by, id, needs, begin, holdPerson);
}

async function suspend(transaction: Transaction, id: string, needs: PeopleNeeds): Promise<void> {
  await updateUserState.run(transaction, { id, state: 'suspended' });
  await keepMemberships(transaction, id);
  await endEverything(transaction, id, 'suspended', needs);
  for (const phone of await listOfUser.all(transaction, { user_id: id })) {
    transaction.notify(`authenticator:${phone.id}`);
  }
}

/** Lifts a suspension, and undoes a deletion whose time has not come. */
export async function activateUser(by: Administrator, id: string, needs: PeopleNeeds): Promise<UserRow> {
  return onUser(by, id, needs, async (transaction, user) => {
    if (user.state !== 'suspended') return;
    await updateUserState.run(transaction, { id, state: user.password_hash === null ? 'invited' : 'active' });
    await keepMemberships(transaction, id);
    await setDeletion.run(transaction, { id, delete_at: null });
    await needs.events.record(transaction, {
      type: user.delete_at === null ? 'user.activated' : 'user.deletion_undone',
      actor: by.actor,
      user,
      asker: by.asker,
    });
  });
}

/** Suspends at once; after the days of the settings everything of theirs is gone. @throws Refusal 404, 403, 409 `last_owner` or `policy_locks_out`, and as `unchanged` does. */
export async function deleteUser(
  by: Administrator,
  id: string,
  needs: PeopleNeeds,
  unchanged: Precondition<UserRow>,
): Promise<UserRow> {
  const { platform, events } = needs;
  const begin = async (transaction: Transaction, user: UserRow) => {
    await unchanged(transaction, user);
    if (user.role === 'owner') await demandAnotherOwner(transaction, user);
    if (user.delete_at !== null) return;
    const { people } = await readSettings(transaction);
    const delete_at = platform.now() + people.deletion_days * day;
    await keepingOwner(transaction, user, needs, () => suspend(transaction, id, needs));
    await setDeletion.run(transaction, { id, delete_at });
    await events.record(transaction, {
      type: 'user.deletion_begun',
      actor: by.actor,
      user,
      asker: by.asker,
      details: {
        before: { state: user.state },
        after: { state: 'suspended', delete_at: timeText(delete_at) },
      },
    });
  };
  return onUser(by, id, needs, begin, holdPerson);
}

/** Mails a link to choose a password, in place of any earlier one; nothing where they have chosen one. */
export async function inviteUser(by: Administrator, id: string, needs: PeopleNeeds): Promise<UserRow> {
  return onUser(by, id, needs, async (transaction, user) => {
    if (user.state !== 'invited') return;
    await invite(transaction, user, needs);
    await needs.events.record(transaction, {
      type: 'user.invited',
      actor: by.actor,
      user,
      asker: by.asker,
    });
  });
}

/** Signs them out everywhere. API tokens stay: programs sign in nowhere. */
export async function endSessionsOfUser(by: Administrator, id: string, needs: PeopleNeeds): Promise<UserRow> {
  return onUser(by, id, needs, async (transaction, user) => {
    const sessions = await endSessions(transaction, id, 'signed_out', needs);
    await needs.events.record(transaction, {
      type: 'user.sessions_ended',
      actor: by.actor,
      user,
      asker: by.asker,
      details: { sessions },
    });
  });
}

/** Forgets wrong tries, and lifts what a report locked. */
export async function unlockUser(by: Administrator, id: string, needs: PeopleNeeds): Promise<UserRow> {
  return onUser(by, id, needs, async (transaction, user) => {
    await unlock(transaction, user);
    await needs.events.record(transaction, {
      type: 'user.unlocked',
      actor: by.actor,
      user,
      asker: by.asker,
    });
  });
}

export async function unlock(transaction: Transaction, user: UserRow): Promise<void> {
  const { id } = user;
  for (const pattern of allTriesOf(user)) {
    await forgetAttemptsLike.run(transaction, { pattern });
  }
  await lockPush.run(transaction, { id, until: 0 });
}

/** Takes every factor away, ends the sessions, and returns the code with which the person enrols anew. */
export async function resetMfa(
  by: Administrator,
  id: string,
  needs: PeopleNeeds,
): Promise<{ code: string; expiresAt: number }> {
  let issued: { code: string; expiresAt: number } | undefined;
  await onUser(by, id, needs, async (transaction, user) => {
    issued = await resetFactors(transaction, user, by.actor, needs, by.asker);
  });
  return issued!;
}

export async function resetFactors(
  transaction: Transaction,
  user: UserRow,
  actor: Actor,
  needs: PeopleNeeds,
  asker?: Asker,
): Promise<{ code: string; expiresAt: number }> {
  for (const phone of await listOfUser.all(transaction, { user_id: user.id })) {
    await revoke(transaction, phone.id, { by: 'administrator', actor, asker }, needs);
  }
  for (const remove of [deleteTotpOfUser, deletePasskeysOfUser, deleteRecoveryCodes]) {
    await remove.run(transaction, { user_id: user.id });
  }
  await keepHasFactor(transaction, user.id);
  // Wrong codes were guesses at what is gone.
  for (const key of [totpTries(user.id), recoveryTries(user.id)]) await recordSuccess(transaction, key);
  await endEverything(transaction, user.id, 'suspended', needs);
  // It was earned with what is gone, by whomever: the new phone asks every browser for a number.
  await endOtherFamiliarity.run(transaction, { user_id: user.id, asker: '' });
  const issued = await issueEnrollmentCode(transaction, user.id, needs.platform);
  await needs.events.record(transaction, { type: 'user.mfa_reset', actor, user, asker });
  await needs.outbox.post(transaction, user, (letters) => letters.mfaReset());
  return issued;
}

/** The one way to a person: found, of a rank that the actor may touch, in one transaction. @throws Refusal 404, 403. */
async function onUser(
  by: Administrator,
  id: string,
  { platform }: PeopleNeeds,
  act: (transaction: Transaction, user: UserRow) => Promise<void>,
  find = (transaction: Transaction, userId: string) => findUser.get(transaction, { id: userId }),
): Promise<UserRow> {
  return platform.store.transaction(async (transaction) => {
    const user = await find(transaction, id);
    if (!user) throw new Refusal('not_found');
    demandRankOver(by, user);
    await act(transaction, user);
    const after = await findUser.get(transaction, { id });
    // Deleted, and its time came meanwhile.
    if (!after) throw new Refusal('not_found');
    return after;
  });
}

/** Another owner may be there, and be let in nowhere. @throws Refusal 409 `policy_locks_out` */
const keepingOwner = (
  transaction: Transaction,
  { role }: UserRow,
  { platform }: PeopleNeeds,
  change: () => Promise<void>,
): Promise<void> => (role === 'owner' ? keepingWayIn(transaction, platform.now(), change) : change());

/** Of two owners who remove each other, the second is the last. @throws Refusal 409 `last_owner` */
async function demandAnotherOwner(transaction: Transaction, user: UserRow): Promise<void> {
  await holdOwners(transaction);
  if ((await countOtherOwners.get(transaction, { id: user.id }))!.owners === 0)
    throw new Refusal('last_owner');
}
