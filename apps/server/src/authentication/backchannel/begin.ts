import type { Acr } from '@countersign/protocol/wire';
import { resourceOfApplication } from '../../applications/applications.ts';
import type { Asker } from '../../platform/http/asker.ts';
import { Refusal } from '../../platform/http/refusal.ts';
import { second, type Platform } from '../../platform/platform.ts';
import type { Events } from '../../events/events.ts';
import type { PushRequestRow } from '../../push/store.ts';
import { readSettings } from '../../settings/settings.ts';
import { findUser } from '../../users/store.ts';
import { insertBegun, refuse } from '../begin.ts';
import { challengeByPush, type ChallengeNeeds } from '../challenge.ts';
import { decideBeginning } from '../decide.ts';
import { findAuthentication, giveUp } from '../store.ts';

/**
 * An authentication that a program asks for (OpenID CIBA): no browser, no password, only the phone. It opens no session, and
 * what it proves is the program's to poll for.
 */

/** How long what the phone said can be fetched after the request on it is over: three polls. */
const fetchable = 15 * second;

/** What no browser has: nobody but the program goes on with it, and what it asked for ends together. */
const noBrowser = (applicationId: string): string => resourceOfApplication(applicationId);

export interface BackchannelAsk {
  application: { id: string; name: string };
  userId: string;
  /** SHA-256 of the id that the program polls with. */
  requestHash: string;
  leastAcr: Acr;
  bindingMessage: string | null;
  /** Milliseconds that the request is to be on the phone at most. */
  lives: number;
}

/** How long a request is on the phone (the organisation's setting, or less where less is wanted) and can be fetched: milliseconds. */
export async function lifetimesOf(
  wanted: number | undefined,
  { store }: Pick<Platform, 'store'>,
): Promise<{ lives: number; fetched: number }> {
  const { push } = await readSettings(store);
  const lives = Math.min(push.lifetime_s * second, wanted ?? Infinity);
  return { lives, fetched: lives + fetchable };
}

/**
 * Begins it and challenges the phone at once. The number that is returned is for the program to tell.
 * @throws Refusal 403 `no_allowed_factor` or `policy_denied`, 423 `push_locked`, 429 past the limits.
 */
export async function beginBackchannel(
  { application, userId, requestHash, leastAcr, bindingMessage, lives }: BackchannelAsk,
  asker: Asker,
  needs: ChallengeNeeds & { events: Events },
): Promise<PushRequestRow> {
  const { platform, events } = needs;
  const { store, now } = platform;
  const purpose = 'backchannel' as const;
  const user = (await findUser.get(store, { id: userId }))!;
  const resource = resourceOfApplication(application.id);
  const browserHash = noBrowser(application.id);
  const asked = { purpose, resource, least_acr: leastAcr, browser_hash: browserHash, ip: asker.ip };
  const { decision, why } = await decideBeginning(store, asked, user, now());
  if (decision.outcome !== 'challenge')
    return refuse({ purpose, user, asker, resource }, { decision, why }, needs);
  const id = await store.transaction(async (transaction) => {
    const beginning = {
      purpose,
      user,
      browserHash,
      asker,
      amr: [],
      sessionId: null,
      resource,
      backchannel: {
        request_hash: requestHash,
        least_acr: leastAcr,
        binding_message: bindingMessage,
      },
    };
    const until = now() + lives + fetchable;
    const inserted = await insertBegun(
      transaction,
      beginning,
      { state: 'challenge', codeRequired: false, until },
      platform,
    );
    await events.record(transaction, {
      type: 'authentication.begun',
      user,
      asker,
      details: {
        authentication: inserted,
        purpose,
        reason: decision.reason,
        resource,
        application: application.name,
        ...why,
      },
    });
    return inserted;
  });
  try {
    const begun = (await findAuthentication.get(store, { id }))!;
    return await challengeByPush(begun, undefined, needs, now() + lives);
  } catch (error) {
    // Nothing is on the phone, so there is nothing to wait for.
    if (error instanceof Refusal) await giveUp.get(store, { id });
    throw error;
  }
}
