import type { FactorKind, PolicyEnrollment, PolicySimulation, Settings } from '@countersign/protocol/wire';
import { decideConfirmation, decideUserVerification, type Decision } from '../../policy/decide.ts';
import { isEnough } from '../../policy/enrolment.ts';
import type { Ruling } from '../../policy/rules.ts';

/** What a decision comes to for whoever asks. */

export interface Circumstances {
  /** Nothing was asked before. */
  alone: boolean;
  familiar: boolean;
  /** A push was reported within the last half-hour. */
  reported: boolean;
  /** Nobody sits at a prompt: no number can be shown, and no code typed. */
  silent: boolean;
  /** A passkey came in the place of the password, and is all that is asked for. */
  byPasskey: boolean;
}

/** `settings`: what the rule leaves of them. */
export function verdictOf(
  { decision, ruling, settings }: { decision: Decision; ruling: Ruling; settings: Settings },
  { alone, familiar, reported, silent, byPasskey }: Circumstances,
  enrollment: PolicyEnrollment,
): PolicySimulation {
  const { outcome, reason } = decision;
  const { session_minutes = null, fresh_minutes = null } = ruling.effect;
  const nothing = { factors: [], confirmation: null, user_verification: false };
  const said = { reason, rule: ruling.rule, session_minutes, fresh_minutes, enrollment, stuck: false };
  const refused = { outcome: 'refuse', code: 'no_allowed_factor', ...said, ...nothing } as const;
  if (outcome === 'refuse') return decision.denied ? { ...refused, code: 'policy_denied' } : refused;
  if (byPasskey) {
    const isTaken = outcome === 'challenge' && decision.factors.passkey;
    return isTaken
      ? { outcome, code: null, ...said, ...nothing, factors: ['passkey'] }
      : { ...refused, reason: `a passkey by itself is not enough: ${reason}` };
  }
  const stuck = outcome === 'enrollment' && !isEnough(enrollment.factors);
  if (outcome !== 'challenge') return { outcome, code: null, ...said, ...nothing, stuck };
  const { push, ...others } = decision.factors;
  const confirmation =
    push.length > 0
      ? decideConfirmation(settings, { alone, familiar: familiar && !alone, reported }).kind
      : null;
  if (silent && confirmation !== 'tap')
    return { ...refused, reason: 'a number cannot be shown there, and nobody can type a code' };
  const kinds = (['totp', 'passkey', 'recovery_code'] as const).filter((kind) => others[kind] && !silent);
  const factors: FactorKind[] = push.length > 0 ? ['push', ...kinds] : kinds;
  return {
    outcome,
    code: null,
    ...said,
    factors,
    confirmation,
    user_verification: push.length > 0 && decideUserVerification(settings, push[0]!),
  };
}
