import type { Acr, Confirmation, Settings } from '@countersign/protocol/wire';

/**
 * Policy: from facts to a decision with its reason. Pure; whoever asks (a portal, a step-up, later an application or a
 * host) asks here.
 */

export type AskedPurpose = 'portal_login' | 'admin_login' | 'step_up';

/** One active authenticator, as far as policy cares. */
export interface PushFactor {
  id: string;
  hasVerificationKey: boolean;
}

export interface Facts {
  purpose: AskedPurpose;
  settings: Settings;
  /** Mobile push is enabled for this person. */
  pushEnabled: boolean;
  /** A second factor was enrolled once, whether or not it is there still, and whether or not policy allows it now. */
  hadFactor: boolean;
  pushFactors: readonly PushFactor[];
}

export type Decision =
  /** One of these factors is needed. */
  | { outcome: 'challenge'; pushFactors: readonly PushFactor[]; reason: string }
  /** A factor must be enrolled first; `codeRequired`: with a one-time code from the help desk. */
  | { outcome: 'enrollment'; codeRequired: boolean; reason: string }
  /** The password was enough. */
  | { outcome: 'ready'; reason: string }
  /** There are factors, and none may be used. */
  | { outcome: 'refuse'; reason: string };

/** What a sign-in needs after the right password. */
export function decideFactors({ purpose, settings, pushEnabled, hadFactor, pushFactors }: Facts): Decision {
  const usable = pushEnabled ? pushFactors.filter((factor) => isUsable(factor, settings)) : [];
  if (usable.length > 0)
    return { outcome: 'challenge', pushFactors: usable, reason: 'a second factor is enrolled' };
  if (pushFactors.length > 0) {
    const reason = pushEnabled
      ? 'user verification is required and the phone has no verification key'
      : 'mobile push is switched off';
    return { outcome: 'refuse', reason };
  }
  if (hadFactor) return { outcome: 'enrollment', codeRequired: true, reason: 'all factors were lost' };
  if (settings.mfa.required || purpose === 'admin_login') {
    return {
      outcome: 'enrollment',
      codeRequired: false,
      reason: 'a second factor is required and none is enrolled',
    };
  }
  return { outcome: 'ready', reason: 'no second factor is required' };
}

const isUsable = (factor: PushFactor, { push }: Settings): boolean =>
  push.user_verification !== 'required' || factor.hasVerificationKey;

/** How a push is confirmed: by a tap, or by typing the number that the asker shows. */
export function decideConfirmation(
  { push }: Settings,
  { familiar, reported }: { familiar: boolean; reported: boolean },
): Confirmation {
  const number: Confirmation = { kind: 'number', length: push.number_length };
  // For half an hour after "this wasn't me", a tap proves too little, whoever asks.
  if (push.confirmation === 'number' || reported) return number;
  if (push.confirmation === 'tap' || familiar) return { kind: 'tap' };
  return number;
}

/** Whether an approval needs the proof of user verification. */
export const decideUserVerification = ({ push }: Settings, { hasVerificationKey }: PushFactor): boolean =>
  push.user_verification === 'required' || (push.user_verification === 'preferred' && hasVerificationKey);

/**
 * Whether the notification of a sign-in or a step-up may offer Approve, which then needs no more than the phone at hand,
 * locked or not.
 */
export const decideApproveFromNotification = (
  { push }: Settings,
  asked: { familiar: boolean; confirmation: Confirmation; userVerification: boolean },
): boolean =>
  push.approve_from_notification &&
  asked.familiar &&
  asked.confirmation.kind === 'tap' &&
  !asked.userVerification;

/** The authentication context class of what was proven (RFC 8176 `amr`). */
export const acrOf = (amr: readonly string[]): Acr =>
  amr.includes('mfa') ? 'urn:countersign:aal2' : 'urn:countersign:aal1';
