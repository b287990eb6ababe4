import type { PushRequest, PushState } from '@countersign/protocol/wire';
import { timeText } from '../platform/platform.ts';
import type { PushRequestRow } from './store.ts';

/** The state at `now`: a pending request is expired as soon as its time is over, whether or not that was written down. */
export const stateAt = (row: Pick<PushRequestRow, 'state' | 'expires_at'>, now: number): PushState =>
  row.state === 'pending' && row.expires_at <= now ? 'expired' : row.state;

/** What was sent when the request was made; its digest covers these very members, all but the last two. */
export type Shown = Pick<
  PushRequest,
  | 'resource'
  | 'account'
  | 'context'
  | 'confirmation'
  | 'user_verification'
  | 'webauthn'
  | 'approve_from_notification'
>;

export const pushRequestView = (row: PushRequestRow, now: number): PushRequest => ({
  id: row.id,
  purpose: row.purpose,
  state: stateAt(row, now),
  ...(JSON.parse(row.shown) as Shown),
  nonce: row.nonce,
  digest: row.digest,
  created_at: timeText(row.created_at),
  expires_at: timeText(row.expires_at),
});
