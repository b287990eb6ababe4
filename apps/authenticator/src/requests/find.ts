import type { PushRequest } from '@countersign/protocol/wire';
import type { Account } from '../accounts/database.ts';
import { call } from '../server/client.ts';
import { codeOf } from '../server/failure.ts';

/**
 * A request by its id, as its server has it now. Neither a push nor an address says whose it is: several accounts of one
 * server share this device. @throws ProblemError, OfflineError
 */
export async function findRequest(
  accounts: readonly Account[],
  id: string,
): Promise<{ account: Account; request: PushRequest } | undefined> {
  for (const account of accounts.filter(({ revoked }) => !revoked)) {
    try {
      return {
        account,
        request: await call<PushRequest>(account, 'GET', `/requests/${encodeURIComponent(id)}`),
      };
    } catch (error) {
      if (codeOf(error) !== 'request_not_found' && codeOf(error) !== 'invalid_proof') throw error;
    }
  }
  return undefined;
}
