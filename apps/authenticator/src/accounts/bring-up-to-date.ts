import { finishActivation } from '../activation/activate.ts';
import { closeStale } from '../notifications/close.ts';
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
  const living = accounts.filter(({ revoked }) => !revoked);
  const registration = await navigator.serviceWorker?.getRegistration();
  if (registration) void closeStale(registration, living);
  for (const account of accounts) {
    // One that the server refused is tried too: whoever was suspended may be back.
    // A move that waits for the old phone is followed from here on by transfer/arrive.ts. A server that cannot be
    // reached shows on the account's row by itself.
    if (account.state === 'pending' && !account.revoked) await finishActivation(account).catch(() => {});
    if (discovery) await resync(account, discovery.vapid_public_key).catch(() => {});
  }
  await refreshAccounts();
}
