import type { FastifyReply } from 'fastify';

/** What every answer carries. Pages add their Content-Security-Policy (see {@link pagePolicy}). */
export function setSecurityHeaders(reply: FastifyReply, secure: boolean): void {
  void reply.headers({
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'x-frame-options': 'DENY',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    // Answers that are no pages can load and do nothing, whatever they are taken for.
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    ...(secure ? { 'strict-transport-security': 'max-age=31536000; includeSubDomains' } : {}),
  });
}

/**
 * The policy of a page: own files only, styles by nonce, Trusted Types for everything that could become script.
 * `wasm` is for the authenticator's scanner; it allows WebAssembly and no eval.
 */
export const pagePolicy = (nonce: string, { wasm }: { wasm: boolean }): string =>
  [
    "default-src 'none'",
    `script-src 'self'${wasm ? " 'wasm-unsafe-eval'" : ''}`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types default',
  ].join('; ');

/** For scripts: what a worker that is made from one may do. */
export const scriptPolicy =
  "default-src 'none'; script-src 'self'; connect-src 'self'; frame-ancestors 'none'";
