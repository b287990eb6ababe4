/** One door for everything that accounts come in: it finds out what a text is, and reads it. */
import { openBackup } from '../backup/backup.ts';
import { backupFormat, readEnvelope, type BackupProblem } from '../backup/envelope.ts';
import { isJsonObject, type JsonValue } from '../json.ts';
import { isAegisVault, readAegisVault } from './aegis.ts';
import { readOtpauthList } from './otpauth-list.ts';
import { foundIn, problem } from './result-of.ts';
import type { ImportProblem, ImportResult } from './result.ts';
import { isTwoFasBackup, readTwoFasBackup } from './two-fas.ts';

/** In characters. Vaults may hold pictures. */
const longest = 16 * 1024 * 1024;

/**
 * Reads what was scanned, typed or chosen as a file: an otpauth URI or a list of them (a line each; blank lines and
 * lines with # are left out), a Google migration URI, an Aegis vault, a 2FAS backup or our own backup. Never throws.
 *
 * Every entry is among the accounts or among what was skipped, with the reason. Without a password (an empty one is
 * none), what is encrypted is `password_needed`; a text that needs none does not look at it.
 */
export async function readImport(text: string, password?: string): Promise<ImportResult> {
  if (text.length > longest) return problem('too_large');
  // Some editors begin a file with a byte order mark, which `trim` takes with the rest.
  const trimmed = text.trim();
  if (trimmed === '') return problem('empty');
  if (trimmed.startsWith('{')) return readObject(trimmed, password || undefined);
  const list = readOtpauthList(trimmed);
  return typeof list === 'string' ? problem(list) : list;
}

async function readObject(text: string, password: string | undefined): Promise<ImportResult> {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    // It begins as all of these files do, and ends too early or somewhere else.
    return problem('damaged');
  }
  if (!isJsonObject(value)) return problem('unknown_format');
  if (value.format === backupFormat) return readOurs(text, password);
  if (isAegisVault(value)) return readAegisVault(value, password);
  if (isTwoFasBackup(value)) return readTwoFasBackup(value, password);
  return problem('unknown_format');
}

async function readOurs(text: string, password: string | undefined): Promise<ImportResult> {
  if (password === undefined) {
    // Nobody is asked for the password of a backup that would not open with it.
    const envelope = await readEnvelope(text);
    if ('problem' in envelope) return problem(importProblems[envelope.problem]);
    return { kind: 'password_needed', source: 'countersign' };
  }
  const opened = await openBackup(text, password);
  if ('problem' in opened) return problem(importProblems[opened.problem]);
  return foundIn('countersign', { accounts: opened.accounts, skipped: [] });
}

const importProblems: Readonly<Record<BackupProblem, ImportProblem>> = {
  not_a_backup: 'damaged',
  damaged: 'damaged',
  wrong_password: 'wrong_password',
  newer_version: 'newer_version',
  too_large: 'too_large',
};
