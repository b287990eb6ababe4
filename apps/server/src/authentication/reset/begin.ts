import type { Asker } from '../../platform/http/asker.ts';
import { Refusal } from '../../platform/http/refusal.ts';
import { hashSecret } from '../../platform/random-text.ts';
import { beginPasswordReset } from '../../password/store.ts';
import { demandStrength } from '../../password/strength.ts';
import type { Cancellation } from '../../push/cancel.ts';
import { readSettings } from '../../settings/settings.ts';
import { insertBegun, refuse, stateOf, type BeginNeeds } from '../begin.ts';
import { decideBeginning } from '../decide.ts';
import { findAuthentication, type AuthenticationRow } from '../store.ts';
import { giveUpEarlierResets } from './give-up.ts';
import { demandReset, resetPurpose } from './token.ts';

/**
 * Step three of a password reset: the new password is chosen, and waits for the factor. The link is not spent, so a
 * second try may begin anew; that ends the first.
 * @throws Refusal as the look-up, 403 `no_allowed_factor` or `policy_denied`, 422 `weak_password`, 429.
 */
export async function beginReset(
  { token, new_password }: { token: string; new_password: string },
  browserHash: string,
  asker: Asker,
  needs: BeginNeeds & { cancellation: Cancellation },
): Promise<AuthenticationRow> {
  const { platform, hashing, events, cancellation } = needs;
  const { store, now } = platform;
  const { reset, user } = await demandReset(store, token, now());
  const asked = { ...resetPurpose, browser_hash: browserHash, ip: asker.ip };
  const { decision, why } = await decideBeginning(store, asked, user, now());
  // Neither the mail nor anything else stands in for factors that were lost or switched off.
  if (decision.outcome !== 'challenge' && decision.outcome !== 'ready') {
    return refuse({ ...resetPurpose, user, asker }, { decision, why }, needs);
  }
  await demandStrength(new_password, await readSettings(store), [user.login, user.email, user.name], now());
  const new_password_hash = await hashing.hash(new_password);
  const id = await store.transaction(async (transaction) => {
    await giveUpEarlierResets(transaction, user.id, cancellation);
    // The mailbox is no method that RFC 8176 knows, and no factor that counts: what is proven comes after it.
    const beginning = { ...resetPurpose, user, browserHash, asker, amr: [], sessionId: null };
    const state = { state: stateOf(decision), codeRequired: false, until: reset.expires_at };
    const inserted = await insertBegun(transaction, beginning, state, platform);
    const token_hash = hashSecret(token);
    const begun = { token_hash, authentication_id: inserted, new_password_hash, now: now() };
    if (!(await beginPasswordReset.get(transaction, begun))) {
      // It ended while the password was hashed: how, is said.
      await demandReset(transaction, token, now());
      throw new Refusal('token_expired');
    }
    await events.record(transaction, {
      type: 'password_reset.begun',
      actor: user,
      user,
      asker,
      details: { authentication: inserted, reason: decision.reason, ...why },
    });
    return inserted;
  });
  return (await findAuthentication.get(store, { id }))!;
}
