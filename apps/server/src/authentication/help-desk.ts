import type { VerificationPush } from '@countersign/protocol/wire';
import { findDevice } from '../authenticators/store.ts';
import { deviceOf } from '../authenticators/view.ts';
import type { Actor, Events } from '../events/events.ts';
import type { Asker } from '../platform/http/asker.ts';
import { Refusal } from '../platform/http/refusal.ts';
import { second, timeText, type Platform } from '../platform/platform.ts';
import type { Queryable } from '../platform/store/store.ts';
import type { Cancellation } from '../push/cancel.ts';
import { findLatestOfAuthentication } from '../push/store.ts';
import { stateAt } from '../push/view.ts';
import { findUser, type UserRow } from '../users/store.ts';
import { helpDeskAsker } from './asker.ts';
import { insertBegun } from './begin.ts';
import { challengeByPush, type ChallengeNeeds } from './challenge.ts';
import { decide } from './decide.ts';
import { findAuthentication, giveUp, type AuthenticationRow } from './store.ts';

/**
 * The help desk asks the phone whether a caller is who they say. The number is shown to the help desk and typed on the
 * phone: who only pretends to be the help desk has none to tell. Nothing is opened by it, for anybody.
 */

interface Person {
  id: string;
  login: string;
}

/**
 * Sends the request to the person's phone and returns the id of the authentication that waits for its answer.
 * @throws Refusal 403 `no_allowed_factor`, 423 `push_locked`, 429 past the limits.
 */
export async function askCaller(
  user: UserRow,
  by: Actor,
  asker: Asker,
  needs: ChallengeNeeds,
): Promise<string> {
  const { platform, events } = needs;
  const { store, now } = platform;
  const purpose = 'verification' as const;
  const resource = 'help_desk';
  const browserHash = helpDeskAsker(by.id);
  const asked = { purpose, resource, ip: asker.ip, browser_hash: browserHash };
  const { decision, settings } = await decide(store, asked, user, now());
  if (user.state !== 'active' || decision.outcome !== 'challenge')
    throw new Refusal('no_allowed_factor', { detail: 'This person has no phone that may be asked.' });
  const until = now() + settings.push.lifetime_s * second;
  const id = await store.transaction(async (transaction) => {
    const inserted = await insertBegun(
      transaction,
      { purpose, user, browserHash, asker, amr: [], sessionId: null, resource },
      { state: 'challenge', codeRequired: false, until },
      platform,
    );
    const details = { authentication: inserted };
    await events.record(transaction, { type: 'verification.asked', actor: by, user, asker, details });
    return inserted;
  });
  try {
    await challengeByPush((await findAuthentication.get(store, { id }))!, undefined, needs);
    return id;
  } catch (error) {
    // Nothing is on the phone, so there is nothing to wait for.
    if (error instanceof Refusal) await giveUp.get(store, { id });
    throw error;
  }
}

/** What `by` has asked this person. @throws Refusal 404, also for what somebody else asked. */
export async function demandAsked(
  on: Queryable,
  id: string,
  userId: string,
  by: Person,
): Promise<AuthenticationRow> {
  const row = await findAuthentication.get(on, { id });
  if (!row || row.user_id !== userId || row.browser_hash !== helpDeskAsker(by.id))
    throw new Refusal('not_found');
  return row;
}

/** What is asked, as its asker sees it. */
export async function verificationPushView(
  on: Queryable,
  { id }: Pick<AuthenticationRow, 'id'>,
  now: number,
): Promise<VerificationPush> {
  const push = (await findLatestOfAuthentication.get(on, { authentication_id: id }))!;
  const phone = (await findDevice.get(on, { id: push.authenticator_id }))!;
  const state = stateAt(push, now);
  return {
    id,
    state,
    seen: push.seen_at !== null,
    number: state === 'pending' ? push.number : null,
    device: deviceOf(phone).name,
    requested_at: timeText(push.created_at),
    expires_at: timeText(push.expires_at),
  };
}

/** The caller has gone: what waits on the phone is cancelled. */
export async function cancelAsked(
  { id, user_id }: AuthenticationRow,
  by: Actor,
  asker: Asker,
  needs: { platform: Platform; events: Events; cancellation: Cancellation },
): Promise<void> {
  await needs.platform.store.transaction(async (transaction) => {
    if (!(await giveUp.get(transaction, { id }))) return;
    await needs.cancellation.ofAuthentication(transaction, id);
    const user = await findUser.get(transaction, { id: user_id });
    const details = { authentication: id };
    await needs.events.record(transaction, {
      type: 'verification.cancelled',
      actor: by,
      user,
      asker,
      details,
    });
    transaction.notify(`authentication:${id}`);
  });
}
