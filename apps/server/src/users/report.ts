import type { Outbox, WriteLetter } from '../mail/outbox.ts';
import { minute, type Platform } from '../platform/platform.ts';
import type { Transaction } from '../platform/store/store.ts';
import { listAdministrators, lockPush, type UserRow } from './store.ts';

/** "This wasn't me": what follows for the person whom it was tried on, whatever it was that they reported. */

/** After a report, unfamiliar askers get no push for the user for so long. */
const reportLock = 30 * minute;

/** Pauses pushes that unfamiliar browsers ask for, and tells the administrators. */
export async function answerReport(
  transaction: Transaction,
  user: UserRow,
  letter: WriteLetter,
  { platform, outbox }: { platform: Pick<Platform, 'now'>; outbox: Outbox },
): Promise<void> {
  await lockPush.run(transaction, { id: user.id, until: platform.now() + reportLock });
  for (const administrator of await listAdministrators.all(transaction)) {
    await outbox.post(transaction, administrator, letter);
  }
}
