import type { Role, User, UserState } from '@countersign/protocol/wire';

/** What the API's words for people are called on screen. */

export const roleNames: Record<Role, string> = {
  owner: 'Owner',
  admin: 'Administrator',
  help_desk: 'Help desk',
  read_only: 'Read only',
  user: 'User',
};

export const roleMeanings: Record<Role, string> = {
  owner: 'May do everything, and read kept mail',
  admin: 'May change people and settings',
  help_desk: 'May verify callers, unlock people and reset their MFA',
  read_only: 'May look, and change nothing',
  user: 'Signs in to the User Portal only',
};

export const roles = Object.keys(roleNames) as Role[];

export const stateNames: Record<UserState, string> = {
  active: 'Active',
  invited: 'Invited',
  suspended: 'Suspended',
};

export const states = Object.keys(stateNames) as UserState[];

/** Why mobile push is on or off for this person. */
export function pushReason({ push }: Pick<User, 'push'>): string {
  return push.override === null ? 'As organisation' : 'For this person';
}

/** The factors that a person has, in words; empty where there is none. */
export function factorNames({ factors }: Pick<User, 'factors'>): string[] {
  const names = {
    push: 'Mobile push',
    totp: 'Verification code',
    passkey: 'Passkey',
    recovery_code: 'Recovery codes',
  };
  return factors.map((factor) => names[factor]);
}
