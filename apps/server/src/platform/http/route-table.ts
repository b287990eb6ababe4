import type { App } from './app.ts';

/** Which methods an address takes, so that a wrong one is answered 405 with `Allow` (RFC 9110 section 15.5.6), not 404. */

const tables = new WeakMap<App, { pattern: RegExp; method: string }[]>();

export function rememberRoutes(app: App): void {
  const table: { pattern: RegExp; method: string }[] = [];
  tables.set(app, table);
  app.addHook('onRoute', ({ url, method }) => {
    // The faces' catch-all pages are no addresses of calls.
    if (url.includes('*')) return;
    const pattern = new RegExp(`^${url.replace(/[.]/g, '\\.').replace(/:\w+/g, '[^/]+')}$`);
    for (const one of [method].flat()) table.push({ pattern, method: one });
  });
}

export function methodsOf(app: App, url: string): string[] {
  const path = url.split('?')[0]!;
  const found = (tables.get(app) ?? [])
    .filter(({ pattern }) => pattern.test(path))
    .map(({ method }) => method);
  return [...new Set(found)].sort();
}
