import type { HostLogin } from '@countersign/protocol/wire';

/** What people read. sshd before OpenSSH 10.3 shows nothing but the prompt, so all of it is there. */

export const isWaiting = ({ state, push }: HostLogin): boolean =>
  // Between the answer of the phone and the end of the login it is approved, and not yet allowed.
  state === 'challenge' && (push?.state === 'pending' || push?.state === 'approved');

/** Windows' login window waits for the phone by itself: nobody has to press Enter there. */
const isWindowsLogin = (service: string): boolean =>
  service === 'windows-logon' || service === 'windows-unlock';

export function promptOf(login: HostLogin, said: string | undefined, service: string): string {
  const { push, code } = login;
  const before = said === undefined ? '' : `${said} `;
  if (!isWaiting(login)) return `${before || sentence(login.reason)}Type a code: `;
  const number = push!.number === null ? '' : ` (number ${push!.number})`;
  const enter = isWindowsLogin(service) ? '.' : ', then press Enter.';
  const request =
    said === undefined
      ? `A request was sent to your phone${number}. Approve it${enter}`
      : `${said} Approve the request on your phone${number}${enter}`;
  return code ? `${request} Or type a code: ` : `${request} `;
}

const sentence = (reason: string | null): string => (reason ? `${reason.trim()} ` : '');

export const texts = {
  requestSent: 'A request was sent to your phone. Approve it.',
  denied: 'The request was denied on the phone.',
  expired: 'The request has expired.',
  timeUp: 'The time to log in is over.',
  wrongCode: 'The code is wrong.',
  noCode: 'That is no code.',
  offlineCodeOnline: 'That is an offline code, and the server can be reached.',
  tooManyCodes: 'Too many wrong codes.',
  cannotAsk: 'A number cannot be shown here. Log in where a prompt can.',
  nothingLeft: 'There is nothing left to log in with.',
  badVerdict: 'The answer of the server does not hold. The log of this host says why.',
  away: 'The server that approves logins cannot be reached.',
  awayAlone: 'The server that approves logins cannot be reached, and nothing else was asked for here.',
  awayNoCodes: 'The server that approves logins cannot be reached, and this service takes no offline codes.',
  serviceDenied: 'Nobody logs in on this host by this service.',
  offlineNone:
    'The server that approves logins cannot be reached, and there is no offline code for you on this host.',
  offlineLocked: 'Offline codes are locked until the server is back.',
  offlineWornOut:
    'Too many offline codes were wrong: yours are locked on this host until your phone is enrolled anew.',
  offlineAsk: (host: string) =>
    `The server cannot be reached. Type the code that your app shows for ${host}: `,
  offlineAgain: (host: string) => `The code is wrong. Type the code that your app shows for ${host}: `,
  notWritten: 'This host cannot write down this login. Its log says why.',
};
