import type { FastifyRequest } from 'fastify';

/**
 * What a call carries as `Authorization: Bearer` (RFC 6750 section 2.1), be it empty; undefined where it carries none. A
 * call with one stands on that alone: its cookies are not read, so it needs no Origin.
 */
export const bearerOf = ({ headers }: Pick<FastifyRequest, 'headers'>): string | undefined =>
  /^Bearer(?: +|$)(.*)$/is.exec(headers.authorization ?? '')?.[1];
