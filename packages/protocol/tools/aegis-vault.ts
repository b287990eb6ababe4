/** Writes vaults as Aegis has them, for tests: on Node's cryptography, so that it shares nothing with the reader. */
import { createCipheriv, randomBytes, scryptSync } from 'node:crypto';
import type { OtpAccount } from '../src/otp/account.ts';
import { encodeBase32 } from '../src/otp/base32.ts';

export const aegisEntry = (account: OtpAccount) => ({
  type: account.type as string,
  uuid: '01234567-89ab-4def-8123-456789abcdef',
  name: account.label,
  issuer: account.issuer,
  note: '',
  icon: null,
  info: {
    secret: encodeBase32(account.secret),
    algo: account.algorithm.replace('-', ''),
    digits: account.digits,
    ...(account.type === 'totp' ? { period: account.period } : { counter: account.counter }),
  },
});

export const aegisContent = (entries: unknown[]) => ({ version: 3, entries, groups: [] });

export const plainAegisVault = (db: unknown = aegisContent([])) => ({
  version: 1,
  header: { slots: null, params: null },
  db,
});

/** A slot for each password, the first of them after one that only a fingerprint opens. */
export function encryptedAegisVault(
  content: unknown,
  passwords: string[],
  { n = 2, r = 1, p = 1 }: { n?: number; r?: number; p?: number } = {},
) {
  const master = randomBytes(32);
  const slots = passwords.map((password) => {
    const salt = randomBytes(32);
    const { data, params } = seal(scryptSync(password, salt, 32, { N: n, r, p, maxmem: 2 ** 27 }), master);
    const key = { type: 1, uuid: 'a8325752-c1be-458a-9b3e-5e0a8154d9ec', key: data.toString('hex') };
    return {
      ...key,
      key_params: params,
      n,
      r,
      p,
      salt: salt.toString('hex'),
      repaired: true,
      is_backup: false,
    };
  });
  const { data, params } = seal(master, Buffer.from(JSON.stringify(content)));
  const fingerprint = { type: 2, key: '00'.repeat(32), key_params: params };
  return { version: 1, header: { slots: [fingerprint, ...slots], params }, db: data.toString('base64') };
}

function seal(key: Buffer, plaintext: Buffer) {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const data = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return { data, params: { nonce: nonce.toString('hex'), tag: cipher.getAuthTag().toString('hex') } };
}
