import { exportPresenceJwk, type PresenceJwk } from '@countersign/protocol';
import type { Platform } from '../platform/platform.ts';
import { sealed } from '../platform/sealed-columns.ts';
import { findKey, keepKey } from '../platform/keys/store.ts';

/** The key pair that signs the event log (P-256), made when first asked for. Whoever can only write to the store cannot sign. */
export interface LogKey {
  privateKey: CryptoKey;
  publicJwk: PresenceJwk;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const name = 'event-log';
const place = sealed.serverKeys.place(name);

/** @throws Error where the stored key does not open with the secret. */
export async function readLogKey({ store, sealing, now }: Platform): Promise<LogKey> {
  if (!(await findKey.get(store, { name }))) {
    const { privateKey } = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    const jwk = await crypto.subtle.exportKey('jwk', privateKey);
    const text = sealing.seal(JSON.stringify(jwk), place);
    await keepKey.run(store, { name, sealed: text, created_at: now() });
  }
  const row = (await findKey.get(store, { name }))!;
  const jwk = JSON.parse(sealing.open(row.sealed, place)) as JsonWebKey;
  const privateKey = await crypto.subtle.importKey('jwk', jwk, algorithm, true, ['sign']);
  return { privateKey, publicJwk: await exportPresenceJwk(privateKey) };
}
