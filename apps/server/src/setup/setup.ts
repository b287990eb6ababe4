import type { SetupBody } from '@countersign/protocol/wire';
import type { Asker } from '../platform/http/asker.ts';
import { Refusal } from '../platform/http/refusal.ts';
import { day, type Platform } from '../platform/platform.ts';
import { hashSecret, randomSecret } from '../platform/random-text.ts';
import type { Events } from '../events/events.ts';
import type { Hashing } from '../password/hashing.ts';
import { demandStrength } from '../password/strength.ts';
import { patchSettings, readSettings } from '../settings/settings.ts';
import { countOwners, type UserRow } from '../users/store.ts';
import { createUser } from '../users/users.ts';
import { findSetupToken, insertSetupToken, spendSetupTokens } from './store.ts';

/** First start: a one-time link in the console makes the owner. */

const linkLifetime = 7 * day;

export const isSetupNeeded = async ({ store }: Pick<Platform, 'store'>): Promise<boolean> =>
  (await countOwners.get(store))!.owners === 0;

/** A fresh set-up link, for the console of this start. The token is in the fragment, so no log of a server has it. */
export async function issueSetupLink({ store, now, random, issuer }: Platform): Promise<string> {
  const token = randomSecret(random);
  await insertSetupToken.run(store, { token_hash: hashSecret(token), expires_at: now() + linkLifetime });
  return `${issuer}/setup#token=${token}`;
}

/** @throws Refusal 404 `setup_not_found`, 410 `setup_done`, 422 `weak_password`. */
export async function setUp(
  { token, organization, owner, push_enabled }: SetupBody,
  asker: Asker,
  { platform, hashing, events }: { platform: Platform; hashing: Hashing; events: Events },
): Promise<UserRow> {
  const { store, now } = platform;
  if (!(await isSetupNeeded(platform))) throw new Refusal('setup_done');
  if (!(await findSetupToken.get(store, { token_hash: hashSecret(token), now: now() }))) {
    throw new Refusal('setup_not_found');
  }
  const settings = await readSettings(store);
  // Where no second factor can be enrolled, none may be required: nobody could sign in.
  const patch = {
    organization: { name: organization.name.trim() },
    ...(push_enabled ? {} : { push: { enabled: false }, mfa: { required: false } }),
  };
  const future = { ...settings, mfa: { ...settings.mfa, required: push_enabled && settings.mfa.required } };
  await demandStrength(owner.password, future, [owner.login, owner.email, owner.name], now());
  const passwordHash = await hashing.hash(owner.password);
  return store.transaction(async (transaction) => {
    if ((await spendSetupTokens.all(transaction)).length === 0) throw new Refusal('setup_done');
    await patchSettings(transaction, patch);
    const user = await createUser(
      transaction,
      { ...owner, role: 'owner', state: 'active', passwordHash, mustChangePassword: false },
      platform,
    );
    await events.record(transaction, {
      type: 'setup.completed',
      actor: user,
      user,
      asker,
      details: { push_enabled },
    });
    return user;
  });
}
