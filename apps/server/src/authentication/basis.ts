import type { Acr, FactorKind, Settings } from '@countersign/protocol/wire';
import type { AskedPurpose, Facts } from '../policy/decide.ts';
import type { Queryable } from '../platform/store/store.ts';
import { isFamiliar } from '../sessions/familiarity.ts';
import type { UserRow } from '../users/store.ts';
import { askerOf, isAlone, targetOf } from './asker.ts';
import type { Asked } from './decide.ts';
import { hostAskOf } from './store.ts';

/**
 * What a decision was made on, beside the rules, the settings and what the event tells anyhow (who, when, from where). The
 * event of the decision keeps it, so that it can be made again under other rules.
 */
export interface Basis {
  purpose: AskedPurpose;
  target: string;
  familiar: boolean;
  had_factor: boolean;
  /** Of each phone, whether it has a verification key. */
  phones: boolean[];
  others: Exclude<FactorKind, 'push'>[];
  /** These only where they are so. */
  act?: true;
  acr?: Acr;
  taken?: readonly FactorKind[];
  /** Nothing was asked before. */
  alone?: true;
  /** Nobody sits at a prompt. */
  silent?: true;
  /** It began with a passkey, in the place of the password. */
  by_passkey?: true;
  /** A push was reported within the last half-hour. */
  reported?: true;
}

const others = ['totp', 'passkey', 'recovery_code'] as const;

/** Reads whether the asker is familiar, which no decision needs to know that no rule is about. */
export async function basisOf(
  on: Queryable,
  asked: Asked,
  user: UserRow,
  { purpose, act, acr, taken, hadFactor, factors }: Facts,
  now: number,
): Promise<Basis> {
  const row = { ...asked, host_login: asked.host_login ?? null };
  const alone = isAlone(row);
  return {
    purpose,
    target: targetOf(row),
    familiar: !alone && (await isFamiliar(on, user.id, askerOf(row), now)),
    had_factor: hadFactor,
    phones: factors.push.map(({ hasVerificationKey }) => hasVerificationKey),
    others: others.filter((kind) => factors[kind]),
    ...(act ? { act } : {}),
    ...(acr === null ? {} : { acr }),
    ...(taken ? { taken } : {}),
    ...(alone ? { alone } : {}),
    ...(hostAskOf(row)?.interactive === false ? { silent: true } : {}),
    ...(user.push_locked_until > now ? { reported: true } : {}),
  };
}

/** The same as facts, under these settings. */
export const factsOn = (basis: Basis, settings: Settings, pushEnabled: boolean): Facts => ({
  purpose: basis.purpose,
  act: basis.act ?? false,
  acr: basis.acr ?? null,
  ...(basis.taken ? { taken: basis.taken } : {}),
  settings,
  pushEnabled,
  hadFactor: basis.had_factor,
  factors: {
    push: basis.phones.map((hasVerificationKey, index) => ({ id: String(index), hasVerificationKey })),
    totp: basis.others.includes('totp'),
    passkey: basis.others.includes('passkey'),
    recovery_code: basis.others.includes('recovery_code'),
  },
});
