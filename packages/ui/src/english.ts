/** What the shared pieces say, in English. */
export const english = {
  problems: {
    unknown: 'Something went wrong. Try again.',
    offline: 'The server cannot be reached. Check your connection, then try again.',
    tryAgainIn: (time: string) => `Try again in ${time}.`,
    canTryIn: (time: string) => `You can try again in ${time}.`,
    canTryNow: 'You can try again now.',
    seconds: (n: number) => (n === 1 ? '1 second' : `${n} seconds`),
    minutes: (n: number) => (n === 1 ? '1 minute' : `${n} minutes`),
    hours: (n: number) => (n === 1 ? '1 hour' : `${n} hours`),
    /** By the server's codes. What is not here is said in the server's words, which are English. */
    codes: {
      passkey_failed: 'This passkey is not known here; it may have been removed. Use another way to sign in.',
    } as Record<string, string>,
    /** By the server's sentences that say more than a code does, with # for a number. */
    sentences: {} as Record<string, string>,
  },
  ways: {
    another: 'Use another way',
    title: 'How do you want to confirm?',
    push: (device: string) => `Approve on ${device}`,
    totp: 'Code from your authenticator app',
    passkey: 'Passkey',
    recovery_code: 'Recovery code',
    startAgain: 'Start again',
    cancel: 'Cancel',
    tryAgain: 'Try again',
    moment: 'One moment…',
  },
  push: {
    typeNumber: 'Type this number in Countersign Authenticator:',
    numberAloud: (digits: string) => `Type the number ${digits} in Countersign Authenticator.`,
    sending: 'Sending a request to your phone…',
    secondsLeft: (n: number) => `${n} seconds left`,
    seen: 'On your phone now',
    sentTo: (device: string) => `Sent to ${device}`,
    yourPhone: 'your phone',
    asleep: 'Notifications do not reach your phone',
    unseen: 'Nothing on your phone?',
    openApp: 'Open Countersign Authenticator on your phone: the request waits there.',
    orAnother: 'Or use another way.',
    send: 'Send',
    sendReset: 'Send password reset request to mobile device',
    sendTo: (device: string) => `Send to ${device}`,
    sendAgain: 'Send again',
    sendAgainTo: (device: string) => `Send again to ${device}`,
    refused: 'No request was sent',
  },
  endings: {
    approved: 'Approved',
    confirmed: 'Confirmed',
    runOut: { title: 'This sign-in has run out', text: 'It was not finished within ten minutes.' },
    resetRunOut: {
      title: 'This reset has ended',
      text: 'It was not confirmed in time, or it was begun again somewhere else. The password stays as it is.',
    },
    notSent: { title: 'Approve on your phone', text: 'A request is sent to your phone.' },
    expired: {
      title: 'No answer in time',
      text: 'The request on your phone has timed out. Nothing was approved.',
    },
    failed: {
      title: 'That was not the number',
      text: 'Another number was typed on the phone, so the request has ended. A new one shows a new number.',
    },
    cancelled: { title: 'The request was cancelled', text: 'It has ended without an answer.' },
    denied: {
      title: 'Denied on your phone',
      text: 'This sign-in was denied on your phone, so nobody was let in.',
    },
    resetDenied: {
      title: 'Denied on your phone',
      text: 'The reset was denied on your phone, so the password stays as it is. The link is good no longer.',
    },
    reported: {
      title: 'This sign-in was reported',
      text: 'It was answered with “This wasn’t me”. The administrators have been told, and whoever asked was not let in.',
    },
  },
  code: {
    totpTitle: 'Enter your code',
    totpText: 'Open your authenticator app and type the six digits that it shows for this account.',
    totpLabel: 'Verification code',
    recoveryTitle: 'Use a recovery code',
    recoveryText: 'Type one of the codes that you kept when you made them. Each is good once.',
    recoveryLabel: 'Recovery code',
    submit: 'Continue',
    wrong: 'That code is wrong.',
    triesLeft: (n: number) =>
      n === 1 ? 'One more try is left, then codes pause for a while.' : `${n} tries are left.`,
    noTriesLeft: 'From now on codes pause after each wrong one.',
    usedTotp: 'This code has been used. Wait until the app shows the next one.',
    usedRecovery: 'This code has been used. Type another one of your codes.',
    locked: 'Too many wrong codes, so codes of this kind are paused.',
  },
  passkey: {
    title: 'Use your passkey',
    text: 'Confirm with the Face ID, fingerprint, PIN or security key that you set up as a passkey.',
    use: 'Use your passkey',
    cancelled:
      'The browser did not use a passkey: it was cancelled, took too long, or none was found here. Try again.',
    failed: 'The browser could not use a passkey just now. Try again.',
    unsupported: 'This browser cannot use passkeys. Use another browser.',
    exists: 'There is a passkey of this account on this device already.',
  },
  stepUp: { title: 'Confirm that it is you' },
};

export type SharedTexts = typeof english;
