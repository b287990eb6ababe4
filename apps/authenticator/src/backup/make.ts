import type { OtpAccount } from '@countersign/protocol/otp';
import { listCodes, revealCodes, type Code } from '../codes/store.ts';
import { loadBackup, loadMigration } from '../import/read.ts';
import { t } from '../texts/texts.ts';

/** The files that hold the codes of this device: the encrypted backup, and the list for other apps. */

export interface Made {
  file: File;
  /** How many codes are in it. */
  codes: number;
  /** Milliseconds since 1970. Codes that were added later are not in it. */
  at: number;
}

/** @throws LockedError, StorageError */
export const revealAll = async (): Promise<{ accounts: OtpAccount[]; unreadable: Code[] }> =>
  revealCodes(await listCodes());

/** @throws LockedError, StorageError, SaidError where a part of the app could not be loaded */
export async function makeBackup(password: string): Promise<Made> {
  const { sealBackup } = await loadBackup();
  const at = Date.now();
  const { accounts } = await revealAll();
  const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
  const text = await sealBackup(accounts, password, { now: at, random });
  return made(text, `${t.backup.fileName}-${dayOf(at)}.json`, 'application/json', accounts.length, at);
}

/** Not encrypted. @throws LockedError, StorageError, SaidError where a part of the app could not be loaded */
export async function makeList(): Promise<Made> {
  const { writeOtpauthList } = await loadMigration();
  const at = Date.now();
  const { accounts } = await revealAll();
  const text = writeOtpauthList(accounts);
  return made(text, `${t.backup.listName}-${dayOf(at)}.txt`, 'text/plain', accounts.length, at);
}

const made = (text: string, name: string, type: string, codes: number, at: number): Made => ({
  file: new File([text], name, { type }),
  codes,
  at,
});

/** YYYY-MM-DD, where the person is. */
function dayOf(at: number): string {
  const date = new Date(at);
  const padded = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${padded(date.getMonth() + 1)}-${padded(date.getDate())}`;
}
