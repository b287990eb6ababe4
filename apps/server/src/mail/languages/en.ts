import type { Letter } from '../letter.ts';

/** Every mail, in English; what it takes are facts, never words. Another language has the same names (`satisfies Letters`). */

/** Who did it, by login and by name. */
interface Person {
  login: string;
  name: string;
}
/** Where something came from; null where that is not known. */
interface Place {
  client: string | null;
  ip: string | null;
}

const unlessYou = {
  removePhone:
    'If this was not you, sign in, open Security and remove the phone, or tell your administrator at once.',
  changeBack:
    'If this was not you, sign in, open Security and change it back, or tell your administrator at once.',
  tell: 'If this was not you, tell your administrator at once.',
};
/** In UTC: nobody's time zone is known here. */
const dateTime = (at: number) =>
  `${new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).format(at)} UTC`;
const from = ({ client, ip }: Place) => `${client ?? 'an unknown client'} at ${ip ?? 'an unknown address'}`;
const noPushMeanwhile = 'Sign-ins from unfamiliar browsers get no push for 30 minutes';

export const en = {
  greeting: (name: string): string => `Hello ${name},`,

  invitation: (organization: string, login: string, url: string): Letter => ({
    subject: `Your account at ${organization}`,
    paragraphs: [
      `An account was made for you at ${organization}. Your login name is ${login}.`,
      'Choose a password to begin. The link works once, for seven days.',
    ],
    action: { label: 'Choose a password', url },
  }),
  getApp: (organization: string, url: string): Letter => ({
    subject: 'Get Countersign Authenticator',
    paragraphs: [
      `Open this link on the phone with which you want to approve your sign-ins to ${organization}, and add the app to its home screen.`,
      'Then open the app, tap Add account, and scan the code that the User Portal shows.',
    ],
    action: { label: 'Open Countersign Authenticator', url },
  }),

  /** `when`: from then on a second factor is needed, milliseconds since 1970; or it is by now, or an administrator asks. */
  enrol: (organization: string, when: number | 'now' | 'asked', url: string): Letter => ({
    subject: `Set up a second factor at ${organization}`,
    paragraphs: [
      when === 'asked'
        ? `Your account at ${organization} is protected by its password alone. Your administrator asks you to set up a second factor, so that a stolen password is not enough to get in as you.`
        : when === 'now'
          ? `You need a second factor to sign in to ${organization}, and your account has none yet.`
          : `From ${dateTime(when)} you need a second factor to sign in to ${organization}. Your account has none yet.`,
      'It takes a few minutes: sign in to the User Portal as ever, and follow what it shows.',
    ],
    action: { label: 'Open the User Portal', url },
    after: [
      'You need not trust this link: type the address of the portal as you know it. Nobody will ask you for your password or a code by mail or by phone.',
    ],
  }),

  passwordReset: (organization: string, login: string, minutes: number, url: string): Letter => ({
    subject: `Reset your password at ${organization}`,
    paragraphs: [
      `Somebody asked to reset the password of your account at ${organization}. Your login name is ${login}.`,
      'If it was you, choose a new one, and then confirm that it is you as the page asks.',
    ],
    action: { label: 'Choose a new password', url },
    after: [
      `The link works once, for ${minutes} minutes. If you ask for another, only the newest works.`,
      'If it was not you, do nothing: your password stays as it is. Never pass the link on, and deny what your phone may ask.',
    ],
  }),
  passwordWasReset: (login: string, client: string | null): Letter => ({
    subject: 'Your password was reset',
    paragraphs: [
      `The password of your account (${login}) was reset from ${client ?? 'an unknown client'}. Every browser was signed out; sign in with the new password.`,
      unlessYou.tell,
    ],
  }),
  passwordChanged: (): Letter => ({
    subject: 'Your password was changed',
    paragraphs: [
      'Your password was changed in the User Portal, and your other browsers were signed out.',
      unlessYou.tell,
    ],
  }),

  emailChanged: (email: string): Letter => ({
    subject: 'Your e-mail address was changed',
    paragraphs: [
      `An administrator changed the e-mail address of your account to ${email}. Mail about your account, and links to reset your password, go there from now on.`,
      'If you did not expect this, tell your administrator at once.',
    ],
  }),
  mfaReset: (): Letter => ({
    subject: 'Your sign-in methods were removed',
    paragraphs: [
      'An administrator removed every phone, verification code, passkey and recovery code from your account, and signed you out everywhere. To set up new ones, sign in with your password and the one-time code that your administrator gives you.',
      'If you did not ask for this, tell your administrator at once.',
    ],
  }),

  phoneAdded: (device: string): Letter => ({
    subject: 'A phone was added to your account',
    paragraphs: [
      `"${device}" now approves your sign-ins with Countersign Authenticator.`,
      'If this was not you, sign in, open Security and remove it, or tell your administrator at once.',
    ],
  }),
  // Whoever took an account over holds the only phone that could confirm its removal.
  phoneMoved: (device: string): Letter => ({
    subject: 'A phone was added to your account',
    paragraphs: [
      `"${device}" now approves your sign-ins with Countersign Authenticator.`,
      'If this was not you, tell your administrator at once: they can take it away.',
    ],
  }),
  phoneRemoved: (
    device: string,
    by: 'portal' | 'app' | 'replacement' | 'administrator' | 'not_my_phone',
  ): Letter => ({
    subject: by === 'replacement' ? 'Your phone was replaced' : 'A phone was removed from your account',
    paragraphs: [
      {
        portal: `Your phone "${device}" was removed from your account in the User Portal.`,
        app: `Your account was deleted in Countersign Authenticator on "${device}".`,
        replacement: `Another phone now approves your sign-ins. "${device}" no longer does.`,
        administrator: `An administrator removed your phone "${device}" from your account.`,
        not_my_phone: `"${device}" was enrolled, and removed at once as "Not my phone".`,
      }[by],
      'If this was you, there is nothing to do. If it was not, sign in and check your security, or tell your administrator.',
    ],
  }),
  checkAdded: (device: string): Letter => ({
    subject: 'Your phone now makes sure that it is you',
    paragraphs: [
      `A face, finger or passcode check was added to "${device}". It confirms with it from now on.`,
      unlessYou.removePhone,
    ],
  }),
  checkReplaced: (device: string): Letter => ({
    subject: 'The check of your phone was replaced',
    paragraphs: [
      `The face, finger or passcode check of "${device}" was replaced, on the word of the one before.`,
      unlessYou.removePhone,
    ],
  }),

  totpAdded: (): Letter => ({
    subject: 'Verification codes were set up',
    paragraphs: [
      'Your account can now be signed in to with the codes of an authenticator app.',
      unlessYou.changeBack,
    ],
  }),
  totpRemoved: (): Letter => ({
    subject: 'Verification codes were removed',
    paragraphs: [
      'The codes of your authenticator app no longer sign in to your account.',
      unlessYou.changeBack,
    ],
  }),
  passkeyAdded: (name: string): Letter => ({
    subject: 'A passkey was added to your account',
    paragraphs: [`The passkey "${name}" now signs in to your account.`, unlessYou.changeBack],
  }),
  passkeyRemoved: (name: string): Letter => ({
    subject: 'A passkey was removed from your account',
    paragraphs: [`The passkey "${name}" no longer signs in to your account.`, unlessYou.changeBack],
  }),
  recoveryCodesMade: (): Letter => ({
    subject: 'New recovery codes were made',
    paragraphs: [
      'Ten recovery codes were made for your account. Those that you may have had before are good no longer.',
      'If this was not you, sign in, open Security and make new ones, or tell your administrator at once.',
    ],
  }),
  recoveryCodeUsed: (left: number): Letter => ({
    subject: 'A recovery code was used',
    paragraphs: [
      `One of your recovery codes was used. ${left === 0 ? 'None is left' : left === 1 ? 'One is left' : `${left} are left`}: make new ones under Security when you need them.`,
      unlessYou.tell,
    ],
  }),
  factorLocked: (kind: 'totp' | 'recovery_code', tries: number): Letter => ({
    subject: 'Wrong codes were typed for your account',
    paragraphs: [
      `Somebody typed ${tries} wrong ${kind === 'totp' ? 'verification codes' : 'recovery codes'} in a row after your password. Codes of that kind are paused for a while; your other ways of signing in are not.`,
      'If this was not you, somebody knows your password: change it, or tell your administrator at once.',
    ],
  }),

  // To administrators.
  signInReported: ({ login, name }: Person, place: Place): Letter => ({
    subject: `${login} reported a sign-in that was not theirs`,
    paragraphs: [
      `${name} (${login}) answered a sign-in request with "This wasn't me". It came from ${from(place)}.`,
      `Whoever asked knows the password. ${noPushMeanwhile}; see to it that the password is changed.`,
    ],
  }),
  verificationReported: ({ login, name }: Person, helper: Person): Letter => ({
    subject: `${login} did not call the help desk`,
    paragraphs: [
      `${name} (${login}) answered a verification push with "This wasn't me". ${helper.name} (${helper.login}) had asked whether they were calling the help desk.`,
      `Whoever called gave themselves out for them: do nothing that the caller asked for, and undo what was done. ${noPushMeanwhile}.`,
    ],
  }),
  hostLoginReported: ({ login, name }: Person, host: string, place: Place): Letter => ({
    subject: `${login} reported a login on ${host} that was not theirs`,
    paragraphs: [
      `${name} (${login}) answered "This wasn't me" when ${host} asked whether they log in there. It came from ${from(place)}.`,
      `Whoever asked may know what they log in with on that host. ${noPushMeanwhile}; see to it that passwords and keys are changed.`,
    ],
  }),
  webhookDisabled: (origin: string, reason: string): Letter => ({
    subject: `Webhook to ${origin} was turned off`,
    paragraphs: [
      `${origin} has taken no event for a day, or wants no more, so it is told of none from now on. The last try failed: ${reason}.`,
      'When it works again, turn the webhook on in the Admin Portal. What waits is kept for a week; what happens until then is not told.',
    ],
  }),
  brokenGlass: (host: string, localUser: string): Letter => ({
    subject: `${host} let the emergency account in`,
    paragraphs: [
      `While it could not reach the server, the host ${host} let "${localUser}" in on its console without a second factor.`,
      'If nobody of yours was at that machine, look into it at once.',
    ],
  }),
  passwordResetReported: ({ login, name }: Person, place: Place): Letter => ({
    subject: `${login} reported a password reset that was not theirs`,
    paragraphs: [
      `${name} (${login}) answered a request to reset their password with "This wasn't me". It came from ${from(place)}. The password is unchanged.`,
      `Whoever asked has the mailed link, so they read the mailbox of this person: see to it that it is secured. ${noPushMeanwhile}.`,
    ],
  }),
  transferReported: ({ login, name }: Person, device: string | null): Letter => ({
    subject: `${login} reported a new phone that was not theirs`,
    paragraphs: [
      `${name} (${login}) answered "This wasn't me" when their phone was asked to hand the account on to ${device === null ? 'another phone' : `"${device}"`}. The new phone was dropped.`,
      `Whoever began it could unlock their phone. ${noPushMeanwhile}; talk to them.`,
    ],
  }),
  activityReported: ({ login, name }: Person, eventType: string, place: Place): Letter => ({
    subject: `${login} reported something that was not theirs`,
    paragraphs: [
      `${name} (${login}) said "This wasn't me" of "${eventType}" from ${from(place)}.`,
      `Their other browsers were signed out, and they must choose another password. ${noPushMeanwhile}.`,
    ],
  }),
};

export type Letters = typeof en;
