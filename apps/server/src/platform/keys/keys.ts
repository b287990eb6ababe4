import webPush from 'web-push';
import type { Platform } from '../platform.ts';
import { sealed } from '../sealed-columns.ts';
import { findKey, keepKey } from './store.ts';

export interface VapidKeys {
  publicKey: string;
  privateKey: string;
}

/** The application server's key pair (RFC 8292), made at first start and kept sealed: devices subscribe for this one key. */
export async function vapidKeys({ store, sealing, now }: Platform): Promise<VapidKeys> {
  const name = 'vapid';
  const place = sealed.serverKeys.place(name);
  if (!(await findKey.get(store, { name }))) {
    const pair = sealing.seal(JSON.stringify(webPush.generateVAPIDKeys()), place);
    await keepKey.run(store, { name, sealed: pair, created_at: now() });
  }
  const kept = (await findKey.get(store, { name }))!;
  return JSON.parse(sealing.open(kept.sealed, place)) as VapidKeys;
}
