import type { Settings } from '@countersign/protocol/wire';
import { Refusal } from '../platform/http/refusal.ts';
import { isRequiredOfAll } from '../settings/settings.ts';

/** What a password must be (SP 800-63B-4 section 3.1.1.2): long enough and not a common one. No composition rules. */

/** Characters; more where not everybody must have a second factor yet. `now`: milliseconds since 1970. */
export const minimumLength = (settings: Settings, now: number): number =>
  isRequiredOfAll(settings, now) ? 8 : 15;

let common: Promise<Set<string>> | undefined;
/** Some 49,000 passwords that are tried first. Loaded when a password is first chosen. */
const commonPasswords = (): Promise<Set<string>> =>
  (common ??= import('@zxcvbn-ts/language-common').then(
    ({ dictionary }) => new Set(dictionary['passwords-common'].map((word) => word.toLowerCase())),
  ));

/** Why a password will not do, in words for its owner; empty where it will. `person`: what others know of them. */
export async function weaknesses(
  password: string,
  settings: Settings,
  person: readonly string[],
  now: number,
): Promise<string[]> {
  const reasons: string[] = [];
  const least = minimumLength(settings, now);
  const lower = password.normalize('NFC').toLowerCase();
  if ([...password.normalize('NFC')].length < least)
    reasons.push(`It must have at least ${least} characters.`);
  if ((await commonPasswords()).has(lower)) reasons.push('It is one of the most common passwords.');
  if (person.some((word) => word.length >= 4 && lower === word.toLowerCase())) {
    reasons.push('It is your name, login name or e-mail address.');
  }
  if (/^(.)\1*$/u.test(lower) && lower !== '') reasons.push('It is one character again and again.');
  return reasons;
}

/** @throws Refusal 422 `weak_password` with the reasons. */
export async function demandStrength(
  password: string,
  settings: Settings,
  person: readonly string[],
  now: number,
): Promise<void> {
  const reasons = await weaknesses(password, settings, person, now);
  if (reasons.length > 0) throw new Refusal('weak_password', { reasons, detail: reasons.join(' ') });
}
