import { go } from './routing.ts';
import { serviceWorkerUrl } from './trusted-types.ts';

/** Registers the service worker, takes its messages, and moves to a new version when nothing is being decided. */
export async function registerServiceWorker(): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  const hadOne = navigator.serviceWorker.controller !== null;
  let reloading = false;
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    // The first one takes over a page that is current anyway.
    if (!hadOne || reloading) return;
    const reload = () => {
      if (reloading || /^#\/(requests|activate|add|import|settings\/backup)/.test(location.hash)) return;
      reloading = true;
      location.reload();
    };
    reload();
    addEventListener('hashchange', reload);
  });
  navigator.serviceWorker.addEventListener(
    'message',
    ({ data }: MessageEvent<{ kind?: string; id?: string }>) => {
      if (data.kind === 'open-request' && data.id) go(`/requests/${data.id}`);
    },
  );
  await navigator.serviceWorker.register(serviceWorkerUrl);
}
