import type { Authenticator, Device } from '@countersign/protocol/wire';
import { timeText } from '../platform/platform.ts';
import type { AuthenticatorRow } from './store.ts';

export const deviceOf = (row: Pick<AuthenticatorRow, 'device'>): Device => JSON.parse(row.device) as Device;

/** An authenticator as its owner and the administrators see it. */
export const authenticatorView = (row: AuthenticatorRow): Authenticator => ({
  id: row.id,
  state: row.state === 'active' ? 'active' : 'pending',
  device: deviceOf(row),
  created_at: timeText(row.created_at),
  last_seen_at: timeText(row.last_seen_at),
  push: row.push,
  webauthn_registered: row.webauthn_credential_id !== null,
});
