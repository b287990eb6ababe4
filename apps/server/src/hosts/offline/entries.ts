import type { OfflineLogins } from '@countersign/protocol/wire';
import type { Events } from '../../events/events.ts';
import type { Outbox } from '../../mail/outbox.ts';
import { Refusal } from '../../platform/http/refusal.ts';
import { hour, minute, type Platform } from '../../platform/platform.ts';
import { randomId } from '../../platform/random-text.ts';
import { countInWindow } from '../../platform/rate-limits/store.ts';
import { countCall } from '../../platform/rate-limits/window.ts';
import type { Transaction } from '../../platform/store/store.ts';
import { listAdministrators } from '../../users/store.ts';
import { personOf } from '../person.ts';
import { addressOf, clientOf, shownText } from '../shown.ts';
import { findHostGroup, insertHostLogin, type HostRow } from '../store.ts';

/** What a host tells of the time when it was cut off. */

const callsAMinute = { most: 30, length: minute };
/** Each of them is a mail to every administrator. */
const mailsAnHour = { most: 5, length: hour };

type Entry = OfflineLogins['entries'][number];

interface Needs {
  platform: Platform;
  events: Events;
  outbox: Outbox;
}

/** Each entry is taken once, however often it is sent. @throws Refusal 400, 429 */
export async function takeOfflineLogins(
  host: HostRow,
  { entries }: OfflineLogins,
  needs: Needs,
): Promise<void> {
  const { store, now } = needs.platform;
  await countCall(store, `host_offline:${host.id}`, callsAMinute, now());
  const times = entries.map(({ at }, index) => {
    const time = Date.parse(at);
    // Not what is no time (a leap second), nor what is read as one of long before.
    if (time >= 0) return Math.min(time, now());
    throw new Refusal('malformed', { errors: [{ path: `/entries/${index}/at`, message: 'is no time' }] });
  });
  await store.transaction(async (transaction) => {
    let broken: Entry | undefined;
    for (const [index, entry] of entries.entries()) {
      const isNew = await take(transaction, host, entry, times[index]!, needs);
      if (isNew && entry.outcome === 'break_glass') broken = entry;
    }
    if (broken) await tellAdministrators(transaction, host, broken, needs);
  });
}

/** Resolves to whether it is new. */
async function take(
  transaction: Transaction,
  host: HostRow,
  { id: entry_id, local_user, service, rhost, outcome }: Entry,
  at: number,
  { platform, events }: Needs,
): Promise<boolean> {
  const group = (await findHostGroup.get(transaction, { id: host.host_group_id }))!;
  // The account for emergencies is nobody's.
  const user = outcome === 'break_glass' ? undefined : (await personOf(transaction, group, local_user)).user;
  const now = platform.now();
  const inserted = await insertHostLogin.get(transaction, {
    id: randomId(platform.random),
    host_id: host.id,
    entry_id,
    user_id: user?.id ?? null,
    local_user,
    service,
    rhost,
    nonce: null,
    interactive: 0,
    outcome,
    at,
    now,
    expires_at: now,
  });
  if (!inserted) return false;
  await events.record(transaction, {
    type: outcome === 'break_glass' ? 'host.break_glass' : 'host.offline_login',
    user,
    asker: { ip: addressOf(rhost), client: clientOf(service, null) },
    details: {
      host: host.id,
      name: host.name,
      local_user: shownText(local_user),
      outcome,
      at: new Date(at).toISOString(),
    },
  });
  return true;
}

async function tellAdministrators(
  transaction: Transaction,
  host: HostRow,
  { local_user }: Entry,
  { platform, outbox }: Needs,
): Promise<void> {
  const now = platform.now();
  const window = { key: `host_break_glass:${host.id}`, now, window_end: now + mailsAnHour.length };
  const { failures: told } = (await countInWindow.get(transaction, window))!;
  if (told > mailsAnHour.most) return;
  for (const administrator of await listAdministrators.all(transaction)) {
    await outbox.post(transaction, administrator, (letters) =>
      letters.brokenGlass(host.name, shownText(local_user)),
    );
  }
}
