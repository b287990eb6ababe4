import { go } from './routing.ts';
import { serviceWorkerUrl } from './trusted-types.ts';

/** Registers the service worker, takes its messages, and moves to a new version when nothing is being decided. */

/** What is done at these addresses is not thrown away by an update: it waits until the person goes on. */
const busy = /^#\/(requests|activate|add|import|verification-key|settings\/backup|accounts\/[^/]+\/)/;
/** The scanner is fetched when the app has long been drawn, in milliseconds. */
const scannerAfter = 3_000;

export async function registerServiceWorker(): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  let hadOne = navigator.serviceWorker.controller !== null;
  let reloading = false;
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    // The first one takes over a page that is current anyway.
    const isFirst = !hadOne;
    hadOne = true;
    if (isFirst || reloading) return;
    const reload = () => {
      if (reloading || busy.test(location.hash)) return;
      reloading = true;
      location.reload();
    };
    reload();
    addEventListener('hashchange', reload);
  });
  navigator.serviceWorker.addEventListener(
    'message',
    ({ data, ports }: MessageEvent<{ kind?: string; id?: string }>) => {
      if (data.kind !== 'open-request') return;
      if (data.id) go(`/requests/${data.id}`);
      // The worker waits for it: a page that does not say so is loaded anew.
      ports[0]?.postMessage('going');
    },
  );
  navigator.serviceWorker.startMessages();
  await navigator.serviceWorker.register(serviceWorkerUrl);
  const { active } = await navigator.serviceWorker.ready;
  setTimeout(() => active?.postMessage({ kind: 'keep-scanner' }), scannerAfter);
}
