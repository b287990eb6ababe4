/// <reference lib="webworker" />
import { answerHere } from './answers.ts';
import { keepScanner, openFile, openPage, prepare, takeOver } from './files.ts';
import { openApp, renewSubscription } from './app.ts';
import { showPush } from './push.ts';
import type { NotificationData } from '../notifications/close.ts';

/** The service worker: opens the app offline, shows a notification for every push, and answers on it where that is enough. */

declare const self: ServiceWorkerGlobalScope;

self.addEventListener('install', (event) => {
  event.waitUntil(prepare().then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(takeOver());
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

self.addEventListener('message', (event) => {
  const { kind } = event.data as { kind?: string };
  if (kind === 'keep-scanner') event.waitUntil(keepScanner());
});

self.addEventListener('push', (event) => {
  event.waitUntil(showPush(event.data?.text()));
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const { id } = (event.notification.data ?? {}) as NotificationData;
  event.waitUntil(onClick(event.action, id));
});

function onClick(action: string, id: string | undefined): Promise<void> {
  if (id === undefined || action === '') return openApp(id);
  return answerHere(id, action === 'approve' ? 'approve' : 'deny');
}

self.addEventListener('pushsubscriptionchange', ((event: ExtendableEvent) => {
  event.waitUntil(renewSubscription());
}) as EventListener);
