/// <reference lib="webworker" />

/** The app's files, kept so that it opens without a connection. */

declare const self: ServiceWorkerGlobalScope;
/** All three are put in by the build: what the app needs to open, what scans a code, and the version of both. */
declare const APP_FILES: string[];
declare const SCANNER_FILES: string[];
declare const APP_VERSION: string;

const cacheName = `authenticator-${APP_VERSION}`;

export async function prepare(): Promise<void> {
  const cache = await caches.open(cacheName);
  await cache.addAll(APP_FILES.map((file) => new Request(file, { cache: 'reload' })));
}

export async function takeOver(): Promise<void> {
  const old = (await caches.keys()).filter((name) => name.startsWith('authenticator-') && name !== cacheName);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

/**
 * The scanner is large, so neither the first opening nor an update waits for it: the open page asks for it afterwards.
 * What could not be fetched is fetched at the next opening.
 */
export async function keepScanner(): Promise<void> {
  const cache = await caches.open(cacheName);
  for (const file of SCANNER_FILES) {
    if (!(await cache.match(file, { ignoreSearch: true }))) await cache.add(file).catch(() => {});
  }
}

/** The page of the version whose files are here: at once, and offline too. */
export async function openPage(request: Request): Promise<Response> {
  const cache = await caches.open(cacheName);
  return (await cache.match('./')) ?? fetch(request);
}

/** Files have their hash in the name; what is not here yet is kept when it is first used. */
export async function openFile(request: Request): Promise<Response> {
  const cache = await caches.open(cacheName);
  const kept = await cache.match(request, { ignoreSearch: true });
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok && request.url.includes('/assets/')) await cache.put(request, response.clone());
  return response;
}
