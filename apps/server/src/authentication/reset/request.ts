import { sourceOf, type Asker } from '../../platform/http/asker.ts';
import { minute, type Platform } from '../../platform/platform.ts';
import { hashSecret, randomSecret } from '../../platform/random-text.ts';
import { countCall } from '../../platform/rate-limits/window.ts';
import type { Events } from '../../events/events.ts';
import type { Outbox, WriteLetter } from '../../mail/outbox.ts';
import { insertPasswordReset, withdrawPasswordResets } from '../../password/store.ts';
import type { Cancellation } from '../../push/cancel.ts';
import { readSettings } from '../../settings/settings.ts';
import { findUserByIdentifier } from '../../users/store.ts';
import { identifierOf } from '../../users/users.ts';
import { giveUpEarlierResets } from './give-up.ts';

/**
 * Step one of a password reset: somebody types an e-mail address. Whether anybody has it is told to its mailbox only.
 */

const lifetime = 30 * minute;
/**
 * What was typed is counted, whether or not it is anybody's. A stranger who uses the limit up locks nobody out: the last
 * of these mails is in the mailbox, and its link outlives the window.
 */
const perAddress = { most: 3, length: 15 * minute };
const perSource = { most: 20, length: 15 * minute };

/** In the place of a user where there is none: the id of nobody, and a name and a login of a usual length. */
const nobody = { id: 'nobody', email: '', name: 'Nobody in Particular', login: 'nobody.particular' };

export interface RequestNeeds {
  platform: Platform;
  events: Events;
  outbox: Outbox;
  cancellation: Cancellation;
}

/**
 * Mails a link where the address is an active user's; says nothing of it, and takes the same time.
 * @throws Refusal 429 past the limits, which know nothing of who exists.
 */
export async function requestReset(email: string, asker: Asker, needs: RequestNeeds): Promise<void> {
  const { platform, events, outbox } = needs;
  const { store, now, random, issuer } = platform;
  const identifier = identifierOf(email);
  await countCall(store, `password_reset:source:${sourceOf(asker.ip)}`, perSource, now());
  await countCall(store, `password_reset:address:${hashSecret(identifier)}`, perAddress, now());
  const found = await findUserByIdentifier.get(store, { identifier });
  // A login name finds nobody here, or one person could be asked for under two limits.
  const user = found && identifierOf(found.email) === identifier ? found : undefined;
  // From here on as much is read and written for nobody.
  const { id: user_id, ...person } = user ?? nobody;
  const token = randomSecret(random);
  const { organization } = await readSettings(store);
  // The fragment stays in the browser: in no request, and in no log of a server or a proxy.
  const url = `${issuer}/reset#token=${token}`;
  const letter: WriteLetter = (letters) =>
    letters.passwordReset(organization.name, person.login, lifetime / minute, url);
  await store.transaction(async (transaction) => {
    await giveUpEarlierResets(transaction, user_id, needs.cancellation);
    await withdrawPasswordResets.run(transaction, { user_id });
    const token_hash = hashSecret(token);
    const expires_at = now() + lifetime;
    const inserted = (await insertPasswordReset.get(transaction, { token_hash, user_id, expires_at }))!;
    const mailed = inserted.user_id !== null;
    if (mailed) await outbox.post(transaction, person, letter, { unhurried: true });
    else await outbox.rehearse(transaction, person, letter);
    const details = { mailed };
    await events.record(transaction, {
      type: 'password_reset.requested',
      user: user ?? null,
      asker,
      details,
    });
  });
}
