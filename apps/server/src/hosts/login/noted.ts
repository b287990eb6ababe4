import type { ErrorCode } from '@countersign/protocol';
import type { BeginHostLogin } from '@countersign/protocol/wire';
import type { Events } from '../../events/events.ts';
import { minute, type Platform } from '../../platform/platform.ts';
import { randomId } from '../../platform/random-text.ts';
import { countInWindow } from '../../platform/rate-limits/store.ts';
import { personOf } from '../person.ts';
import { countMoreLogins } from '../refusals.ts';
import { addressOf, clientOf, shownText } from '../shown.ts';
import { endHostLogin, findHostGroup, insertHostLogin, type HostRow } from '../store.ts';

/** Logins that are refused before a phone is asked, as administrators see them. */

/** So many refusals of a host are written down; more would only bury the others, and are counted. */
const notedAMinute = { most: 60, length: minute };

interface Needs {
  platform: Platform;
  events: Events;
}
interface Refused {
  host: HostRow;
  body: BeginHostLogin;
  user: { id: string; login: string } | null;
  code: ErrorCode;
  /** It had begun before it was refused. */
  kept?: string;
}

/** The first in a minute that is refused for being one too many of that local user. */
export async function noteFlood(calls: string, refused: Omit<Refused, 'user'>, needs: Needs): Promise<void> {
  const { host, body } = refused;
  const { store, now } = needs.platform;
  const isFirst = await store.transaction(async (transaction) => {
    const window = { key: `${calls}:noted`, now: now(), window_end: now() + minute };
    if ((await countInWindow.get(transaction, window))!.failures === 1) return true;
    await countMoreLogins(transaction, host.id, needs);
    return false;
  });
  if (!isFirst) return;
  const group = (await findHostGroup.get(store, { id: host.host_group_id }))!;
  const { user = null } = await personOf(store, group, body.local_user);
  await noteRefusal({ ...refused, user }, needs);
}

/** An event, and a row among the logins of the host, where it has none. */
export async function noteRefusal({ host, body, user, code, kept }: Refused, needs: Needs): Promise<void> {
  const { local_user, service, rhost, tty } = body;
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
