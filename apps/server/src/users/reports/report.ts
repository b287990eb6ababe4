import type { FraudReportKind } from '@countersign/protocol/wire';
import type { Outbox, WriteLetter } from '../../mail/outbox.ts';
import { minute, type Platform } from '../../platform/platform.ts';
import { randomId } from '../../platform/random-text.ts';
import type { Transaction } from '../../platform/store/store.ts';
import { listAdministrators, lockPush, type UserRow } from '../store.ts';
import { insertFraudReport } from './store.ts';

/** "This wasn't me": what follows for the person whom it was tried on, whatever it was that they reported. */

/** After a report, unfamiliar askers get no push for the user for so long. */
const reportLock = 30 * minute;

/** What is kept of it until an administrator has looked into it. */
export interface Reported {
  what: FraudReportKind;
  ip?: string | null;
  client?: string | null;
  /** The authentication, by which its steps are found. */
  authentication?: string | null;
}

/** Pauses pushes that unfamiliar browsers ask for, and tells the administrators: by mail, and on their Home. */
export async function answerReport(
  transaction: Transaction,
  user: UserRow,
  { what, ip = null, client = null, authentication = null }: Reported,
  letter: WriteLetter,
  { platform: { now, random }, outbox }: { platform: Pick<Platform, 'now' | 'random'>; outbox: Outbox },
): Promise<void> {
  await lockPush.run(transaction, { id: user.id, until: now() + reportLock });
  await insertFraudReport.run(transaction, {
    id: randomId(random),
    user_id: user.id,
    what,
    ip,
    client,
    authentication_id: authentication,
    now: now(),
  });
  for (const administrator of await listAdministrators.all(transaction)) {
    await outbox.post(transaction, administrator, letter);
  }
}
