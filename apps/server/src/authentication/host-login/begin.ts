import type { From } from '../../platform/http/asker.ts';
import { Refusal } from '../../platform/http/refusal.ts';
import { minute, second } from '../../platform/platform.ts';
import type { Transaction } from '../../platform/store/store.ts';
import type { Events } from '../../events/events.ts';
import { hostAsker } from '../../sessions/familiarity.ts';
import { readSettings } from '../../settings/settings.ts';
import { lockSeconds } from '../../users/factor-tries.ts';
import type { UserRow } from '../../users/store.ts';
import { insertBegun, refuse } from '../begin.ts';
import { challengeByPush, type ChallengeNeeds } from '../challenge.ts';
import { decideBeginning } from '../decide.ts';
import { findAuthentication, giveUp, type AuthenticationRow, type HostAsk } from '../store.ts';
import { codesFor } from './codes.ts';

/**
 * An authentication that a host asks for (ssh, sudo, console): no browser and no session, the phone at once, or a code
 * that is typed at the prompt.
 */

/** How long a code is waited for after the push is over. */
const typing = 2 * minute;

export interface HostLoginBeginning {
  hostId: string;
  user: UserRow;
  /** That the person comes from; undefined where nobody can tell. */
  network: string | undefined;
  ask: HostAsk;
  from: From;
}

/**
 * Begins it, and sends the push where one may be sent; `keep` runs in the transaction. Resolves to why no push was sent,
 * where a code can be typed instead.
 * @throws Refusal 403 `no_allowed_factor` or `policy_denied`; 423 `push_locked` or `factor_locked`, 429: where neither can be had.
 */
export async function beginHostLogin(
  { hostId, user, network, ask, from }: HostLoginBeginning,
  keep: (transaction: Transaction, id: string, until: number) => Promise<void>,
  needs: ChallengeNeeds & { events: Events },
): Promise<{ id: string; noPush: string | null }> {
  const { platform, events } = needs;
  const { store, now } = platform;
  const { interactive } = ask;
  const asked = { purpose: 'device_login', resource: hostAsker(hostId) } as const;
  const browserHash = hostAsker(hostId, network);
  const by = { ...asked, host_login: JSON.stringify(ask), browser_hash: browserHash, ip: from.ip };
  const { decision, why } = await decideBeginning(store, by, user, now());
  const codes = decision.outcome === 'challenge' && (decision.factors.totp || decision.factors.recovery_code);
  const phones = decision.outcome === 'challenge' && decision.factors.push.length > 0;
  if (!phones && !(codes && interactive)) {
    const refused = decision.outcome === 'challenge' ? { reason: 'nobody can type a code there' } : decision;
    return refuse({ purpose: asked.purpose, user, asker: from }, { decision: refused, why }, needs);
  }
  const { push } = await readSettings(store);
  const until = now() + push.lifetime_s * second + typing;
  const id = await store.transaction(async (transaction) => {
    const beginning = {
      ...asked,
      user,
      browserHash,
      asker: from,
      amr: [],
      sessionId: null,
      hostAsk: ask,
    };
    const state = { state: 'challenge', codeRequired: false, until } as const;
    const inserted = await insertBegun(transaction, beginning, state, platform);
    await keep(transaction, inserted, until);
    const { host, local_user } = ask;
    const details = {
      authentication: inserted,
      purpose: asked.purpose,
      reason: decision.reason,
      host,
      local_user,
      ...why,
    };
    await events.record(transaction, { type: 'authentication.begun', user, asker: from, details });
    return inserted;
  });
  const begun = (await findAuthentication.get(store, { id }))!;
  const refused = phones ? await tryPush(begun, needs) : undefined;
  if (phones && !refused) return { id, noPush: null };
  const { free, lockedUntil } = await codesFor(begun, platform);
  if (interactive && free.length > 0) return { id, noPush: refused?.message ?? noPhone };
  // Nothing is on the phone and nothing can be typed, so there is nothing to wait for.
  await giveUp.get(store, { id });
  throw refused ?? new Refusal('factor_locked', { retry_after: lockSeconds(lockedUntil, now()) });
}

const noPhone = 'No request is sent to a phone for this login.';

/** Resolves to why none was sent. */
async function tryPush(begun: AuthenticationRow, needs: ChallengeNeeds): Promise<Refusal | undefined> {
  try {
    await challengeByPush(begun, undefined, needs);
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}
