import { finishActivation } from '../activation/activate.ts';
import { resync } from '../notifications/subscription.ts';
import { callPublicDiscovery } from '../server/discovery.ts';
import { count, flush, noteDefaults } from '../telemetry/telemetry.ts';
import type { Account } from './database.ts';
import { refreshAccounts } from './use-accounts.ts';

/** On every opening the server learns this phone's push address anew, and an activation that was cut off is finished. */
export async function bringUpToDate(accounts: readonly Account[]): Promise<void> {
  const discovery = await callPublicDiscovery();
  if (discovery) await noteDefaults(discovery.telemetry);
  count('app_opened');
  flush();
  for (const account of accounts.filter(({ revoked }) => !revoked)) {
    // A server that cannot be reached, or has dropped the account, shows on its row by itself.
    if (account.state === 'pending') await finishActivation(account).catch(() => {});
    if (discovery) await resync(account, discovery.vapid_public_key).catch(() => {});
  }
  await refreshAccounts();
}
