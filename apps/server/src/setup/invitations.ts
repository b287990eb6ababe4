import type { Invitation } from '@countersign/protocol/wire';
import type { Asker } from '../platform/http/asker.ts';
import { Refusal } from '../platform/http/refusal.ts';
import { day, type Platform } from '../platform/platform.ts';
import { hashSecret, randomSecret } from '../platform/random-text.ts';
import type { Transaction } from '../platform/store/store.ts';
import type { Events } from '../events/events.ts';
import type { Outbox } from '../mail/outbox.ts';
import type { Hashing } from '../password/hashing.ts';
import { demandStrength, minimumLength } from '../password/strength.ts';
import { readSettings } from '../settings/settings.ts';
import { keepMemberships } from '../users/factors.ts';
import {
  findInvitation,
  findUser,
  replaceInvitation,
  updatePassword,
  useInvitation,
  type UserRow,
} from '../users/store.ts';

/** Invitations: a mailed link with which a new person chooses their own password. A newer one replaces an older. */

const lifetime = 7 * day;

interface Needs {
  platform: Platform;
  hashing: Hashing;
  events: Events;
}

export async function invite(
  transaction: Transaction,
  user: UserRow,
  { platform, outbox }: { platform: Platform; outbox: Outbox },
  notBefore?: number,
): Promise<void> {
  const { now, random, issuer } = platform;
  const token = randomSecret(random);
  const token_hash = hashSecret(token);
  await replaceInvitation.run(transaction, { user_id: user.id, token_hash, expires_at: now() + lifetime });
  const { organization } = await readSettings(transaction);
  const url = `${issuer}/invite#token=${token}`;
  await outbox.post(transaction, user, (letters) => letters.invitation(organization.name, user.login, url), {
    notBefore,
  });
}

/** @throws Refusal 404 `invitation_not_found`, 410 `invitation_expired` or `invitation_used`. */
async function demandInvitation(token: string, { store, now }: Platform): Promise<UserRow> {
  const row = await findInvitation.get(store, { token_hash: hashSecret(token) });
  const user = row && (await findUser.get(store, { id: row.user_id }));
  if (!row || !user || user.state === 'suspended') throw new Refusal('invitation_not_found');
  if (row.used_at !== null || user.state !== 'invited') throw new Refusal('invitation_used');
  if (row.expires_at <= now()) throw new Refusal('invitation_expired');
  return user;
}

export async function lookUpInvitation(token: string, platform: Platform): Promise<Invitation> {
  const user = await demandInvitation(token, platform);
  const settings = await readSettings(platform.store);
  return {
    organization: { name: settings.organization.name },
    login: user.login,
    name: user.name,
    password_min_length: minimumLength(settings, platform.now()),
  };
}

/** Sets the first password of an invited person. @throws Refusal as the look-up, and 422 `weak_password`. */
export async function acceptInvitation(
  token: string,
  password: string,
  asker: Asker,
  { platform, hashing, events }: Needs,
): Promise<void> {
  const { store, now } = platform;
  const user = await demandInvitation(token, platform);
  await demandStrength(password, await readSettings(store), [user.login, user.email, user.name], now());
  const password_hash = await hashing.hash(password);
  await store.transaction(async (transaction) => {
    if (!(await useInvitation.get(transaction, { token_hash: hashSecret(token), now: now() }))) {
      throw new Refusal('invitation_used');
    }
    await updatePassword.run(transaction, { id: user.id, password_hash, password_change_required: 0 });
    await keepMemberships(transaction, user.id);
    await events.record(transaction, { type: 'user.invitation_accepted', actor: user, user, asker });
  });
}
