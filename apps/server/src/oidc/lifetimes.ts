import type { KoaContextWithOIDC } from 'oidc-provider';
import { minute, second } from '../platform/platform.ts';
import type { ApplicationOfClient } from './clients.ts';

/** What comes of a sign-in is good no longer than the application may rely on that. */

export const applicationOfClient = (client: object): ApplicationOfClient =>
  (client as { application: ApplicationOfClient }).application;

/** When the sign-in behind a token is too old for the client: milliseconds since 1970. */
export function endOfReliance(token: object, client: object): number {
  const { authTime } = token as { authTime?: number };
  const { session_minutes } = applicationOfClient(client);
  if (session_minutes === null || authTime === undefined) return Infinity;
  return authTime * second + session_minutes * minute;
}

/** Seconds that a new token lives: `most` milliseconds, or what is left of the sign-in behind it. */
export function lifetimeOf(token: object, client: object, most: number, now: number): number {
  const left = endOfReliance(token, client) - now;
  // The library knows no token that is over as it is made; the next use of this one finds it too old.
  return Math.max(1, Math.floor(Math.min(most, left) / second));
}

/** What an access token is made from, which knows when the person signed in. */
export const signInBehind = ({ entities }: KoaContextWithOIDC['oidc']): object =>
  entities.AuthorizationCode ??
  entities.RefreshToken ??
  entities.DeviceCode ??
  entities.BackchannelAuthenticationRequest ??
  {};
