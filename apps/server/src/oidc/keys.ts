import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { findKey, keepKey } from '../platform/keys/store.ts';
import type { Platform } from '../platform/platform.ts';
import { randomSecret } from '../platform/random-text.ts';
import { sealed } from '../platform/sealed-columns.ts';

/** What the OpenID provider signs with: ES256 for whoever can, RS256 for whoever must; made at the first start, sealed. */

const keysName = 'oidc';

export interface OidcKeys {
  jwks: JWK[];
  /** Of the cookies that hold an authorization request together. */
  cookieKeys: string[];
}

export async function readOidcKeys({ store, sealing, now, random }: Platform): Promise<OidcKeys> {
  if (!(await findKey.get(store, { name: keysName }))) {
    const made: OidcKeys = {
      jwks: [await makeKey('ES256', randomSecret(random)), await makeKey('RS256', randomSecret(random))],
      cookieKeys: [randomSecret(random)],
    };
    const text = sealing.seal(JSON.stringify(made), sealed.serverKeys.place(keysName));
    // Of two servers that start at once, the keys of the first one stay.
    await keepKey.run(store, { name: keysName, sealed: text, created_at: now() });
  }
  const row = (await findKey.get(store, { name: keysName }))!;
  return JSON.parse(sealing.open(row.sealed, sealed.serverKeys.place(keysName))) as OidcKeys;
}

async function makeKey(alg: 'ES256' | 'RS256', kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true, modulusLength: 2048 });
  return { ...(await exportJWK(privateKey)), alg, use: 'sig', kid };
}
