import { applicationIn } from '../applications/applications.ts';
import { browserAsker } from '../sessions/familiarity.ts';
import type { Queryable } from '../platform/store/store.ts';
import { findUser, type UserRow } from '../users/store.ts';
import { hostAskOf, type AuthenticationRow } from './store.ts';

/** Who asks, what for and from where, as far as an authentication tells. */

/** By what the asker of an authentication is known: a browser by its cookie, a host by what it says of where somebody comes from. */
export const askerOf = ({
  purpose,
  browser_hash,
}: Pick<AuthenticationRow, 'purpose' | 'browser_hash'>): string =>
  purpose === 'device_login' ? browser_hash : browserAsker(browser_hash);

/** Nothing was asked before: no password, and on a host nothing that its rule counts as one. */
export const isAlone = (row: Pick<AuthenticationRow, 'purpose' | 'host_login'>): boolean =>
  row.purpose === 'backchannel' || row.purpose === 'verification' || hostAskOf(row)?.first_factor === false;

/** In place of a browser, of purpose `verification`: the administrator who asks. */
export const helpDeskAsker = (administrator: string): string => `help_desk:${administrator}`;

/** The administrator who asks; undefined of every other purpose. */
export const helperOf = async (
  on: Queryable,
  { purpose, browser_hash }: AuthenticationRow,
): Promise<UserRow | undefined> =>
  purpose === 'verification'
    ? findUser.get(on, { id: browser_hash.slice(helpDeskAsker('').length) })
    : undefined;

/** What somebody wants to get into, as the rules of the policies name it. */
export function targetOf({
  purpose,
  resource,
  host_login,
}: Pick<AuthenticationRow, 'purpose' | 'resource' | 'host_login'>): string {
  // No rule is about whether a caller is who they say.
  if (purpose === 'verification') return 'verification';
  if (purpose === 'password_reset') return 'password_reset';
  if (purpose === 'device_login') return `host_group:${hostAskOf({ host_login })!.host_group}`;
  if (purpose === 'admin_login' || resource === 'act:admin') return 'admin';
  return resource !== null && applicationIn(resource) !== undefined ? resource : 'portal';
}
