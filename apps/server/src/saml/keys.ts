import { createPrivateKey, generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { findKey, keepKey, replaceKey } from '../platform/keys/store.ts';
import { day, second, type Platform } from '../platform/platform.ts';
import { sealed } from '../platform/sealed-columns.ts';
import type { Queryable, Store, Transaction } from '../platform/store/store.ts';
import { selfSignedCertificate } from './certificates/self-signed.ts';
import type { Signer } from './issue/sign.ts';

/**
 * What we sign with. The next key is made, and told in the metadata, long before it is used, and the former one stays
 * there: so keys change under the eyes of service providers that read the metadata only now and then.
 */

const name = 'saml';
const place = sealed.serverKeys.place(name);
/** Service providers pin the certificate; that it ends would only stop them. */
const certificateLifetime = 20 * 365 * day;

interface KeptKey {
  /** PKCS #8, DER in base64. */
  key: string;
  /** DER in base64. */
  certificate: string;
}
interface KeptKeys {
  current: KeptKey;
  next: KeptKey;
  former?: KeptKey;
}

export interface SamlKeys {
  signer: Signer;
  /** The one in use first. */
  certificates: string[];
}

type Needs = Pick<Platform, 'sealing' | 'now' | 'random' | 'issuer'>;

/** By store: a signature costs neither the reading nor the parsing, and what another process changed is seen soon. */
const known = new WeakMap<Store, { readAt: number; from: string; keys: SamlKeys }>();
const readEvery = second;

/** Made when they are first asked for. */
export async function readSamlKeys(needs: Needs & Pick<Platform, 'store'>): Promise<SamlKeys> {
  const { store, sealing, now } = needs;
  const before = known.get(store);
  if (before && Math.abs(now() - before.readAt) < readEvery) return before.keys;
  const { sealed: from } = (await findKey.get(store, { name })) ?? (await makeFirst(store, needs));
  const keys = before?.from === from ? before.keys : parse(sealing.open(from, place));
  known.set(store, { readAt: now(), from, keys });
  return keys;
}

function parse(text: string): SamlKeys {
  const { current, next, former } = JSON.parse(text) as KeptKeys;
  const key = createPrivateKey({ key: Buffer.from(current.key, 'base64'), format: 'der', type: 'pkcs8' });
  return {
    signer: { key, certificate: current.certificate },
    certificates: [current, next, ...(former ? [former] : [])].map(({ certificate }) => certificate),
  };
}

async function makeFirst(on: Queryable, needs: Needs) {
  const made: KeptKeys = { current: await makeKey(needs), next: await makeKey(needs) };
  // Of two servers that make them at once, the first one's stay.
  const text = needs.sealing.seal(JSON.stringify(made), place);
  await keepKey.run(on, { name, sealed: text, created_at: needs.now() });
  return (await findKey.get(on, { name }))!;
}

/**
 * The next key is used from now on, and one after it is made. Service providers must have read the metadata since the
 * last change. `fresh`: a key made before, since a transaction must not wait for it. Resolves to whether it was done.
 */
export async function rotateSamlKeys(
  transaction: Transaction,
  fresh: KeptKey,
  needs: Needs,
): Promise<boolean> {
  const row = await findKey.get(transaction, { name });
  if (!row) return false;
  const { current, next } = JSON.parse(needs.sealing.open(row.sealed, place)) as KeptKeys;
  const rotated: KeptKeys = { current: next, next: fresh, former: current };
  const text = needs.sealing.seal(JSON.stringify(rotated), place);
  const replaced = await replaceKey.get(transaction, {
    name,
    old: row.sealed,
    sealed: text,
    created_at: needs.now(),
  });
  return replaced !== undefined;
}

export async function makeKey({ now, random, issuer }: Needs): Promise<KeptKey> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const certificate = selfSignedCertificate({
    key: privateKey,
    commonName: new URL(issuer).hostname,
    validFrom: now() - day,
    validTo: now() + certificateLifetime,
    random,
  });
  return { key: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'), certificate };
}
