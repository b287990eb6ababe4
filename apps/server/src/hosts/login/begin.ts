import type { BeginHostLogin } from '@countersign/protocol/wire';
import { beginHostLogin } from '../../authentication/host-login/begin.ts';
import type { ChallengeNeeds } from '../../authentication/challenge.ts';
import type { Events } from '../../events/events.ts';
import { Refusal } from '../../platform/http/refusal.ts';
import { minute } from '../../platform/platform.ts';
import { hashSecret, randomId } from '../../platform/random-text.ts';
import { countInWindow } from '../../platform/rate-limits/store.ts';
import { countCall } from '../../platform/rate-limits/window.ts';
import { personOf } from '../person.ts';
import { factorsOf, ruleOf } from '../rule.ts';
import { addressOf, clientOf, networkOf, shownText } from '../shown.ts';
import {
  endHostLogin,
  findHostGroup,
  findHostLogin,
  insertHostLogin,
  noteNoPush,
  type HostLoginRow,
  type HostRow,
} from '../store.ts';

/** Somebody logs in on a host: who that is there, what is asked, and the push at once. */

/** Of one local user, so that nobody's tries stand in another's way. */
const triesOfOne = { most: 30, length: minute };
/** Logins of one host that may reach a phone, whosever: it may be in somebody else's hands. */
const pushedByOne = { most: 300, length: minute };
/** So many refusals of a host are written down; more would only bury the others. */
const notedAMinute = { most: 60, length: minute };

/**
 * @throws Refusal 403 `service_denied`, `local_user_unmapped`, `host_login_not_allowed`, `no_allowed_factor` or `policy_denied`; 423 and 429
 * where neither a push nor a code can be had.
 */
export async function beginLogin(
  host: HostRow,
  body: BeginHostLogin,
  needs: ChallengeNeeds & { events: Events },
): Promise<HostLoginRow> {
  const { store, now } = needs.platform;
  const { local_user, service, rhost, tty, nonce, interactive } = body;
  await countCall(store, `host_login:${host.id}:${hashSecret(local_user)}`, triesOfOne, now());
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
        network: networkOf(rhost),
        ask: {
          host: host.name,
          local_user: shownText(local_user),
          host_group: group.id,
          factors: factorsOf(rule),
          first_factor: rule.first_factor,
          interactive,
        },
        from: { ip: addressOf(rhost), client: clientOf(service, tty) },
      },
      async (transaction, authentication, until) => {
        kept = authentication;
        await insertHostLogin.run(transaction, {
          id: authentication,
          host_id: host.id,
          entry_id: null,
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
      },
      needs,
    );
    if (noPush !== null) await noteNoPush.run(store, { id, no_push: noPush });
    return (await findHostLogin.get(store, { id, host_id: host.id }))!;
  } catch (error) {
    if (error instanceof Refusal) await noteRefusal(host, body, found.user ?? null, error, kept, needs);
    throw error;
  }
}

/** `kept`: it had begun before it was refused. */
async function noteRefusal(
  host: HostRow,
  { local_user, service, rhost, tty }: BeginHostLogin,
  user: { id: string; login: string } | null,
  { code }: Refusal,
  kept: string | undefined,
  { platform, events }: Pick<ChallengeNeeds, 'platform'> & { events: Events },
): Promise<void> {
  const { store, now, random } = platform;
  await store.transaction(async (transaction) => {
    const key = `host_refusals:${host.id}`;
    const counted = await countInWindow.get(transaction, {
      key,
      now: now(),
      window_end: now() + notedAMinute.length,
    });
    if (kept !== undefined) await endHostLogin.run(transaction, { id: kept, outcome: code, verdict: null });
    if (counted!.failures > notedAMinute.most) return;
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
