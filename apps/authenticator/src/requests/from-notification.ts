import type { PushRequest } from '@countersign/protocol/wire';

import { readVault } from '../codes/vault.ts';

/** What may be answered on a notification, without the request being seen in the app. */

/**
 * Approve: only where the organisation allows it, a tap is enough, the asker is familiar and nothing is to be verified.
 * The member `approve_from_notification` is not under the digest, so what is under it is looked at too.
 */
export const mayApproveHere = ({
  approve_from_notification,
  confirmation,
  context,
  user_verification,
  purpose,
  state,
}: PushRequest): boolean =>
  approve_from_notification === true &&
  state === 'pending' &&
  confirmation.kind === 'tap' &&
  context.familiar &&
  !user_verification &&
  purpose !== 'activation' &&
  purpose !== 'test';

/** Who locked the app wants to be asked for more than the phone at hand before something is approved with it. */
export const isAppLocked = async (): Promise<boolean> => (await readVault())?.lock !== undefined;
