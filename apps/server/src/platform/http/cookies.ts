import type { FastifyReply, FastifyRequest } from 'fastify';
import { bearerOf } from './bearer.ts';

/** The cookies of the browser. With an https issuer they are `Secure` and `__Host-`; plain http (localhost) can have neither. */
export interface Cookies {
  /** Undefined for a call with a Bearer token, whatever cookies it has. */
  read(request: FastifyRequest, name: CookieName): string | undefined;
  /** `maxAge` in seconds; without it the cookie ends with the browser. */
  set(reply: FastifyReply, name: CookieName, value: string, maxAge?: number): void;
  clear(reply: FastifyReply, name: CookieName): void;
}

/** `session`: the User Portal. `admin`: the Admin Portal. `browser`: what binds sign-ins, and familiarity, to this browser. */
export type CookieName = 'session' | 'admin' | 'browser';

/** As the browser has it. */
export const fullNameOf = (name: CookieName, issuer: string): string =>
  `${issuer.startsWith('https:') ? '__Host-' : ''}countersign-${name}`;

export function createCookies(issuer: string): Cookies {
  const secure = issuer.startsWith('https:');
  const fullName = (name: CookieName) => fullNameOf(name, issuer);
  const options = { path: '/', httpOnly: true, sameSite: 'lax', secure } as const;
  return {
    read: (request, name) => (bearerOf(request) === undefined ? request.cookies[fullName(name)] : undefined),
    set: (reply, name, value, maxAge) => void reply.setCookie(fullName(name), value, { ...options, maxAge }),
    clear: (reply, name) => void reply.clearCookie(fullName(name), options),
  };
}
