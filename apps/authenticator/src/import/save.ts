import type { OtpAccount } from '@countersign/protocol/otp';
import { markBackup, readBackupState } from '../backup/reminder.ts';
import { addCodes, listCodes, revealCodes } from '../codes/store.ts';
import { refreshCodes } from '../codes/use-codes.ts';
import { goInstead } from '../routing.ts';
import { SaidError } from '../server/failure.ts';
import { count } from '../telemetry/telemetry.ts';
import { t } from '../texts/texts.ts';
import { notAmong, withLaterCounters } from './compare.ts';
import { presentSession, run, type Outcome } from './session.ts';

/** What was found and chosen goes onto this device, all of it or none. */

/** Adds those of the found accounts that `wanted` names by index. A failure is said, and everything stays as it was. */
export async function addFound(wanted: readonly boolean[]): Promise<void> {
  const { found } = presentSession();
  if (!found) return;
  const accounts = found.accounts.filter((_, i) => wanted[i]);
  const leftOut = found.accounts.length - accounts.length;
  const added = await run(async () => {
    await addCodes(accounts);
    return { outcome: await ended({ kind: 'added', added: accounts.length, leftOut, found }) };
  });
  if (added) goInstead('/import/done');
}

/**
 * A whole backup takes the place of everything here, in one transaction.
 * @throws SaidError where it could not; then nothing was changed
 */
export async function replaceByFound(): Promise<void> {
  const { found } = presentSession();
  if (!found) return;
  const replaced = await run(async () => {
    const { accounts: here } = await revealCodes(await listCodes());
    const accounts = withLaterCounters(found.accounts, here);
    await addCodes(accounts, { replacing: true });
    return { outcome: await ended({ kind: 'replaced', added: accounts.length, leftOut: 0, found }) };
  });
  if (!replaced) throw new SaidError(presentSession().problem ?? t.problems.unknown);
  goInstead('/import/done');
}

/** It is on this device now, whatever fails from here on. */
async function ended(outcome: Outcome): Promise<Outcome> {
  const isBackup = outcome.found.source === 'countersign';
  count(isBackup ? 'backup_restored' : 'accounts_imported');
  void navigator.storage?.persist?.();
  try {
    await refreshCodes();
    if (isBackup) await markIfCovered(outcome.found.accounts);
  } catch {
    // The list is read again when it is shown; the reminder is seen once more.
  }
  return outcome;
}

/** A backup that holds everything on this device is its backup too, together with what an older one holds. */
async function markIfCovered(inBackup: readonly OtpAccount[]): Promise<void> {
  const at = Date.now();
  const { madeAt } = await readBackupState();
  const later = (await listCodes()).filter(({ addedAt }) => addedAt > madeAt);
  const { accounts, unreadable } = await revealCodes(later);
  if (unreadable.length === 0 && notAmong(accounts, inBackup).length === 0) await markBackup(at);
}
