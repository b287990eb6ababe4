import { endEverything } from '../authentication/end-everything.ts';
import type { DropNeeds } from '../authenticators/drop.ts';
import { findEventOfUser } from '../events/store.ts';
import type { Outbox } from '../mail/outbox.ts';
import type { Asker } from '../platform/http/asker.ts';
import { Refusal } from '../platform/http/refusal.ts';
import { hour, type Platform } from '../platform/platform.ts';
import { countCall } from '../platform/rate-limits/window.ts';
import type { Cancellation } from '../push/cancel.ts';
import { browserAsker } from '../sessions/familiarity.ts';
import type { LiveSession } from '../sessions/sessions.ts';
import { endOtherFamiliarity } from '../sessions/store.ts';
import { answerReport } from '../users/reports/report.ts';
import { demandPasswordChange, findUser } from '../users/store.ts';

/** "This wasn't me", of something in the recent activity: whoever it was is out, and the password is worth nothing more. */

export interface ReportNeeds extends DropNeeds {
  platform: Platform;
  outbox: Outbox;
  cancellation: Cancellation;
}

/** Each of them is a mail to every administrator. */
const reportsAnHour = { most: 10, length: hour };

/**
 * Ends every session but this one, every sign-in, request and code that waits, and what other browsers have earned; the
 * password must be replaced before this session goes on; administrators are told.
 * @throws Refusal 404 for another's event, 429.
 */
export async function reportActivity(
  session: LiveSession,
  eventId: string,
  asker: Asker,
  needs: ReportNeeds,
): Promise<void> {
  const { platform, events, outbox } = needs;
  const { user_id } = session;
  await countCall(platform.store, `reports:${user_id}`, reportsAnHour, platform.now());
  await platform.store.transaction(async (transaction) => {
    const reported = await findEventOfUser.get(transaction, { id: eventId, user_id });
    if (!reported) throw new Refusal('not_found');
    await endEverything(transaction, user_id, 'reported', needs, session.id);
    await endOtherFamiliarity.run(transaction, { user_id, asker: browserAsker(session.browser_hash) });
    await demandPasswordChange.run(transaction, { id: user_id });
    const user = (await findUser.get(transaction, { id: user_id }))!;
    const { type, client, ip, authentication_id: authentication } = reported;
    const details = { reported: eventId, type };
    await events.record(transaction, { type: 'activity.reported', actor: user, user, asker, details });
    await answerReport(
      transaction,
      user,
      { what: 'activity', ip, client, authentication },
      (letters) => letters.activityReported(user, type, { client, ip }),
      { platform, outbox },
    );
  });
}
