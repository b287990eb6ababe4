import type { Reply } from '../platform/http/app.ts';
import type { CompletionNeeds } from '../authenticators/completion.ts';
import type { Asker, From } from '../platform/http/asker.ts';
import { Refusal } from '../platform/http/refusal.ts';
import type { Transaction } from '../platform/store/store.ts';
import type { Cancellation } from '../push/cancel.ts';
import { browserAsker, earnFamiliarity } from '../sessions/familiarity.ts';
import type { Enrollment, Opening, Sessions } from '../sessions/sessions.ts';
import { attest } from '../sessions/verified.ts';
import { denial } from '../policy/decide.ts';
import { isMetBy, type Proven, type Ruling } from '../policy/rules.ts';
import { minute } from '../platform/platform.ts';
import { refuse } from './begin.ts';
import { ruleIn, rulingFor } from './decide.ts';
import { findUser, markSignedIn, type UserRow } from '../users/store.ts';
import { completeReset } from './reset/complete.ts';
import { claimCompletion, findAuthentication, giveUp, type AuthenticationRow } from './store.ts';

/** The last step of an authentication: it is claimed once, and whoever asked goes on. */

export interface CompleteNeeds extends CompletionNeeds {
  sessions: Sessions;
  cancellation: Cancellation;
}

/** @throws Refusal 403 `policy_denied`, 409 `already_complete`, `authentication_over` or `not_ready`. Returns where the browser goes on. */
export async function completeAuthentication(
  authentication: AuthenticationRow,
  asker: Asker,
  reply: Reply,
  needs: CompleteNeeds,
): Promise<string> {
  const { platform } = needs;
  const isEnrolment = authentication.state === 'enrollment_required';
  let denied: { ruling: Ruling; user: UserRow } | undefined;
  const claim = async (transaction: Transaction) => {
    const claimed = await claimCompletion.get(transaction, { id: authentication.id, now: platform.now() });
    if (!claimed) return undefined;
    const user = (await findUser.get(transaction, { id: claimed.user_id }))!;
    // Suspended in the meantime: nothing of it holds.
    if (user.state !== 'active') throw new Refusal('invalid_credentials');
    // The rules may have changed since it began, the network too, and the hour: what they say now holds.
    const ruling = await rulingFor(transaction, { ...claimed, ip: asker.ip }, user.id, platform.now());
    if (ruling.effect.deny) {
      denied = { ruling, user };
      throw new Refusal('policy_denied');
    }
    const proven = JSON.parse(claimed.proof ?? 'null') as Proven | null;
    if (!isEnrolment && !isMetBy(ruling.effect, proven)) throw new Refusal('authentication_over');
    const { session_minutes } = ruling.effect;
    const lifetime = session_minutes === undefined ? undefined : session_minutes * minute;
    // A reset is no sign-in: it opens no session, and makes no browser familiar.
    if (claimed.purpose === 'password_reset') {
      return completeReset(transaction, claimed, user, asker, needs);
    }
    if (claimed.earns_familiarity === 1) {
      await earnFamiliarity(transaction, user.id, browserAsker(claimed.browser_hash), platform.now());
    }
    return claimed.session_id !== null
      ? completeStepUp(transaction, claimed, user, asker, reply, needs)
      : completeSignIn(
          transaction,
          claimed,
          {
            enrollment: enrollmentOf(claimed, isEnrolment, user),
            lifetime,
          },
          user,
          asker,
          reply,
          needs,
        );
  };
  try {
    const continueAt = await platform.store.transaction(claim);
    if (continueAt !== undefined) return continueAt;
  } catch (error) {
    if (!denied) throw error;
    // Written down by itself: the claim was taken back.
    const { ruling, user } = denied;
    const { id, purpose, resource } = authentication;
    return refuse(
      { purpose, user, asker, resource, authentication: id },
      { decision: denial(ruling.rule!), why: ruleIn(ruling) },
      needs,
    );
  }
  const current = await findAuthentication.get(platform.store, { id: authentication.id });
  throw new Refusal(current?.state === 'complete' ? 'already_complete' : 'not_ready');
}

/**
 * On what strength the session may enrol, if it must. The password alone was enough when this sign-in began; where a
 * factor was enrolled meanwhile it is not any more. @throws Refusal 409 `not_ready`
 */
function enrollmentOf(
  { amr, enrollment_code_required }: AuthenticationRow,
  required: boolean,
  user: UserRow,
): Enrollment {
  if (required && enrollment_code_required === 2) return 'code';
  const passwordOnly = !(JSON.parse(amr) as string[]).includes('mfa');
  if (passwordOnly && user.had_factor === 1) throw new Refusal('not_ready');
  return required ? 'first' : 'none';
}

async function completeSignIn(
  transaction: Transaction,
  { id, purpose, amr, acr, proof, browser_hash }: AuthenticationRow,
  { enrollment, lifetime }: Pick<Opening, 'enrollment' | 'lifetime'>,
  user: UserRow,
  asker: Asker,
  reply: Reply,
  { platform, events, sessions }: CompleteNeeds,
): Promise<string> {
  const methods = JSON.parse(amr) as string[];
  const verified = attest({ userId: user.id, acr: acr ?? 'urn:countersign:aal1', amr: methods, proof });
  // Enrolling is done in the User Portal, also by administrators: their own portal opens to two factors only.
  const kind = purpose === 'admin_login' && enrollment === 'none' ? 'admin' : 'portal';
  const session = await sessions.open(
    transaction,
    verified,
    { kind, browserHash: browser_hash, ...asker, enrollment, lifetime },
    reply,
  );
  await markSignedIn.run(transaction, { id: user.id, now: platform.now() });
  await events.record(transaction, {
    type: 'authentication.completed',
    actor: user,
    user,
    asker,
    details: {
      authentication: id,
      session,
      purpose,
      acr: verified.acr,
      amr: methods,
      enrollment,
    },
  });
  if (enrollment !== 'none') return '/activate';
  return kind === 'admin' ? '/admin/' : '/';
}

async function completeStepUp(
  transaction: Transaction,
  { id, session_id, resource, acr, amr, proof, interaction_id }: AuthenticationRow,
  user: UserRow,
  asker: Asker,
  reply: Reply,
  { events, sessions }: CompleteNeeds,
): Promise<string> {
  await sessions.stepUp(transaction, session_id!, { resource: resource!, acr: acr!, amr, proof }, reply);
  const details = { authentication: id, resource };
  await events.record(transaction, { type: 'step_up.completed', actor: user, user, asker, details });
  if (interaction_id !== null) return `/sso?interaction=${interaction_id}`;
  if (resource === 'act:admin') return '/admin/';
  return resource!.startsWith('act:') ? '/security' : '/';
}

/** The person goes away: what waits on the phone is cancelled. */
export async function giveUpAuthentication(
  { id }: Pick<AuthenticationRow, 'id'>,
  asker: From,
  { platform, events, cancellation }: Pick<CompleteNeeds, 'platform' | 'events' | 'cancellation'>,
): Promise<void> {
  await platform.store.transaction(async (transaction) => {
    const given = await giveUp.get(transaction, { id });
    if (!given) return;
    await cancellation.ofAuthentication(transaction, id);
    const user = await findUser.get(transaction, { id: given.user_id });
    const details = { authentication: id };
    await events.record(transaction, { type: 'authentication.cancelled', actor: user, user, asker, details });
    transaction.notify(`authentication:${id}`);
  });
}
