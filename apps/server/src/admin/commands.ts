import { ApiScope, CreateApiToken, Role } from '@countersign/protocol/wire';
import { pino } from 'pino';
import { Value } from 'typebox/value';
import { addApiToken } from '../api-tokens/tokens.ts';
import { createEvents, operator } from '../events/events.ts';
import { createOutbox } from '../mail/outbox.ts';
import { createHashing } from '../password/hashing.ts';
import { demandStrength } from '../password/strength.ts';
import { openAndMigrate } from '../platform/store/open.ts';
import type { Environment } from '../platform/environment.ts';
import { PlainError } from '../platform/plain-error.ts';
import type { Platform } from '../platform/platform.ts';
import { createSealing } from '../platform/sealing.ts';
import { createCancellation } from '../push/cancel.ts';
import { readSettings } from '../settings/settings.ts';
import { findUserByIdentifier, type UserRow } from '../users/store.ts';
import { createUser, identifierOf } from '../users/users.ts';
import { turnRulesOff } from './policies/change.ts';
import { resetFactors, unlock, type PeopleNeeds } from './users.ts';

/** What the command line does with people, API tokens and the policies. It works on the store itself, beside a running server. */

async function withNeeds(
  environment: Environment,
  act: (needs: PeopleNeeds) => Promise<string>,
): Promise<void> {
  const store = await openAndMigrate(environment);
  try {
    const platform: Platform = {
      store,
      now: Date.now,
      random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
      issuer: environment.issuer,
      sealing: createSealing(environment.secrets),
      log: pino({ level: 'silent' }),
    };
    const cancellation = createCancellation(platform);
    const message = await act({
      platform,
      events: createEvents(platform),
      outbox: createOutbox(platform, environment.smtpUrl),
      hashing: createHashing(),
      cancellation,
      cancelRequests: cancellation.ofAuthenticator,
      cancelRequest: cancellation.ofRequest,
    });
    process.stdout.write(`${message}\n`);
  } finally {
    await store.close();
  }
}

/** @throws Refusal for a taken login or a weak password. */
export function addUserCommand(
  environment: Environment,
  options: { login: string; email: string; name: string; role: string },
  password: string,
): Promise<void> {
  return withNeeds(environment, async ({ platform, hashing, events }) => {
    const role = Role.enum.find((one) => one === options.role);
    if (!role) throw new PlainError(`--role must be one of ${Role.enum.join(', ')}.`);
    const { login, email, name } = options;
    await demandStrength(password, await readSettings(platform.store), [login, email, name], platform.now());
    const passwordHash = await hashing.hash(password);
    await platform.store.transaction(async (transaction) => {
      const user = await createUser(
        transaction,
        { login, email, name, role, passwordHash, state: 'active', mustChangePassword: false },
        platform,
      );
      await events.record(transaction, {
        type: 'user.created',
        actor: operator,
        user,
        details: { after: { login, email, name, role } },
      });
    });
    return `Added ${login} (${role}).`;
  });
}

export function resetMfaCommand(environment: Environment, login: string): Promise<void> {
  return withNeeds(environment, async (needs) => {
    const user = await demandUser(needs, login);
    const { code } = await needs.platform.store.transaction((transaction) =>
      resetFactors(transaction, user, operator, needs),
    );
    return code;
  });
}

export function unlockCommand(environment: Environment, login: string): Promise<void> {
  return withNeeds(environment, async (needs) => {
    const user = await demandUser(needs, login);
    await needs.platform.store.transaction(async (transaction) => {
      await unlock(transaction, user);
      await needs.events.record(transaction, { type: 'user.unlocked', actor: operator, user });
    });
    return `Unlocked ${user.login}.`;
  });
}

/** Prints the token: it is told this once. Nobody's role bounds it, as nobody's bounds whoever has the command line. */
export function createTokenCommand(
  environment: Environment,
  options: { name: string; scopes: string[]; expiresAt?: string },
): Promise<void> {
  return withNeeds(environment, async ({ platform, events }) => {
    const { name, scopes, expiresAt: expires_at } = options;
    const unknown = scopes.find((scope) => !ApiScope.enum.some((known) => known === scope));
    if (unknown !== undefined)
      throw new PlainError(`There is no scope "${unknown}", but: ${ApiScope.enum.join(', ')}.`);
    const body = { name, scopes: [...new Set(scopes)], expires_at };
    if (!Value.Check(CreateApiToken, body))
      throw new PlainError('--name must be one line, of 1 to 100 characters.');
    if (expires_at !== undefined && !(Date.parse(expires_at) > platform.now()))
      throw new PlainError('--expires-at must be a time to come, such as 2027-01-31T12:00:00Z.');
    const by = { actor: operator, user_id: null };
    const { token } = await platform.store.transaction((transaction) =>
      addApiToken(transaction, body, by, { platform, events }),
    );
    return token;
  });
}

/** The way out where the policies let no owner in. */
export function policiesOffCommand(environment: Environment): Promise<void> {
  return withNeeds(environment, async (needs) => {
    const version = await turnRulesOff(needs);
    return version
      ? `Every rule of the policies is off. The Admin Portal restores version ${version.number - 1}, once it can.`
      : 'No rule of the policies is on.';
  });
}

async function demandUser({ platform }: PeopleNeeds, login: string): Promise<UserRow> {
  const user = await findUserByIdentifier.get(platform.store, { identifier: identifierOf(login) });
  if (!user) throw new PlainError(`There is nobody with the login name or e-mail address "${login}".`);
  return user;
}
