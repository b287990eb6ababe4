import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import type { App } from '../platform/http/app.ts';
import { askerOf } from '../platform/http/asker.ts';
import { renderPlainPage } from '../platform/http/plain-page.ts';
import { isStoreUnavailable } from '../platform/store/errors.ts';
import type { LiveSession, Sessions } from '../sessions/sessions.ts';
import { unavailablePage } from './pages.ts';

/** Hands the provider's paths over to the library, before anything has read the body, with the session that was found. */

const isItsPath = (url: string): boolean => /^\/oidc\/|^\/\.well-known\/openid-configuration(\?|$)/.test(url);

export interface HandedOver {
  session: LiveSession | undefined;
  /** Who asks. */
  ip: string;
  /** Which a page shows and the log has. */
  requestId: string;
}

/** What belongs to a request that was handed over. */
const handedOver = new WeakMap<IncomingMessage, HandedOver>();
export const handedOverWith = (request: IncomingMessage): HandedOver => handedOver.get(request)!;

type Callback = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export function mountProvider(
  app: App,
  sessions: Sessions,
  issuer: string,
  provider: () => Promise<Provider>,
): void {
  const { host, protocol } = new URL(issuer);
  const callbacks = new WeakMap<Provider, Callback>();

  app.addHook('onRequest', async (request, reply) => {
    if (!isItsPath(request.url)) return;
    let callback: Callback;
    let session: LiveSession | undefined;
    try {
      const current = await provider();
      callback = callbacks.get(current) ?? current.callback();
      callbacks.set(current, callback);
      session = await sessions.find(request, reply, ['portal', 'admin'], { renew: false });
    } catch (error) {
      // Programs are told as by every other path.
      if (!isStoreUnavailable(error) || !request.headers.accept?.includes('text/html')) throw error;
      request.log.error(
        { request_id: request.id, reason: (error as Error).message },
        'the store is unavailable',
      );
      const { html, policy } = renderPlainPage(unavailablePage(request.id));
      const headers = { 'content-security-policy': policy, 'retry-after': '5', 'cache-control': 'no-store' };
      return reply.status(503).headers(headers).type('text/html; charset=utf-8').send(html);
    }
    const isWhole = session && session.enrollment_required === 0 && session.password_change_required === 0;
    handedOver.set(request.raw, {
      session: isWhole ? session : undefined,
      ip: askerOf(request).ip,
      requestId: request.id,
    });
    // Where people reach the server is configured; a header of the request has no say in it.
    Object.assign(request.raw.headers, {
      'x-forwarded-proto': protocol.slice(0, -1),
      'x-forwarded-host': host,
      'x-forwarded-for': request.ip,
    });
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value !== undefined) reply.raw.setHeader(name, value);
    }
    // What the library shows by itself is a form that sends itself on; it adds its script's hash to this.
    reply.raw.setHeader(
      'content-security-policy',
      "default-src 'none'; script-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    );
    reply.hijack();
    await callback(request.raw, reply.raw);
  });
}
