import type { TransferBackup } from '@countersign/protocol/wire';
import { changeAccount, type Account } from '../accounts/database.ts';
import { refreshAccounts } from '../accounts/use-accounts.ts';
import { isSameSecret } from '../codes/duplicates.ts';
import { addCodes, listCodes, revealCodes } from '../codes/store.ts';
import { refreshCodes } from '../codes/use-codes.ts';
import { call } from '../server/client.ts';
import { codeOf } from '../server/failure.ts';
import type { Write } from '../storage/database.ts';
import { count } from '../telemetry/telemetry.ts';

/** The new phone takes the codes that came along with its account. */

/** Another tab took them in the meantime. */
class TakenAlready extends Error {}

/**
 * The codes that are not here yet, in one write with the end of the key that opens them: whatever happens in the middle,
 * they are here once. Tried again where it throws.
 * @throws OfflineError, ProblemError, LockedError, StorageError
 */
export async function takeCodes(account: Account, key: string): Promise<void> {
  const { openBackup } = await import('@countersign/protocol/backup');
  const backup = await readBackup(account);
  const opened = backup === undefined ? undefined : await openBackup(backup, key);
  if (!opened || 'problem' in opened) {
    // Not where another tab took them just now: then the server has them no longer either.
    await changeAccount(account.id, ({ transferKey }) =>
      transferKey === key ? { transferKey: undefined, codesCame: 'failed' } : {},
    );
    await refreshAccounts();
    return;
  }
  const here = await revealCodes(await listCodes());
  const missing = opened.accounts.filter((each) => !here.accounts.some((known) => isSameSecret(known, each)));
  try {
    await addCodes(missing, { also: endTransfer(account.id, key, opened.accounts.length) });
    count('moved');
  } catch (error) {
    if (!(error instanceof TakenAlready)) throw error;
  }
  await Promise.all([refreshAccounts(), refreshCodes()]);
  // Where it does not arrive, the server drops it within the hour by itself.
  await call(account, 'DELETE', '/me/transfer/backup').catch(() => {});
}

/** Undefined where the server has none any more. */
async function readBackup(account: Account): Promise<string | undefined> {
  try {
    return (await call<TransferBackup>(account, 'GET', '/me/transfer/backup')).backup;
  } catch (error) {
    if (codeOf(error) === 'not_found') return undefined;
    throw error;
  }
}

const endTransfer =
  (id: string, key: string, codesCame: number) =>
  async (transaction: Write): Promise<void> => {
    const store = transaction.objectStore('accounts');
    const account = await store.get(id);
    if (account?.transferKey !== key) throw new TakenAlready();
    await store.put({ ...account, transferKey: undefined, codesCame });
  };
