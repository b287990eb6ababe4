import type { App } from './app.ts';
import type { Metrics } from '../metrics.ts';
import { allowAnyOrigin } from './cors.ts';
import { demandOwnOrigin } from './origin.ts';
import { setSecurityHeaders } from './security-headers.ts';

/** What holds for every request, whatever it asks for: headers, the Origin rule, CORS of the authenticator's calls, timing. */
export function guardRequests(app: App, issuer: string, metrics: Metrics): void {
  const secure = issuer.startsWith('https:');

  app.addHook('onRequest', async (request, reply) => {
    setSecurityHeaders(reply, secure);
    const { url } = request;
    if (url.startsWith('/api/')) {
      void reply.header('cache-control', 'no-store');
      demandOwnOrigin(request, issuer);
    }
    if (url.startsWith('/host/')) void reply.header('cache-control', 'no-store');
    allowAnyOrigin(reply, url);
  });

  for (const path of ['/authenticator/v1/*', '/.well-known/countersign']) {
    app.options(path, { schema: { hide: true } }, (_request, reply) =>
      reply
        .headers({
          'access-control-allow-methods': 'GET, POST, PATCH, DELETE',
          'access-control-allow-headers': 'DPoP, Content-Type',
          'access-control-max-age': '7200',
        })
        .status(204)
        .send(),
    );
  }

  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    metrics.timeRequest(route, request.method, reply.statusCode, reply.elapsedTime / 1000);
  });

  app.addHook('onRoute', ({ schema, url }) => {
    // "No route left out": a call without a description would be missing from the OpenAPI document.
    if (url.startsWith('/api/') && !schema) throw new Error(`${url} has no schema`);
  });
}
