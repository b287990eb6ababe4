/** Writes backups as 2FAS has them, for tests: on Node's cryptography, so that it shares nothing with the reader. */
import { createCipheriv, pbkdf2Sync, randomBytes } from 'node:crypto';
import type { OtpAccount } from '../src/otp/account.ts';
import { encodeBase32 } from '../src/otp/base32.ts';

export const twoFasService = (account: OtpAccount) => ({
  name: account.issuer || 'Unnamed',
  secret: encodeBase32(account.secret),
  updatedAt: 1_700_000_000_000,
  otp: {
    label: account.label,
    account: account.label,
    issuer: account.issuer,
    digits: account.digits,
    algorithm: account.algorithm.replace('-', ''),
    ...(account.type === 'totp' ? { period: account.period } : { counter: account.counter }),
    tokenType: account.type.toUpperCase(),
    source: 'Link',
  },
  order: { position: 0 },
});

export const plainTwoFasBackup = (services: unknown[]) => ({
  services,
  groups: [],
  updatedAt: 1_700_000_000_000,
  schemaVersion: 4,
  appOrigin: 'android',
});

export function encryptedTwoFasBackup(services: unknown, password: string) {
  const salt = randomBytes(256);
  const key = pbkdf2Sync(password, salt, 10_000, 32, 'sha256');
  const seal = (text: string) => {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, iv);
    const sealed = Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
    return [sealed, salt, iv].map((bytes) => bytes.toString('base64')).join(':');
  };
  return {
    ...plainTwoFasBackup([]),
    servicesEncrypted: seal(JSON.stringify(services)),
    reference: seal('a text that is the same in every backup'),
  };
}
