import { decodeBase64url, encodeBase64url } from '@countersign/protocol';
import { offlineSecret } from '@countersign/protocol/host';
import { encodeBase32 } from '@countersign/protocol/otp';
import type { OfflineHosts } from '@countersign/protocol/wire';
import {
  findOfflineSeed,
  findOfflineSeedFor,
  keepOfflineSeed,
  keepOfflineSeedFor,
} from '../../authenticators/store.ts';
import { Refusal } from '../../platform/http/refusal.ts';
import { day, type Platform } from '../../platform/platform.ts';
import { sealed } from '../../platform/sealed-columns.ts';
import { listHostsOfUser } from '../store.ts';

/** What makes a person's codes for hosts that are cut off (docs/hosts.md, "Offline codes"): on the phone, and on the host. */

const seedBytes = 32;
const lately = 90 * day;

type Needs = Pick<Platform, 'store' | 'sealing' | 'random'>;

/** Of the person; made when it is first asked for. */
async function seedOf(user_id: string, { store, sealing, random }: Needs): Promise<Uint8Array<ArrayBuffer>> {
  const place = sealed.offlineSeeds.place(user_id);
  const found = await findOfflineSeed.get(store, { user_id });
  if (found) return decodeBase64url(sealing.open(found.seed, place))!;
  const seed = sealing.seal(encodeBase64url(random(seedBytes)), place);
  await keepOfflineSeed.run(store, { user_id, seed });
  return seedOf(user_id, { store, sealing, random });
}

/** base32, of this person on this host and no other. */
export const offlineSecretOf = async (userId: string, hostId: string, needs: Needs): Promise<string> =>
  encodeBase32(await offlineSecret(await seedOf(userId, needs), hostId));

/** For the phone: the hosts where the person logged in lately. @throws Refusal 401 where it was removed just now. */
export async function offlineHostsOf(
  { id: phone, user_id }: { id: string; user_id: string },
  needs: Needs & Pick<Platform, 'now'>,
): Promise<OfflineHosts> {
  const hosts = await listHostsOfUser.all(needs.store, { user_id, since: needs.now() - lately });
  if (hosts.length === 0) return { items: [] };
  const seed = await seedFor(phone, user_id, needs);
  const items = await Promise.all(
    hosts.map(async ({ id, name }) => ({ id, name, secret: encodeBase32(await offlineSecret(seed, id)) })),
  );
  return { items };
}

async function seedFor(
  phone: string,
  user_id: string,
  { store, sealing, random }: Needs,
): Promise<Uint8Array<ArrayBuffer>> {
  const place = sealed.offlineSeeds.place(user_id);
  await keepOfflineSeedFor.run(store, {
    id: phone,
    seed: sealing.seal(encodeBase64url(random(seedBytes)), place),
  });
  const found = await findOfflineSeedFor.get(store, { id: phone });
  if (!found) throw new Refusal('invalid_proof');
  return decodeBase64url(sealing.open(found.seed, place))!;
}
