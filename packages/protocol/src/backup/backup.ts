/** The encrypted backup of an authenticator's accounts; docs/authenticator-backup.md describes it. */
import type { OtpAccount } from '../otp/account.ts';
import { readAccounts, writeAccounts } from './accounts.ts';
import { decrypt, encrypt, importAesKey } from './aes-gcm.ts';
import {
  additionalDataOf,
  currentVersion,
  lengths,
  longestBackup,
  readEnvelope,
  readMembers,
  writeEnvelope,
  type BackupProblem,
} from './envelope.ts';
import { deriveByScrypt, type ScryptCost } from './scrypt.ts';

export interface BackupOptions {
  /** Milliseconds since 1970. */
  now: number;
  /** That many uniform bytes. */
  random: (bytes: number) => Uint8Array<ArrayBuffer>;
}

/** 32 MiB, and 0.66 s of JavaScript where it was measured, on an idle core of a server; a phone takes longer. */
const cost: ScryptCost = { n: 32768, r: 8, p: 3 };

/**
 * The accounts as a backup (JSON text) that opens with `password` only. The password is taken in its NFKC form, so
 * that it is the same whichever keyboard it was typed on.
 * @throws RangeError where the password is empty, `now` is no time, an account is beyond the bounds of `OtpAccount`, or
 * there is more than a backup holds (4 MiB).
 */
export const sealBackup = async (
  accounts: readonly OtpAccount[],
  password: string,
  options: BackupOptions,
): Promise<string> => sealAtCost(accounts, password, options, cost);

/** `sealBackup` at another cost, for tests. */
export async function sealAtCost(
  accounts: readonly OtpAccount[],
  password: string,
  { now, random }: BackupOptions,
  atCost: ScryptCost,
): Promise<string> {
  if (password === '') throw new RangeError('a password has at least one character');
  // Within four digits of the year, which is all that RFC 3339 has.
  if (!(now >= 0 && now < Date.UTC(10_000, 0))) throw new RangeError('now is no time');
  const plaintext = writeAccounts(accounts);
  const salt = random(lengths.salt);
  const { key, check } = await derive(password, salt, atCost);
  const header = { createdAt: now, cost: atCost, salt, check, iv: random(lengths.iv) };
  const ciphertext = await encrypt(key, header.iv, plaintext, additionalDataOf(header));
  const text = await writeEnvelope({ ...header, ciphertext });
  // Better none than one that no app opens.
  if (text.length > longestBackup) throw new RangeError('this is more than a backup holds');
  return text;
}

/** The accounts of a backup, and when it was made (milliseconds since 1970), or why it does not open. Never throws. */
export async function openBackup(
  text: string,
  password: string,
): Promise<{ accounts: OtpAccount[]; createdAt: number } | { problem: BackupProblem }> {
  const envelope = await readEnvelope(text);
  if ('problem' in envelope) return envelope;
  const { key, check } = await derive(password, envelope.salt, envelope.cost);
  if (!isSame(check, envelope.check)) return { problem: 'wrong_password' };
  const plaintext = await decrypt(key, envelope.iv, envelope.ciphertext, additionalDataOf(envelope));
  const accounts = plaintext && readAccounts(plaintext);
  return accounts === undefined ? { problem: 'damaged' } : { accounts, createdAt: envelope.createdAt };
}

/** What a backup says of itself without the password, which nobody has vouched for yet. Never throws. */
export function describeBackup(
  text: string,
): { createdAt: number; version: number } | { problem: BackupProblem } {
  const read = readMembers(text);
  if ('problem' in read) return read;
  if (read.version > currentVersion) return { problem: 'newer_version' };
  return { createdAt: read.createdAt, version: read.version };
}

async function derive(password: string, salt: Uint8Array<ArrayBuffer>, atCost: ScryptCost) {
  const bytes = await deriveByScrypt(password.normalize('NFKC'), salt, atCost, lengths.key + lengths.check);
  return { key: await importAesKey(bytes.slice(0, lengths.key)), check: bytes.slice(lengths.key) };
}

/** Whoever could measure the time has the file, and so both values. */
const isSame = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);
