import type { FastifyReply } from 'fastify';

/**
 * CORS of the authenticator's calls: any origin, since no cookie is read and what counts is signed. On every answer, so
 * that an app from elsewhere can read a refusal too. Does nothing for other addresses.
 */
export function allowAnyOrigin(reply: FastifyReply, url: string): void {
  if (!url.startsWith('/authenticator/v1/') && !url.startsWith('/.well-known/countersign')) return;
  void reply.headers({
    'cache-control': 'no-store',
    'access-control-allow-origin': '*',
    'access-control-expose-headers': 'Date, Retry-After',
    'cross-origin-resource-policy': 'cross-origin',
    date: new Date().toUTCString(),
  });
}
