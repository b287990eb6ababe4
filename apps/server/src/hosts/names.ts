import { Refusal } from '../platform/http/refusal.ts';
import { searchTextOf } from '../platform/search-text.ts';
import type { Transaction } from '../platform/store/store.ts';
import { findNamesake, holdHostNames } from './store.ts';

/**
 * Nobody could tell two hosts of one name apart, least of all on the phone: neither what is approved, nor which offline
 * code is typed where. Upper and lower case are one, as in the DNS. Whoever calls has written the name.
 * @throws Refusal 409 `host_name_taken`
 */
export async function demandOwnName(transaction: Transaction, id: string, name: string): Promise<void> {
  await holdHostNames.run(transaction, {});
  if (await findNamesake.get(transaction, { id, search: searchTextOf(name) }))
    throw new Refusal('host_name_taken');
}
