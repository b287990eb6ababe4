import webPush from 'web-push';
import type { Platform } from '../platform.ts';
import { findKey, keepKey } from './store.ts';

export interface VapidKeys {
  publicKey: string;
  privateKey: string;
}

/** The application server's key pair (RFC 8292), made at first start and kept sealed: devices subscribe for this one key. */
export async function vapidKeys({ store, sealing, now }: Platform): Promise<VapidKeys> {
  const name = 'vapid';
  const place = `server_keys.${name}`;
  if (!(await findKey.get(store, { name }))) {
    const sealed = sealing.seal(JSON.stringify(webPush.generateVAPIDKeys()), place);
    await keepKey.run(store, { name, sealed, created_at: now() });
  }
  const { sealed } = (await findKey.get(store, { name }))!;
  return JSON.parse(sealing.open(sealed, place)) as VapidKeys;
}
