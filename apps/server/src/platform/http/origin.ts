import type { FastifyRequest } from 'fastify';
import { bearerOf } from './bearer.ts';
import { Refusal } from './refusal.ts';

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Cross-site request forgery: an unsafe call that carries no Bearer token must come from a page of the issuer, by
 * `Origin`, or, where a browser sends none, by `Sec-Fetch-Site`. Signing in is no exception.
 */
export function demandOwnOrigin(request: FastifyRequest, issuer: string): void {
  if (safeMethods.has(request.method) || bearerOf(request) !== undefined) return;
  const { origin, 'sec-fetch-site': site } = request.headers;
  if (origin === undefined ? site !== 'same-origin' : origin !== issuer)
    throw new Refusal('origin_not_allowed');
}
