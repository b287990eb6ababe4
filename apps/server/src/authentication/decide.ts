import type { Settings } from '@countersign/protocol/wire';
import { listActiveOfUser, type AuthenticatorRow } from '../authenticators/store.ts';
import { decideFactors, type AskedPurpose, type Decision } from '../policy/decide.ts';
import type { Queryable } from '../platform/store/store.ts';
import { readSettings } from '../settings/settings.ts';
import { findUser, type UserRow } from '../users/store.ts';
import { isPushEnabled } from '../users/users.ts';

/** Step two of an authentication: what policy asks for, from the facts as they are now. */

const pushFactorOf = (row: AuthenticatorRow) => ({
  id: row.id,
  hasVerificationKey: row.webauthn_credential_id !== null,
});

export async function decide(
  on: Queryable,
  purpose: AskedPurpose,
  user: UserRow,
): Promise<{ decision: Decision; authenticators: AuthenticatorRow[]; settings: Settings }> {
  const settings = await readSettings(on);
  const authenticators = await listActiveOfUser.all(on, { user_id: user.id });
  const decision = decideFactors({
    purpose,
    settings,
    pushEnabled: isPushEnabled(user, settings),
    hadFactor: user.had_factor === 1,
    pushFactors: authenticators.map(pushFactorOf),
  });
  return { decision, authenticators, settings };
}

/** The authenticators that a challenge may go to, the most lately seen first. */
export async function usableAuthenticators(on: Queryable, userId: string): Promise<AuthenticatorRow[]> {
  const user = await findUser.get(on, { id: userId });
  if (!user) return [];
  const { decision, authenticators } = await decide(on, 'step_up', user);
  if (decision.outcome !== 'challenge') return [];
  return authenticators.filter(({ id }) => decision.pushFactors.some((factor) => factor.id === id));
}
