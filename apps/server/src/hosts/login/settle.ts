import { signVerdict } from '@countersign/protocol/host';
import { codesFor } from '../../authentication/host-login/codes.ts';
import { claimHostLogin } from '../../authentication/host-login/complete.ts';
import { findAuthentication, hostAskOf } from '../../authentication/store.ts';
import type { Events } from '../../events/events.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Transaction } from '../../platform/store/store.ts';
import { findLatestOfAuthentication, type PushRequestRow } from '../../push/store.ts';
import { stateAt } from '../../push/view.ts';
import { earnFamiliarity } from '../../sessions/familiarity.ts';
import { findUser } from '../../users/store.ts';
import { readHostKeys } from '../keys.ts';
import { personOf } from '../person.ts';
import { factorsOf, ruleOf } from '../rule.ts';
import { addressOf, clientOf, shownText } from '../shown.ts';
import {
  endHostLogin,
  findHost,
  findHostGroup,
  findHostLogin,
  listOverdueLogins,
  type HostLoginRow,
} from '../store.ts';
import type { Ending } from './outcomes.ts';
import { standingOf } from './standing.ts';

/** How a login stands now; where it has ended, that is written down, once. An approved one ends in its verdict. */

export interface SettleNeeds {
  platform: Platform;
  events: Events;
}

export interface Settled {
  login: HostLoginRow;
  push: PushRequestRow | undefined;
  /** A code would be taken. */
  code: boolean;
}

export async function settle(login: HostLoginRow, needs: SettleNeeds): Promise<Settled> {
  const { store, now } = needs.platform;
  const { id } = login;
  const authentication = await findAuthentication.get(store, { id });
  const push = await findLatestOfAuthentication.get(store, { authentication_id: id });
  const open = login.outcome === null && authentication?.state === 'challenge';
  const codes = open && login.interactive === 1 ? await codesFor(authentication, needs.platform) : undefined;
  const settled = { login, push, code: codes !== undefined && codes.free.length > 0 };
  if (login.outcome !== null) return settled;
  const pushed = push && stateAt(push, now());
  const standing = standingOf({ authentication, push: pushed, codes: codes?.offered.length ?? 0 }, now());
  if (standing === 'waiting') return settled;
  if (standing === 'ready') await complete(login, needs);
  else await store.transaction((transaction) => end(transaction, login, standing, needs));
  const ended = (await findHostLogin.get(store, { id, host_id: login.host_id }))!;
  // Claimed just now by another call, which has not committed yet: whoever waits is told then.
  return { ...settled, login: ended, code: false };
}

/** Of logins that no host asks about any more. */
export async function settleOverdue(needs: SettleNeeds): Promise<void> {
  const { store, now } = needs.platform;
  for (const login of await listOverdueLogins.all(store, { now: now() })) await settle(login, needs);
}

/** Writes down how it ended, unless that is written already. */
export async function end(
  transaction: Transaction,
  { id, host_id, local_user, service, rhost, user_id }: HostLoginRow,
  ending: Exclude<Ending, 'allowed'>,
  { events }: Pick<SettleNeeds, 'events'>,
): Promise<void> {
  if (!(await endHostLogin.get(transaction, { id, outcome: ending, verdict: null }))) return;
  const host = await findHost.get(transaction, { id: host_id });
  const user = user_id === null ? null : await findUser.get(transaction, { id: user_id });
  await events.record(transaction, {
    type: 'host.login_denied',
    user,
    asker: { ip: addressOf(rhost), client: clientOf(service, null) },
    // A login has the id of its authentication.
    details: {
      login: id,
      authentication: id,
      host: host_id,
      name: host?.name,
      local_user: shownText(local_user),
      why: ending,
    },
  });
  transaction.notify(`authentication:${id}`);
}

/** The claim of the authentication, the verdict over this very login and the event are one transaction. */
async function complete(login: HostLoginRow, needs: SettleNeeds): Promise<void> {
  const { platform, events } = needs;
  const { store, now, issuer } = platform;
  const { id, host_id, local_user, service, rhost, nonce } = login;
  const keys = await readHostKeys(platform);
  await store.transaction(async (transaction) => {
    const asked = hostAskOf((await findAuthentication.get(transaction, { id }))!);
    const proven = await claimHostLogin(transaction, id, now());
    if (!proven) return;
    const { user, amr, earned, holds } = proven;
    // As everything is now: it may have changed since the login began.
    const host = (await findHost.get(transaction, { id: host_id }))!;
    const group = (await findHostGroup.get(transaction, { id: host.host_group_id }))!;
    const found = await personOf(transaction, group, local_user);
    const rule = ruleOf(group, service);
    const same =
      holds &&
      found.refused === undefined &&
      found.user.id === user.id &&
      !rule.deny &&
      rule.first_factor === asked?.first_factor &&
      factorsOf(rule).join() === asked.factors.join();
    if (host.state !== 'active') return end(transaction, login, 'host_revoked', needs);
    if (!same || nonce === null) return end(transaction, login, 'changed', needs);
    const verdict = await signVerdict(
      { iss: issuer, aud: host_id, sub: id, nonce, local_user, service, user: user.login, amr },
      keys.signerFor(host.verdict_key),
      now(),
    );
    // Nobody else can have ended it: the claim is held.
    await endHostLogin.run(transaction, { id, outcome: 'allowed', verdict });
    if (earned !== undefined) await earnFamiliarity(transaction, user.id, earned, now());
    await events.record(transaction, {
      type: 'host.login_allowed',
      actor: user,
      user,
      asker: { ip: addressOf(rhost), client: clientOf(service, null) },
      details: {
        login: id,
        authentication: id,
        host: host_id,
        name: host.name,
        local_user: shownText(local_user),
        service: shownText(service),
        amr,
      },
    });
    transaction.notify(`authentication:${id}`);
  });
}
