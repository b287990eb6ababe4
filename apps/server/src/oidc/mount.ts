import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import type { App } from '../platform/http/app.ts';
import type { LiveSession, Sessions } from '../sessions/sessions.ts';

/** Hands the provider's paths over to the library, before anything has read the body, with the session that was found. */

const isItsPath = (url: string): boolean => /^\/oidc\/|^\/\.well-known\/openid-configuration(\?|$)/.test(url);

export interface HandedOver {
  session: LiveSession | undefined;
  /** Which a page shows and the log has. */
  requestId: string;
}

/** What belongs to a request that was handed over. */
const handedOver = new WeakMap<IncomingMessage, HandedOver>();
export const handedOverWith = (request: IncomingMessage): HandedOver => handedOver.get(request)!;

export function mountProvider(
  app: App,
  sessions: Sessions,
  issuer: string,
  provider: () => Promise<Provider>,
): void {
  const { host, protocol } = new URL(issuer);
  type Callback = (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  const callbacks = new WeakMap<Provider, Callback>();
  function callbackOf(current: Provider): Callback {
    const callback = callbacks.get(current) ?? current.callback();
    callbacks.set(current, callback);
    return callback;
  }

  app.addHook('onRequest', async (request, reply) => {
    if (!isItsPath(request.url)) return;
    const callback = callbackOf(await provider());
    const session = await sessions.find(request, reply, ['portal', 'admin'], { renew: false });
    const isWhole = session && session.enrollment_required === 0 && session.password_change_required === 0;
    handedOver.set(request.raw, { session: isWhole ? session : undefined, requestId: request.id });
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
