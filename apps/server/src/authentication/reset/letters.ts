import type { Letter } from '../../mail/letter.ts';
import type { UserRow } from '../../users/store.ts';

/** What a password reset is told by, before and after. */

type Person = Pick<UserRow, 'name' | 'login'>;

export const resetLetter = (
  { name, login }: Person,
  { organization, minutes, url }: { organization: string; minutes: number; url: string },
): Letter => ({
  subject: `Reset your password at ${organization}`,
  greeting: name,
  paragraphs: [
    `Somebody asked to reset the password of your account at ${organization}. Your login name is ${login}.`,
    'If it was you, choose a new one, and then confirm that it is you as the page asks.',
  ],
  action: { label: 'Choose a new password', url },
  after: [
    `The link works once, for ${minutes} minutes. If you ask for another, only the newest works.`,
    'If it was not you, do nothing: your password stays as it is. Never pass the link on, and deny what your phone may ask.',
  ],
});

export const resetDoneLetter = ({ name, login }: Person, client: string | null): Letter => ({
  subject: 'Your password was reset',
  greeting: name,
  paragraphs: [
    `The password of your account (${login}) was reset from ${client ?? 'an unknown client'}. Every browser was signed out; sign in with the new password.`,
    'If this was not you, tell your administrator at once.',
  ],
});
