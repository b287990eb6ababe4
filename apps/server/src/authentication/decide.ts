import type { FactorKind, Named, Settings } from '@countersign/protocol/wire';
import { listActiveOfUser, type AuthenticatorRow } from '../authenticators/store.ts';
import { settingsFor } from '../enrollment/requirement.ts';
import { rulingOn, type Supposed } from '../policies/current.ts';
import { decideUnder, narrowed, preferredOf, type Decision, type Facts } from '../policy/decide.ts';
import type { Ruling } from '../policy/rules.ts';
import type { Queryable } from '../platform/store/store.ts';
import { findInteraction } from '../sso/store.ts';
import { countFactors, findUser, type UserRow } from '../users/store.ts';
import { isPushEnabled } from '../users/users.ts';
import { askerOf, isAlone, targetOf } from './asker.ts';
import { basisOf, type Basis } from './basis.ts';
import { hostAskOf, type AuthenticationRow } from './store.ts';

/** Step two of an authentication: what policy asks for, from the facts as they are now. */

/** `ip` and `browser_hash`: of whoever asks. */
export type Asked = Pick<AuthenticationRow, 'purpose' | 'resource' | 'ip' | 'browser_hash'> &
  Partial<Pick<AuthenticationRow, 'interaction_id' | 'least_acr' | 'host_login'>>;

/** What of a decision goes on beside it. */
export interface Decided {
  decision: Decision;
  ruling: Ruling;
  /** What the rule leaves of them. */
  settings: Settings;
  authenticators: AuthenticatorRow[];
  facts: Facts;
}

const pushFactorOf = (row: AuthenticatorRow) => ({
  id: row.id,
  hasVerificationKey: row.webauthn_credential_id !== null,
});

/** `now`: milliseconds since 1970. */
export async function decide(
  on: Queryable,
  asked: Asked,
  user: UserRow,
  now: number,
  supposed?: Supposed,
): Promise<Decided> {
  const { purpose, resource, interaction_id, least_acr, host_login = null } = asked;
  const settings = await settingsFor(on, user.id, now);
  const ruling = await rulingFor(on, asked, user.id, now, supposed);
  const interaction = interaction_id
    ? await findInteraction.get(on, { id: interaction_id, now: 0 })
    : undefined;
  const authenticators = await listActiveOfUser.all(on, { user_id: user.id });
  const { totp, passkeys, recovery_codes } = (await countFactors.get(on, { user_id: user.id }))!;
  const facts: Facts = {
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
  };
  const decision = decideUnder(ruling, facts);
  return { decision, ruling, settings: narrowed(settings, ruling.effect), authenticators, facts };
}

/** The same where something begins: `why` is for the event, and `more` what only the caller knows of it. */
export async function decideBeginning(
  on: Queryable,
  asked: Asked,
  user: UserRow,
  now: number,
  more: Pick<Basis, 'by_passkey'> = {},
): Promise<Decided & { why: Why }> {
  const decided = await decide(on, asked, user, now);
  const { ruling, facts } = decided;
  const basis = { ...(await basisOf(on, asked, user, facts, now)), ...more };
  return { ...decided, why: { ...ruleIn(ruling), basis } };
}

/** What an event tells of a decision: which rule of the policies made it, if any, and what it was made on. */
export interface Why {
  rule?: Named;
  basis?: Basis;
}

export const ruleIn = ({ rule }: Ruling): Pick<Why, 'rule'> => (rule ? { rule } : {});

/** The rule of the policies that decides. */
export function rulingFor(
  on: Queryable,
  asked: Asked,
  userId: string,
  now: number,
  supposed?: Supposed,
): Promise<Ruling> {
  const { purpose, host_login = null, ip } = asked;
  return rulingOn(
    on,
    {
      user: userId,
      target: targetOf({ ...asked, host_login }),
      // A program's address says nothing of where the person is.
      ip: purpose === 'backchannel' ? null : ip,
      asker: isAlone({ purpose, host_login }) ? null : askerOf(asked),
      at: now,
    },
    supposed,
  );
}

export interface Offered {
  /** The phones that a push may go to, the most lately seen first. */
  push: AuthenticatorRow[];
  /** The other kinds. */
  others: Exclude<FactorKind, 'push'>[];
  preferred: FactorKind | null;
  /** What the rule that decides leaves of them. */
  settings: Settings;
}

/** What an authentication that waits for a factor may be answered with. `now`: milliseconds since 1970. */
export async function offeredFactors(
  on: Queryable,
  asked: Asked & { user_id: string },
  now: number,
): Promise<Offered> {
  const user = (await findUser.get(on, { id: asked.user_id }))!;
  const { decision, authenticators, settings } = await decide(on, asked, user, now);
  if (decision.outcome !== 'challenge') return { push: [], others: [], preferred: null, settings };
  const { factors } = decision;
  return {
    push: authenticators.filter(({ id }) => factors.push.some((factor) => factor.id === id)),
    others: (['totp', 'passkey', 'recovery_code'] as const).filter((kind) => factors[kind]),
    preferred: preferredOf(factors, user.last_factor),
    settings,
  };
}
