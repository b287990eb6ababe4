import { purgeAuthentications } from './authentication/store.ts';
import { dropOverdueActivations, type CompletionNeeds } from './authenticators/completion.ts';
import { dropUnusedVapidKeys, purgeProofs } from './authenticators/store.ts';
import { purgeBackups, purgeTransfers } from './authenticators/transfer/store.ts';
import { purgeVerificationKeyCodes } from './authenticators/verification/store.ts';
import { reportsKept } from './diagnostics/entries.ts';
import { purgeReports } from './diagnostics/store.ts';
import { countEvents } from './events/counts.ts';
import { sendReminders } from './enrollment/reminders.ts';
import type { LogKey } from './events/log-key.ts';
import { removeOldEvents } from './events/retention.ts';
import type { WhenSealed } from './events/seal.ts';
import { recounting } from './groups/recount.ts';
import { settleOverdue } from './hosts/login/settle.ts';
import { tellOfMore } from './hosts/refusals.ts';
import { purgeHostLogins, purgeJoinTokens } from './hosts/store.ts';
import { purgeMails } from './mail/store.ts';
import { purgePayloads } from './oidc/store.ts';
import { purgeLogouts, purgeMessageIds, purgeSamlRequests } from './saml/store.ts';
import { purgeInteractions } from './sso/store.ts';
import { day, dayOf, hour, minute, second } from './platform/platform.ts';
import { purgePasswordResets } from './password/store.ts';
import { purgePendingTotp } from './otp/store.ts';
import { purgeChallenges } from './passkey/store.ts';
import { purgeAttempts } from './platform/rate-limits/store.ts';
import { readSettings } from './settings/settings.ts';
import { expireOverdue, purgeAskers, purgeRequests } from './push/store.ts';
import { purgeDeliveries } from './webhooks/store.ts';
import { idleLifetime } from './sessions/sessions.ts';
import { purgeFamiliarity, purgeSessions } from './sessions/store.ts';
import { notePeopleCounts } from './users/counts.ts';
import { purgeFraudReports } from './users/reports/store.ts';
import { keepMissingWords } from './users/search/words.ts';

import { removeDeletedPeople } from './users/deletion.ts';

/** What time alone changes, written down now and then. Nothing waits for it: every reader looks at the clock itself. */

const interval = 10 * second;
const purgeEvery = 30;

/** Begins, and returns what stops it (after the round in hand). */
export function startMaintenance(
  needs: CompletionNeeds,
  logKey: LogKey,
  sealed: WhenSealed,
): () => Promise<void> {
  const { store, now, log } = needs.platform;
  const recount = recounting(needs.platform);
  let rounds = 0;
  let current = Promise.resolve();

  async function round(): Promise<void> {
    await dropOverdueActivations(needs);
    await expireOverdue.run(store, { now: now() });
    await settleOverdue(needs);
    await keepMissingWords(store);
    await countEvents(needs.platform);
    await recount();
    // What is over by then is told before it is purged.
    const at = now();
    await tellOfMore(needs, at);
    await sendReminders(needs);
    if (rounds++ % purgeEvery !== 0) return;
    await purgeProofs.run(store, { now: now() });
    await purgeAttempts.run(store, { now: at });
    await purgeSessions.run(store, { now: now(), idle_since: now() - idleLifetime });
    await purgeFamiliarity.run(store, { now: now() });
    await purgeAuthentications.run(store, { before: now() - hour });
    // Rule 3 looks back a quarter of an hour; a person looks back a little longer.
    await purgeRequests.run(store, { before: now() - day });
    await purgeAskers.run(store, { before: now() - 30 * minute });
    await dropUnusedVapidKeys.run(store, { before: now() - day });
    // A day longer than they hold, so that an old link is told to be old.
    await purgePasswordResets.run(store, { before: now() - day });
    await purgePendingTotp.run(store, { now: now() });
    await purgeChallenges.run(store, { now: now() });
    await purgeBackups.run(store, { now: now() });
    await purgeTransfers.run(store, { before: now() - day });
    await purgeVerificationKeyCodes.run(store, { before: now() - day });
    await purgeReports.run(store, { before: dayOf(now() - reportsKept) });
    await purgeInteractions.run(store, { now: now() });
    await purgePayloads.run(store, { now: now() });
    await purgeSamlRequests.run(store, { now: now() });
    await purgeMessageIds.run(store, { now: now() });
    await purgeLogouts.run(store, { now: now() });
    await purgeJoinTokens.run(store, { now: now() });
    await purgeHostLogins.run(store, { before: now() - 90 * day });
    await purgeMails.run(store, { before: now() - 90 * day });
    await removeDeletedPeople(needs);
    await notePeopleCounts(needs.platform);
    const { events } = await readSettings(store);
    await purgeFraudReports.run(store, { before: now() - events.retention_days * day });
    await removeOldEvents(needs.platform, logKey, events.retention_days * day, sealed);
    await purgeDeliveries.run(store, { before: now() - 7 * day });
  }

  const timer = setInterval(() => {
    current = current.then(round).catch((error: unknown) => log.error({ err: error }, 'maintenance failed'));
  }, interval);
  return async () => {
    clearInterval(timer);
    await current;
  };
}
