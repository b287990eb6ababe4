import type {
  Acr,
  Confirmation,
  FactorKind,
  Named,
  PolicyEffect,
  Settings,
} from '@countersign/protocol/wire';
import { demandsFactor, isFactorAllowed, type Ruling } from './rules.ts';

/**
 * Policy: from facts to a decision with its reason. Pure; whoever asks (a portal, a step-up, later an application or a
 * host) asks here.
 */

export type AskedPurpose =
  | 'portal_login'
  | 'admin_login'
  | 'step_up'
  | 'sso'
  | 'password_reset'
  | 'backchannel'
  | 'device_login'
  | 'verification';

/** One active authenticator, as far as policy cares. */
export interface PushFactor {
  id: string;
  hasVerificationKey: boolean;
}

/** What somebody has beside the password; or what of it may be used. */
export interface Factors {
  push: readonly PushFactor[];
  totp: boolean;
  passkey: boolean;
  recovery_code: boolean;
}

export interface Facts {
  purpose: AskedPurpose;
  /** A step-up for an act on one's own security, such as `act:factors`: it wants the highest level that the user has. */
  act: boolean;
  /** What the rule of a host takes, of purpose `device_login`. */
  taken?: readonly FactorKind[];
  /** The least context class that an application asks for; null where none did. */
  acr: Acr | null;
  settings: Settings;
  /** Mobile push is enabled for this person. */
  pushEnabled: boolean;
  /** A second factor was enrolled once, whether or not it is there still, and whether or not policy allows it now. */
  hadFactor: boolean;
  factors: Factors;
}

export type Decision =
  /** One of these factors is needed. */
  | { outcome: 'challenge'; factors: Factors; reason: string }
  /** A factor must be enrolled first; `codeRequired`: with a one-time code from the help desk. */
  | { outcome: 'enrollment'; codeRequired: boolean; reason: string }
  /** The password was enough. */
  | { outcome: 'ready'; reason: string }
  /** There are factors, and none may be used; `denied`: a rule denies it, whatever there is. */
  | { outcome: 'refuse'; denied?: true; reason: string };

/** What a rule leaves of the settings: it narrows them, and never widens them. */
export const narrowed = (settings: Settings, effect: PolicyEffect): Settings => ({
  ...settings,
  mfa: {
    ...settings.mfa,
    // Whoever demands a factor does not mean the password alone.
    required: settings.mfa.required || demandsFactor(effect),
    factors: settings.mfa.factors.filter((kind) => isFactorAllowed(effect, kind)),
  },
  push: {
    ...settings.push,
    confirmation: effect.confirmation ?? settings.push.confirmation,
    user_verification: effect.user_verification ?? settings.push.user_verification,
  },
  password_reset: {
    ...settings.password_reset,
    ...(demandsFactor(effect) ? { without_factor: 'help_desk' as const } : {}),
  },
});

export const denial = ({ name }: Named) =>
  ({ outcome: 'refuse', denied: true, reason: `the rule “${name}” denies it` }) as const;

/** What is needed under the rule that decides. */
export function decideUnder({ rule, effect }: Ruling, facts: Facts): Decision {
  if (effect.deny) return denial(rule!);
  const decision = decideFactors({
    ...facts,
    settings: narrowed(facts.settings, effect),
    pushEnabled: facts.pushEnabled && isFactorAllowed(effect, 'push'),
  });
  return rule ? { ...decision, reason: `${decision.reason} (rule “${rule.name}”)` } : decision;
}

/** What a sign-in needs after the right password, or the reset of one after the right link. */
export function decideFactors(facts: Facts): Decision {
  const { purpose, act, acr, settings, pushEnabled, hadFactor, factors, taken = [] } = facts;
  const allowed = (kind: FactorKind) => settings.mfa.factors.includes(kind);
  const usable: Factors = {
    push: pushEnabled ? factors.push.filter((factor) => isUsable(factor, settings)) : [],
    totp: factors.totp && allowed('totp'),
    passkey: factors.passkey && allowed('passkey'),
    recovery_code: factors.recovery_code && allowed('recovery_code'),
  };
  if (purpose === 'backchannel' || purpose === 'verification') return decidePhoneAlone(usable, acr, settings);
  if (purpose === 'device_login') return decideOnHost(usable, taken);
  if (act && usable.passkey) {
    // A recovery code stands in for the passkey that was lost (SP 800-63B-4 section 4.2.2).
    const highest = { ...usable, push: [], totp: false };
    return { outcome: 'challenge', factors: highest, reason: 'a phishing-resistant factor is enrolled' };
  }
  if (acr === 'urn:countersign:phr') {
    return usable.passkey
      ? {
          outcome: 'challenge',
          factors: { ...none, passkey: true },
          reason: 'the application wants a passkey',
        }
      : { outcome: 'refuse', reason: 'the application wants a passkey and none may be used' };
  }
  if (isAny(usable)) return { outcome: 'challenge', factors: usable, reason: 'a second factor is enrolled' };
  if (isAny(factors)) return { outcome: 'refuse', reason: whyNone(factors, pushEnabled) };
  if (purpose === 'password_reset') return decideResetWithout(hadFactor, settings);
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

/** A program or the help desk asks, and nobody has typed a password: the phone is all there is, and it never enrols. */
function decidePhoneAlone({ push }: Factors, acr: Acr | null, settings: Settings): Decision {
  if (push.length === 0) return { outcome: 'refuse', reason: 'no phone may be asked' };
  const proves = (phone: PushFactor) => provenByPhoneAlone(decideUserVerification(settings, phone)).acr;
  const enough = push.filter(
    (phone) => acr === null || acr === 'urn:countersign:aal1' || acr === proves(phone),
  );
  return enough.length > 0
    ? { outcome: 'challenge', factors: { ...none, push: enough }, reason: 'only the phone is asked' }
    : { outcome: 'refuse', reason: 'the application wants more than the phone alone proves' };
}

/** A host asks: it has no page to enrol on, and no passkey reaches it. */
function decideOnHost(usable: Factors, taken: readonly FactorKind[]): Decision {
  const factors: Factors = {
    push: taken.includes('push') ? usable.push : [],
    totp: usable.totp && taken.includes('totp'),
    passkey: false,
    recovery_code: usable.recovery_code && taken.includes('recovery_code'),
  };
  return isAny(factors)
    ? { outcome: 'challenge', factors, reason: 'a host asks' }
    : { outcome: 'refuse', reason: 'no factor that this host takes may be used' };
}

/** A reset never enrols: it would hand the account to whoever reads the mail. */
function decideResetWithout(hadFactor: boolean, { password_reset }: Settings): Decision {
  if (hadFactor) return { outcome: 'refuse', reason: 'all factors were lost' };
  return password_reset.without_factor === 'mail'
    ? { outcome: 'ready', reason: 'there never was a second factor, and the mailed link is enough' }
    : { outcome: 'refuse', reason: 'there never was a second factor, and it takes the help desk' };
}

const none: Factors = { push: [], totp: false, passkey: false, recovery_code: false };

const isAny = ({ push, totp, passkey, recovery_code }: Factors): boolean =>
  push.length > 0 || totp || passkey || recovery_code;

function whyNone({ push, totp, passkey, recovery_code }: Factors, pushEnabled: boolean): string {
  if (push.length === 0 || totp || passkey || recovery_code) return 'none of the enrolled factors is allowed';
  return pushEnabled
    ? 'user verification is required and the phone has no verification key'
    : 'mobile push is switched off';
}

const kinds = ['push', 'passkey', 'totp', 'recovery_code'] as const;

/** Which of the factors is offered first: the one that was used last, else the most convenient. */
export function preferredOf(factors: Factors, last: FactorKind | null): FactorKind | null {
  const has = (kind: FactorKind) => (kind === 'push' ? factors.push.length > 0 : factors[kind]);
  // A recovery code that was needed once is not what somebody signs in with every day.
  if (last !== null && last !== 'recovery_code' && has(last)) return last;
  return kinds.find(has) ?? null;
}

const isUsable = (factor: PushFactor, { push }: Settings): boolean =>
  push.user_verification !== 'required' || factor.hasVerificationKey;

/**
 * How a push is confirmed: by a tap, or by typing the number that the asker shows. `alone`: nothing was asked before it.
 */
export function decideConfirmation(
  { push }: Pick<Settings, 'push'>,
  { alone, familiar, reported }: { alone: boolean; familiar: boolean; reported: boolean },
): Confirmation {
  // Authentication secrets have at least six decimal digits there (SP 800-63B-4 section 3.1.3.2).
  if (push.nist_profile) return { kind: 'number', length: 6 };
  const number: Confirmation = { kind: 'number', length: push.number_length };
  // For half an hour after "this wasn't me", a tap proves too little, whoever asks.
  if (push.confirmation === 'number' || reported) return number;
  // Nobody typed a password, and what asks is not in the person's hand: only who talks to it knows the number.
  if (alone) return number;
  if (push.confirmation === 'tap' || familiar) return { kind: 'tap' };
  return number;
}

/** Whether an approval needs the proof of user verification. */
export const decideUserVerification = ({ push }: Settings, { hasVerificationKey }: PushFactor): boolean =>
  push.user_verification === 'required' || (push.user_verification === 'preferred' && hasVerificationKey);

/**
 * Whether the notification of a sign-in or a step-up may offer Approve, which then needs no more than the phone at hand,
 * locked or not. That of a password reset may not: whoever holds the phone may well read the mail on it too.
 */
export const decideApproveFromNotification = (
  { push }: Settings,
  asked: {
    purpose: AskedPurpose;
    familiar: boolean;
    confirmation: Confirmation;
    userVerification: boolean;
  },
): boolean =>
  push.approve_from_notification &&
  asked.purpose !== 'password_reset' &&
  asked.familiar &&
  asked.confirmation.kind === 'tap' &&
  !asked.userVerification;

/** What each factor proves beside the password: the context class, and the methods (RFC 8176). */
export const provenBy = {
  push: { acr: 'urn:countersign:aal2', amr: ['swk', 'pop', 'mfa'] },
  totp: { acr: 'urn:countersign:aal2', amr: ['otp', 'mfa'] },
  passkey: { acr: 'urn:countersign:phr', amr: ['swk', 'pop', 'user', 'mfa'] },
  recovery_code: { acr: 'urn:countersign:aal2', amr: ['otp', 'mfa'] },
} as const satisfies Record<FactorKind, { acr: Acr; amr: readonly string[] }>;

/** The same where nothing was asked before: a code is one factor. */
export const provenAlone = (kind: FactorKind, userVerified: boolean): { acr: Acr; amr: readonly string[] } =>
  kind === 'push' ? provenByPhoneAlone(userVerified) : { acr: 'urn:countersign:aal1', amr: ['otp'] };

/**
 * What the phone proves with no password before it: one factor, or both where it verified its user (a multi-factor
 * cryptographic authenticator, SP 800-63B-4 section 3.1.7).
 */
export const provenByPhoneAlone = (userVerified: boolean): { acr: Acr; amr: readonly string[] } =>
  userVerified
    ? { acr: 'urn:countersign:aal2', amr: ['swk', 'pop', 'user', 'mfa'] }
    : { acr: 'urn:countersign:aal1', amr: ['swk', 'pop'] };
