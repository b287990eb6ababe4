import { browserAsker } from '../sessions/familiarity.ts';
import { hostAskOf, type AuthenticationRow } from './store.ts';

/** By what the asker of an authentication is known: a browser by its cookie, a host by what it says of where somebody comes from. */
export const askerOf = ({ purpose, browser_hash }: AuthenticationRow): string =>
  purpose === 'device_login' ? browser_hash : browserAsker(browser_hash);

/** Nothing was asked before: no password, and on a host nothing that its rule counts as one. */
export const isAlone = (row: AuthenticationRow): boolean =>
  row.purpose === 'backchannel' || hostAskOf(row)?.first_factor === false;
