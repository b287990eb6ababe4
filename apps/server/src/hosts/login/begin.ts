import { errors, type ErrorCode } from '@countersign/protocol';
import type { BeginHostLogin } from '@countersign/protocol/wire';
import { setTimeout as sleep } from 'node:timers/promises';
import { beginHostLogin } from '../../authentication/host-login/begin.ts';
import type { ChallengeNeeds } from '../../authentication/challenge.ts';
import type { Events } from '../../events/events.ts';
import { Refusal } from '../../platform/http/refusal.ts';
import { minute, second } from '../../platform/platform.ts';
import { hashSecret, randomId } from '../../platform/random-text.ts';
import { countInWindow } from '../../platform/rate-limits/store.ts';
import { countCall } from '../../platform/rate-limits/window.ts';
import type { Store } from '../../platform/store/store.ts';
import { findLatestOfAuthentication } from '../../push/store.ts';
import { personOf } from '../person.ts';
import { countMoreLogins } from '../refusals.ts';
import { factorsOf, ruleOf } from '../rule.ts';
import { endings } from './outcomes.ts';
import { addressOf, clientOf, networkOf, shownText } from '../shown.ts';
import {
  endHostLogin,
  findHostGroup,
  findHostLogin,
  findHostLoginByEntry,
  insertHostLogin,
  noteNoPush,
  type HostLoginRow,
  type HostRow,
} from '../store.ts';

/** Somebody logs in on a host: who that is there, what is asked, and the push at once. */

/** Of one local user from one network, so that nobody's tries stand in another's way. */
const triesOfOne = { most: 30, length: minute };
/** Logins of one host that may reach a phone, whosever: it may be in somebody else's hands. */
const pushedByOne = { most: 300, length: minute };
/** So many refusals of a host are written down; more would only bury the others, and are counted. */
const notedAMinute = { most: 60, length: minute };

/**
 * @throws Refusal 403 `service_denied`, `local_user_unmapped`, `host_login_not_allowed` or `no_allowed_factor`; 423 and 429
 * where neither a push nor a code can be had.
 */
export async function beginLogin(
  host: HostRow,
  body: BeginHostLogin,
  needs: ChallengeNeeds & { events: Events },
): Promise<HostLoginRow> {
  const { store, now } = needs.platform;
  const { local_user, service, rhost, tty, nonce, interactive } = body;
  // No entry that a host tells of is called so.
  const entry = { host_id: host.id, entry_id: `nonce:${nonce}` };
  if (await findHostLoginByEntry.get(store, entry)) return asBegun(entry, store);
  const network = networkOf(rhost, tty);
  const calls = `host_login:${host.id}:${hashSecret(local_user)}:${network ?? 'a name'}`;
  try {
    await countCall(store, calls, triesOfOne, now());
  } catch (error) {
    if (error instanceof Refusal) await noteFlood(calls, host, body, error, needs);
    throw error;
  }
  const group = (await findHostGroup.get(store, { id: host.host_group_id }))!;
  const found = await personOf(store, group, local_user);
  let kept: string | undefined;
  try {
    const rule = ruleOf(group, service);
    if (rule.deny) throw new Refusal('service_denied');
    if (found.refused) throw new Refusal(found.refused);
    const { user } = found;
    await countCall(store, `host_pushes:${host.id}`, pushedByOne, now());
    const { id, noPush } = await beginHostLogin(
      {
        hostId: host.id,
        user,
        network,
        ask: {
          host: host.name,
          local_user: shownText(local_user),
          factors: factorsOf(rule),
          first_factor: rule.first_factor,
          interactive,
        },
        from: { ip: addressOf(rhost), client: clientOf(service, tty) },
      },
      async (transaction, authentication, until) => {
        const inserted = await insertHostLogin.get(transaction, {
          id: authentication,
          ...entry,
          user_id: user.id,
          local_user,
          service,
          rhost,
          nonce,
          interactive: interactive ? 1 : 0,
          outcome: null,
          at: now(),
          now: now(),
          expires_at: until,
        });
        // Nothing of this one stays.
        if (!inserted) throw new BegunBefore();
        kept = authentication;
      },
      needs,
    );
    if (noPush !== null) await noteNoPush.run(store, { id, no_push: noPush });
    return (await findHostLogin.get(store, { id, host_id: host.id }))!;
  } catch (error) {
    if (error instanceof BegunBefore) return asBegun(entry, store);
    if (error instanceof Refusal) await noteRefusal(host, body, found.user ?? null, error, kept, needs);
    throw error;
  }
}

/** The host has begun it by a call that is still on its way. */
class BegunBefore extends Error {}

/** The first call sends the push once the login is there. */
const patience = 5 * second;
const pause = 50; // ms

/**
 * A login whose beginning is asked for again, with the same nonce: the answer was lost on the way, as on a connection that
 * was kept open for too long. It is the same one, and nothing is sent to a phone again.
 * @throws Refusal with which the first call ended.
 */
async function asBegun(entry: { host_id: string; entry_id: string }, store: Store): Promise<HostLoginRow> {
  for (const until = performance.now() + patience; ; await sleep(pause)) {
    // Written, and perhaps not committed yet.
    const login = await findHostLoginByEntry.get(store, entry);
    const isOver = performance.now() > until;
    if (!login && isOver) throw new Refusal('unavailable');
    if (!login) continue;
    const { id, outcome, no_push } = login;
    if (outcome !== null && !Object.hasOwn(endings, outcome) && Object.hasOwn(errors, outcome))
      throw new Refusal(outcome as ErrorCode);
    const push = await findLatestOfAuthentication.get(store, { authentication_id: id });
    if (push || no_push !== null || outcome !== null || isOver) return login;
  }
}

/** The first in a minute that is refused for being one too many of that local user. */
async function noteFlood(
  calls: string,
  host: HostRow,
  body: BeginHostLogin,
  refusal: Refusal,
  needs: ChallengeNeeds & { events: Events },
): Promise<void> {
  const { store, now } = needs.platform;
  const isFirst = await store.transaction(async (transaction) => {
    const window = { key: `${calls}:noted`, now: now(), window_end: now() + triesOfOne.length };
    if ((await countInWindow.get(transaction, window))!.failures === 1) return true;
    await countMoreLogins(transaction, host.id, needs);
    return false;
  });
  if (!isFirst) return;
  const group = (await findHostGroup.get(store, { id: host.host_group_id }))!;
  const { user = null } = await personOf(store, group, body.local_user);
  await noteRefusal(host, body, user, refusal, undefined, needs);
}

/** `kept`: it had begun before it was refused. */
async function noteRefusal(
  host: HostRow,
  { local_user, service, rhost, tty }: BeginHostLogin,
  user: { id: string; login: string } | null,
  { code }: Refusal,
  kept: string | undefined,
  needs: Pick<ChallengeNeeds, 'platform'> & { events: Events },
): Promise<void> {
  const { platform, events } = needs;
  const { store, now, random } = platform;
  await store.transaction(async (transaction) => {
    const key = `host_refusals:${host.id}`;
    const counted = await countInWindow.get(transaction, {
      key,
      now: now(),
      window_end: now() + notedAMinute.length,
    });
    if (kept !== undefined) await endHostLogin.run(transaction, { id: kept, outcome: code, verdict: null });
    if (counted!.failures > notedAMinute.most) return countMoreLogins(transaction, host.id, needs);
    if (kept === undefined)
      await insertHostLogin.run(transaction, {
        id: randomId(random),
        host_id: host.id,
        entry_id: null,
        user_id: user?.id ?? null,
        local_user,
        service,
        rhost,
        nonce: null,
        interactive: 0,
        outcome: code,
        at: now(),
        now: now(),
        expires_at: now(),
      });
    const asker = { ip: addressOf(rhost), client: clientOf(service, tty) };
    const details = { host: host.id, name: host.name, local_user: shownText(local_user), why: code };
    await events.record(transaction, { type: 'host.login_refused', user, asker, details });
  });
}
