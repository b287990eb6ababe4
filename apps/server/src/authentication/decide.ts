import type { Acr, FactorKind, Settings } from '@countersign/protocol/wire';
import { listActiveOfUser, type AuthenticatorRow } from '../authenticators/store.ts';
import { decideFactors, preferredOf, type AskedPurpose, type Decision } from '../policy/decide.ts';
import type { Queryable } from '../platform/store/store.ts';
import { findInteraction } from '../sso/store.ts';
import { readSettings } from '../settings/settings.ts';
import { countFactors, findUser, type UserRow } from '../users/store.ts';
import { isPushEnabled } from '../users/users.ts';
import { hostAskOf } from './store.ts';

/** Step two of an authentication: what policy asks for, from the facts as they are now. */

export interface Asked {
  purpose: AskedPurpose;
  /** Of a step-up. */
  resource: string | null;
  /** The interaction that an application began. */
  interaction_id?: string | null;
  /** What a program that asks for a push is content with. */
  least_acr?: Acr | null;
  /** What a host asks, JSON. */
  host_login?: string | null;
}

const pushFactorOf = (row: AuthenticatorRow) => ({
  id: row.id,
  hasVerificationKey: row.webauthn_credential_id !== null,
});

export async function decide(
  on: Queryable,
  { purpose, resource, interaction_id, least_acr, host_login = null }: Asked,
  user: UserRow,
): Promise<{ decision: Decision; authenticators: AuthenticatorRow[]; settings: Settings }> {
  const settings = await readSettings(on);
  const interaction = interaction_id
    ? await findInteraction.get(on, { id: interaction_id, now: 0 })
    : undefined;
  const authenticators = await listActiveOfUser.all(on, { user_id: user.id });
  const { totp, passkeys, recovery_codes } = (await countFactors.get(on, { user_id: user.id }))!;
  const decision = decideFactors({
    purpose,
    act: purpose === 'step_up' && resource !== null && resource.startsWith('act:'),
    acr: interaction?.acr ?? least_acr ?? null,
    taken: hostAskOf({ host_login })?.factors,
    settings,
    pushEnabled: isPushEnabled(user, settings),
    hadFactor: user.had_factor === 1,
    factors: {
      push: authenticators.map(pushFactorOf),
      totp: totp > 0,
      passkey: passkeys > 0,
      recovery_code: recovery_codes > 0,
    },
  });
  return { decision, authenticators, settings };
}

export interface Offered {
  /** The phones that a push may go to, the most lately seen first. */
  push: AuthenticatorRow[];
  /** The other kinds. */
  others: Exclude<FactorKind, 'push'>[];
  preferred: FactorKind | null;
}

/** What an authentication that waits for a factor may be answered with. */
export async function offeredFactors(on: Queryable, asked: Asked & { user_id: string }): Promise<Offered> {
  const user = await findUser.get(on, { id: asked.user_id });
  const { decision, authenticators } = user ? await decide(on, asked, user) : {};
  if (!user || decision?.outcome !== 'challenge') return { push: [], others: [], preferred: null };
  const { factors } = decision;
  return {
    push: authenticators!.filter(({ id }) => factors.push.some((factor) => factor.id === id)),
    others: (['totp', 'passkey', 'recovery_code'] as const).filter((kind) => factors[kind]),
    preferred: preferredOf(factors, user.last_factor),
  };
}
