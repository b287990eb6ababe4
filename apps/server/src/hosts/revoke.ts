import type { Transaction } from '../platform/store/store.ts';
import { cancelLogin, type CancelNeeds } from './login/cancel.ts';
import { listOpenLoginsOfHost, revokeHost } from './store.ts';

/** Its key is dead from now on, and what waits there ends. False where it was revoked already. */
export async function endHost(transaction: Transaction, id: string, needs: CancelNeeds): Promise<boolean> {
  if (!(await revokeHost.get(transaction, { id }))) return false;
  for (const login of await listOpenLoginsOfHost.all(transaction, { host_id: id })) {
    await cancelLogin(transaction, login, 'host_revoked', needs);
  }
  transaction.notify(hostTopic(id));
  return true;
}

/** Told when it is revoked. */
export const hostTopic = (id: string): string => `host:${id}`;
