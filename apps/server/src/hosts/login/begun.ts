import { setTimeout as sleep } from 'node:timers/promises';
import { errors, type ErrorCode } from '@countersign/protocol';
import { Refusal } from '../../platform/http/refusal.ts';
import { second } from '../../platform/platform.ts';
import type { Store } from '../../platform/store/store.ts';
import { findLatestOfAuthentication } from '../../push/store.ts';
import { findHostLoginByEntry, type HostLoginRow } from '../store.ts';
import { endings } from './outcomes.ts';
import { isPretended } from './pretended.ts';

/** A login whose beginning is asked for again, with the same nonce. */

/** The host has begun it by a call that is still on its way. */
export class BegunBefore extends Error {}

/** The first call sends the push once the login is there. */
const patience = 5 * second;
const pause = 50; // ms

/**
 * The answer to the first call was lost on the way, as on a connection that
 * was kept open for too long. It is the same one, and nothing is sent to a phone again.
 * @throws Refusal with which the first call ended.
 */
export async function asBegun(
  entry: { host_id: string; entry_id: string },
  store: Store,
): Promise<HostLoginRow> {
  for (const until = performance.now() + patience; ; await sleep(pause)) {
    // Written, and perhaps not committed yet.
    const login = await findHostLoginByEntry.get(store, entry);
    const isOver = performance.now() > until;
    if (!login && isOver) throw new Refusal('unavailable');
    if (!login) continue;
    const { id, outcome, no_push } = login;
    if (isPretended(login)) return login;
    if (outcome !== null && !Object.hasOwn(endings, outcome) && Object.hasOwn(errors, outcome))
      throw new Refusal(outcome as ErrorCode);
    const push = await findLatestOfAuthentication.get(store, { authentication_id: id });
    if (push || no_push !== null || outcome !== null || isOver) return login;
  }
}
