/** The encrypted backup of an authenticator's accounts; docs/authenticator-backup.md describes it. */
import type { OtpAccount } from '../otp/account.ts';

export type BackupProblem = 'not_a_backup' | 'damaged' | 'wrong_password' | 'newer_version' | 'too_large';

export interface BackupOptions {
  /** Milliseconds since 1970. */
  now: number;
  random: (bytes: number) => Uint8Array<ArrayBuffer>;
}

/** The accounts as a backup (JSON text) that opens with `password` only. */
export async function sealBackup(
  accounts: readonly OtpAccount[],
  password: string,
  options: BackupOptions,
): Promise<string> {
  throw new Error(`being written: ${accounts.length} ${password.length} ${options.now}`);
}

/** The accounts of a backup, and when it was made (milliseconds since 1970), or why it does not open. Never throws. */
export async function openBackup(
  text: string,
  password: string,
): Promise<{ accounts: OtpAccount[]; createdAt: number } | { problem: BackupProblem }> {
  throw new Error(`being written: ${text.length} ${password.length}`);
}

/** What a backup says of itself without the password, which nobody has vouched for yet. Never throws. */
export function describeBackup(
  text: string,
): { createdAt: number; version: number } | { problem: BackupProblem } {
  throw new Error(`being written: ${text.length}`);
}
