import type { ErrorCode } from '@countersign/protocol';
import type { BeginHostLogin } from '@countersign/protocol/wire';
import { numberCannotBeShown, type ChallengeNeeds } from '../../authentication/challenge.ts';
import { beginHostLogin } from '../../authentication/host-login/begin.ts';
import type { Events } from '../../events/events.ts';
import { Refusal } from '../../platform/http/refusal.ts';
import { minute } from '../../platform/platform.ts';
import { hashSecret } from '../../platform/random-text.ts';
import { countCall } from '../../platform/rate-limits/window.ts';
import { readSettings } from '../../settings/settings.ts';
import { personOf } from '../person.ts';
import { factorsOf, ruleOf } from '../rule.ts';
import { addressOf, clientOf, networkOf, shownText } from '../shown.ts';
import {
  findHostGroup,
  findHostLogin,
  findHostLoginByEntry,
  insertHostLogin,
  noteNoPush,
  type HostLoginRow,
  type HostRow,
} from '../store.ts';
import { asBegun, BegunBefore } from './begun.ts';
import { noteFlood, noteRefusal } from './noted.ts';
import { pretend, type Pretence } from './pretended.ts';

/** Somebody logs in on a host: who that is there, what is asked, and the push at once. */

/** Of one local user from one network, so that nobody's tries stand in another's way. */
const triesOfOne = { most: 30, length: minute };
/** Logins of one host that may reach a phone, whosever: it may be in somebody else's hands. */
const pushedByOne = { most: 300, length: minute };

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
  // No entry that a host tells of is called so.
  const entry = { host_id: host.id, entry_id: `nonce:${nonce}` };
  if (await findHostLoginByEntry.get(store, entry)) return asBegun(entry, store);
  const network = networkOf(rhost, tty);
  const calls = `host_login:${host.id}:${hashSecret(local_user)}:${network ?? 'a name'}`;
  try {
    await countCall(store, calls, triesOfOne, now());
  } catch (error) {
    if (error instanceof Refusal) await noteFlood(calls, { host, body, code: error.code }, needs);
    throw error;
  }
  const group = (await findHostGroup.get(store, { id: host.host_group_id }))!;
  const found = await personOf(store, group, local_user);
  const rule = ruleOf(group, service);
  let kept: string | undefined;
  let pretends = false;
  try {
    if (rule.deny) throw new Refusal('service_denied');
    if (!rule.first_factor) {
      // Before anything depends on who it is: a stranger may be asking.
      if (!factorsOf(rule).includes('push')) throw new Refusal('no_allowed_factor');
      if (!interactive) throw numberCannotBeShown();
      await countCall(store, `host_alone:${host.id}`, pushedByOne, now());
      pretends = true;
    }
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
          host_group: group.id,
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
    if (!(error instanceof Refusal)) throw error;
    const user = found.user ?? null;
    const outcome = error.code;
    const begun =
      pretends && ofThePerson.has(outcome) && kept === undefined
        ? await beginPretended({ host, entry, asked: { local_user, service, rhost, nonce }, outcome }, needs)
        : error;
    // Within the limits that a person's phone would have.
    const isRefused = begun instanceof Refusal;
    if (isRefused) await noteRefusal({ host, body, user, code: begun.code, kept }, needs);
    else if (begun) await noteRefusal({ host, body, user, code: outcome, kept: begun }, needs);
    if (isRefused) throw begun;
    return asBegun(entry, store);
  }
}

/** What tells that somebody is known on a host, or is not. */
const ofThePerson = new Set<ErrorCode>([
  'local_user_unmapped',
  'host_login_not_allowed',
  'no_allowed_factor',
  'policy_denied',
]);

/** Resolves to its id, to undefined where it had begun before, or to the limit that it met. */
async function beginPretended(
  pretence: Omit<Pretence, 'push'>,
  { platform }: Pick<ChallengeNeeds, 'platform'>,
): Promise<string | undefined | Refusal> {
  const { store } = platform;
  const { push } = await readSettings(store);
  try {
    return await store.transaction((transaction) => pretend(transaction, { ...pretence, push }, platform));
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}
