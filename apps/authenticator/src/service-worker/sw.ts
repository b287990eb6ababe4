/// <reference lib="webworker" />
import { signAnswer } from '@countersign/protocol';
import type { PushMessage, PushRequest } from '@countersign/protocol/wire';
import { listAccounts, type Account } from '../accounts/database.ts';
import { call, serverNow } from '../server/client.ts';
import { codeOf } from '../server/failure.ts';
import { t } from '../texts/texts.ts';
import { restoreTexts } from './texts.ts';

/** The service worker: opens the app offline, shows a notification for every push, and denies without opening the app. */

declare const self: ServiceWorkerGlobalScope;
/** Both are put in by the build: the files that the app needs to open, and their version. */
declare const APP_FILES: string[];
declare const APP_VERSION: string;

const cacheName = `authenticator-${APP_VERSION}`;

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(cacheName)
      .then((cache) => cache.addAll(APP_FILES.map((file) => new Request(file, { cache: 'reload' }))))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      const old = (await caches.keys()).filter(
        (name) => name.startsWith('authenticator-') && name !== cacheName,
      );
      await Promise.all(old.map((name) => caches.delete(name)));
      await self.clients.claim();
    })(),
  );
});

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  const scope = new URL(self.registration.scope);
  const isCall = url.pathname.startsWith(`${scope.pathname}v1/`);
  if (
    event.request.method !== 'GET' ||
    url.origin !== scope.origin ||
    !url.pathname.startsWith(scope.pathname) ||
    isCall
  ) {
    return;
  }
  event.respondWith(event.request.mode === 'navigate' ? openPage(event.request) : openFile(event.request));
});

/** The page of the version whose files are here: at once, and offline too. */
async function openPage(request: Request): Promise<Response> {
  const cache = await caches.open(cacheName);
  return (await cache.match('./')) ?? fetch(request);
}

/** Files have their hash in the name; what is not here yet (the scanner) is kept when it is first used. */
async function openFile(request: Request): Promise<Response> {
  const cache = await caches.open(cacheName);
  const kept = await cache.match(request, { ignoreSearch: true });
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok && request.url.includes('/assets/')) await cache.put(request, response.clone());
  return response;
}

self.addEventListener('push', (event) => {
  event.waitUntil(showPush(event.data?.text()));
});

/** Every push shows a notification: browsers revoke the subscription of an app that takes one silently. */
async function showPush(text: string | undefined): Promise<void> {
  let message: Partial<PushMessage> = {};
  try {
    message = JSON.parse(text ?? '') as PushMessage;
  } catch {
    // Unreadable or empty: the app finds out what it is about.
  }
  await restoreTexts();
  const { id, title = t.app.name, body = t.notification.unknownBody } = message;
  const known = id ? await findRequest(id).catch(() => undefined) : undefined;
  const ended = known && known.request.state !== 'pending';
  const deny = { action: 'deny', title: t.notification.deny };
  await self.registration.showNotification(ended ? t.notification.ended : title, {
    body,
    tag: id,
    icon: 'icon-192.png',
    badge: 'icon-192.png',
    requireInteraction: !ended,
    data: { id },
    // Typed as of before actions; engines without them ignore the member.
    ...({ actions: id && !ended && known?.request.purpose !== 'activation' ? [deny] : [] } as object),
  });
}

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const { id } = event.notification.data as { id?: string };
  event.waitUntil(event.action === 'deny' && id ? denyHere(id) : openApp(id));
});

async function openApp(id: string | undefined): Promise<void> {
  const page = `${self.registration.scope}#${id ? `/requests/${id}` : '/'}`;
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const open = windows.find(({ url }) => url.startsWith(self.registration.scope));
  if (!open) return void (await self.clients.openWindow(page));
  open.postMessage({ kind: 'open-request', id });
  await open.focus();
}

/** Denying needs no more than the presence key, which the worker can use too. */
async function denyHere(id: string): Promise<void> {
  await restoreTexts();
  try {
    const known = await findRequest(id);
    if (!known) return await openApp(id);
    const { account, request } = known;
    const answer = await signAnswer(
      request,
      { decision: 'deny' },
      { issuer: account.issuer, privateKey: account.keys.privateKey, now: serverNow(account) },
    );
    await call(account, 'POST', `/requests/${id}/answer`, { answer, webauthn: null });
  } catch (error) {
    if (codeOf(error) === 'request_already_answered') return;
    await self.registration.showNotification(t.notification.notDenied, {
      body: codeOf(error) === 'request_expired' ? t.notification.hadExpired : t.notification.tryInApp,
      tag: id,
      icon: 'icon-192.png',
      data: { id },
    });
  }
}

/** The push does not say whose request it is: several accounts of one server share this device's subscription. */
async function findRequest(id: string): Promise<{ account: Account; request: PushRequest } | undefined> {
  for (const account of (await listAccounts()).filter(({ revoked }) => !revoked)) {
    try {
      return { account, request: await call<PushRequest>(account, 'GET', `/requests/${id}`) };
    } catch (error) {
      if (codeOf(error) !== 'request_not_found' && codeOf(error) !== 'invalid_proof') throw error;
    }
  }
  return undefined;
}

self.addEventListener('pushsubscriptionchange', ((event: ExtendableEvent) => {
  event.waitUntil(renewSubscription());
}) as EventListener);

/** The push service gave a new address: the server is told at once where that works, else when the app is next opened. */
async function renewSubscription(): Promise<void> {
  for (const account of (await listAccounts()).filter(({ revoked }) => !revoked)) {
    const { vapid_public_key } = (await (await fetch('/.well-known/countersign')).json()) as {
      vapid_public_key: string;
    };
    const subscription = await self.registration.pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: vapid_public_key,
    });
    const { endpoint, keys } = subscription.toJSON();
    await call(account, 'PATCH', '/me', { push_subscription: { endpoint, keys } });
  }
}
