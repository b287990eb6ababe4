import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { findKey, keepKey, replaceKey } from '../platform/keys/store.ts';
import { hour, second, type Platform } from '../platform/platform.ts';
import { randomSecret } from '../platform/random-text.ts';
import { sealed } from '../platform/sealed-columns.ts';
import type { Store, Transaction } from '../platform/store/store.ts';

/**
 * What the OpenID provider signs with: ES256 for whoever can, RS256 for whoever must. The next keys are made, and told in
 * the key set, long before they are used, and those before stay there as long as a token that they signed is good: so
 * keys change under the eyes of applications that read the key set only now and then.
 */

const name = 'oidc';
const place = sealed.serverKeys.place(name);

/** Of the ID tokens, in milliseconds; nothing else is signed. */
export const idTokenLifetime = hour;
/** A process that has not seen the change yet signs with the old keys a moment longer. */
const slack = hour;

interface KeptKeys {
  current: JWK[];
  next: JWK[];
  /** `until`: milliseconds since 1970. */
  former: { keys: JWK[]; until: number }[];
  cookieKeys: string[];
}

export interface OidcKeys {
  /** Those in use first. */
  jwks: JWK[];
  /** Of the cookies that hold an authorization request together. */
  cookieKeys: string[];
}

type Needs = Pick<Platform, 'sealing' | 'now' | 'random'>;

/** By store: a request costs no reading, and what another process changed is seen soon. */
const known = new WeakMap<Store, { readAt: number; from: string; keys: OidcKeys }>();
const readEvery = second;

/** Made when they are first asked for; the same object as long as they are the same. */
export async function readOidcKeys(needs: Needs & Pick<Platform, 'store'>): Promise<OidcKeys> {
  const { store, sealing, now } = needs;
  const before = known.get(store);
  if (before && Math.abs(now() - before.readAt) < readEvery) return before.keys;
  const { sealed: text } = (await findKey.get(store, { name })) ?? (await makeFirst(needs));
  const { current, next, former, cookieKeys } =
    before?.from === text ? opened.get(before.keys)! : (JSON.parse(sealing.open(text, place)) as KeptKeys);
  const good = former.filter(({ until }) => until > now()).flatMap(({ keys }) => keys);
  const jwks = [...current, ...next, ...good];
  const isSame = before && kidsOf(before.keys.jwks) === kidsOf(jwks);
  const keys = isSame ? before.keys : { jwks, cookieKeys };
  opened.set(keys, { current, next, former, cookieKeys });
  known.set(store, { readAt: now(), from: text, keys });
  return keys;
}

/** What was sealed, beside what is made of it. */
const opened = new WeakMap<OidcKeys, KeptKeys>();
const kidsOf = (jwks: readonly JWK[]): string => jwks.map(({ kid }) => kid).join(' ');

async function makeFirst(needs: Needs & Pick<Platform, 'store'>) {
  const { store, sealing, now, random } = needs;
  const made: KeptKeys = {
    current: await makeOidcKeys(needs),
    next: await makeOidcKeys(needs),
    former: [],
    cookieKeys: [randomSecret(random)],
  };
  // Of two servers that start at once, the keys of the first one stay.
  const text = sealing.seal(JSON.stringify(made), place);
  await keepKey.run(store, { name, sealed: text, created_at: now() });
  return (await findKey.get(store, { name }))!;
}

/**
 * The next keys are used from now on, and ones after them are made. `fresh`: keys made before, since a transaction must
 * not wait for them. Resolves to whether it was done.
 */
export async function rotateOidcKeys(
  transaction: Transaction,
  fresh: JWK[],
  { sealing, now }: Needs,
): Promise<boolean> {
  const row = await findKey.get(transaction, { name });
  if (!row) return false;
  const { current, next, former, cookieKeys } = JSON.parse(sealing.open(row.sealed, place)) as KeptKeys;
  const good = former.filter(({ until }) => until > now());
  const rotated: KeptKeys = {
    current: next,
    next: fresh,
    former: [{ keys: current, until: now() + idTokenLifetime + slack }, ...good],
    cookieKeys,
  };
  const text = sealing.seal(JSON.stringify(rotated), place);
  const change = { name, old: row.sealed, sealed: text, created_at: now() };
  return (await replaceKey.get(transaction, change)) !== undefined;
}

/** One of each algorithm. */
export const makeOidcKeys = async ({ random }: Pick<Platform, 'random'>): Promise<JWK[]> => [
  await makeKey('ES256', randomSecret(random)),
  await makeKey('RS256', randomSecret(random)),
];

async function makeKey(alg: 'ES256' | 'RS256', kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true, modulusLength: 2048 });
  return { ...(await exportJWK(privateKey)), alg, use: 'sig', kid };
}
