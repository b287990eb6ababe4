import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { findKey, keepKey, replaceKey } from '../platform/keys/store.ts';
import { hour, type Platform } from '../platform/platform.ts';
import { randomSecret } from '../platform/random-text.ts';
import { sealed } from '../platform/sealed-columns.ts';
import type { Transaction } from '../platform/store/store.ts';

/**
 * What the OpenID provider signs with: ES256 for whoever can, RS256 for whoever must; made at the first start, sealed. The
 * next keys are told long before they are used, and the former ones for as long as anything that they signed is good: so
 * keys change under the eyes of applications, and of servers that have not yet seen it.
 */

const name = 'oidc';
const place = sealed.serverKeys.place(name);

/** How long what was signed is good (ms): ID tokens, all others are looked up. */
export const signedLifetime = hour;

/** One of each algorithm. */
export type KeyPairs = JWK[];

interface KeptKeys {
  jwks: KeyPairs;
  /** Absent in what was kept before keys could change. */
  next?: KeyPairs;
  former?: { jwks: KeyPairs; /** Milliseconds since 1970. */ until: number };
  cookieKeys: string[];
}

export interface OidcKeys {
  /** The ones in use first: of several for one algorithm, the library signs with the first. */
  jwks: JWK[];
  /** Of the cookies that hold an authorization request together. */
  cookieKeys: string[];
  /** Until when they are as they are, if nobody changes them: milliseconds since 1970. */
  until: number;
}

type Needs = Pick<Platform, 'sealing' | 'now' | 'random'>;

/** `from`: the sealed text, which is another one after every change. */
export async function readOidcKeys(
  needs: Needs & Pick<Platform, 'store'>,
): Promise<{ from: string; keys: OidcKeys }> {
  const { store, now } = needs;
  const row = await findKey.get(store, { name });
  if (!row || !open(row.sealed, needs).next) {
    const kept = row && open(row.sealed, needs);
    const jwks = kept?.jwks ?? (await makeKeyPairs(needs));
    const cookieKeys = kept?.cookieKeys ?? [randomSecret(needs.random)];
    const text = seal({ jwks, next: await makeKeyPairs(needs), cookieKeys }, needs);
    // Of two servers that do it at once, the keys of the first one stay.
    if (row) await replaceKey.get(store, { name, old: row.sealed, sealed: text, created_at: now() });
    else await keepKey.run(store, { name, sealed: text, created_at: now() });
    return readOidcKeys(needs);
  }
  const { jwks, next, former, cookieKeys } = open(row.sealed, needs);
  const stays = former !== undefined && former.until > now();
  const all = [...jwks, ...next!, ...(stays ? former.jwks : [])];
  return { from: row.sealed, keys: { jwks: all, cookieKeys, until: stays ? former.until : Infinity } };
}

/**
 * The next keys are used from now on, and new next ones are told. `fresh`: made before, since a transaction must not wait
 * for them. Resolves to `early` where something that the former keys signed may still be good, so that they must not go,
 * and to `beaten` where another process was faster.
 */
export async function rotateOidcKeys(
  transaction: Transaction,
  fresh: KeyPairs,
  needs: Needs,
): Promise<'done' | 'early' | 'beaten'> {
  const row = (await findKey.get(transaction, { name }))!;
  const { jwks, next, former, cookieKeys } = open(row.sealed, needs);
  const now = needs.now();
  if (former && former.until > now) return 'early';
  const rotated = { jwks: next!, next: fresh, former: { jwks, until: now + signedLifetime }, cookieKeys };
  const replaced = await replaceKey.get(transaction, {
    name,
    old: row.sealed,
    sealed: seal(rotated, needs),
    created_at: now,
  });
  return replaced ? 'done' : 'beaten';
}

const open = (text: string, { sealing }: Pick<Needs, 'sealing'>): KeptKeys =>
  JSON.parse(sealing.open(text, place)) as KeptKeys;
const seal = (kept: KeptKeys, { sealing }: Pick<Needs, 'sealing'>): string =>
  sealing.seal(JSON.stringify(kept), place);

export const makeKeyPairs = ({ random }: Pick<Needs, 'random'>): Promise<KeyPairs> =>
  Promise.all([makeKey('ES256', randomSecret(random)), makeKey('RS256', randomSecret(random))]);

async function makeKey(alg: 'ES256' | 'RS256', kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true, modulusLength: 2048 });
  return { ...(await exportJWK(privateKey)), alg, use: 'sig', kid };
}
