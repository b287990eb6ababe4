import type * as Backup from '@countersign/protocol/backup';
import type * as Migration from '@countersign/protocol/migration';
import type { ImportFound, ImportProblem, ImportResult } from '@countersign/protocol/migration';
import { interpret } from '../scan/interpret.ts';
import { SaidError } from '../server/failure.ts';
import { t } from '../texts/texts.ts';

/** What was chosen, scanned or pasted, as text, and what is in it. */

/** Bytes. A backup of thousands of accounts is far smaller. */
const largestFile = 5_000_000;

/** @throws SaidError where it is larger than any backup, or cannot be read */
export async function textOfFile(file: File): Promise<string> {
  if (file.size > largestFile) throw new SaidError(t.import.problems.too_large);
  try {
    return await file.text();
  } catch (error) {
    // Some file choosers give files that are gone, or still in a cloud.
    throw new SaidError(t.import.fileUnreadable, { cause: error });
  }
}

/** The readers are loaded when they are first needed. @throws SaidError without a connection */
export async function loadMigration(): Promise<typeof Migration> {
  try {
    return await import('@countersign/protocol/migration');
  } catch (error) {
    throw new SaidError(t.import.notLoaded, { cause: error });
  }
}

/** @throws SaidError without a connection */
export async function loadBackup(): Promise<typeof Backup> {
  try {
    return await import('@countersign/protocol/backup');
  } catch (error) {
    throw new SaidError(t.import.notLoaded, { cause: error });
  }
}

export const problemInWords = (problem: ImportProblem): string =>
  t.import.problems[problem] ?? t.problems.unknown;

/** Of a QR code that is none for an import: what it is. */
export function notForImport(text: string): string | undefined {
  const scanned = interpret(text, location.origin);
  if (scanned.kind === 'other') return scanned.what;
  const isOurs = scanned.kind === 'activation' || scanned.kind === 'verification_key';
  return isOurs ? t.import.pushCode : undefined;
}

/** Several texts as one. What cannot be read among them is skipped, with its reason, unless nothing else is there. */
export function joined(results: readonly ImportResult[]): ImportResult {
  const found = results.filter((each) => each.kind === 'found');
  const [first] = found;
  if (!first) return results[0] ?? { kind: 'problem', problem: 'empty' };
  const unread = results.length - found.length;
  const all: ImportFound = {
    kind: 'found',
    source: found.every(({ source }) => source === first.source) ? first.source : 'otpauth',
    accounts: found.flatMap(({ accounts }) => accounts),
    skipped: [
      ...found.flatMap(({ skipped }) => skipped),
      ...Array.from({ length: unread }, () => ({ name: '', reason: 'unreadable' as const })),
    ],
  };
  return all;
}
