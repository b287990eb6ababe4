/// <reference lib="webworker" />
import {
  chromium,
  devices,
  type BrowserContext,
  type CDPSession,
  type Locator,
  type Page,
} from '@playwright/test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromiumOptions } from './chromium.ts';
import type { Desktop } from '../../support/desktop.ts';
import type { PushService } from './push-service.ts';

/**
 * A phone-shaped Chromium with a camera that shows what it is given, a platform authenticator for WebAuthn, and Web Push.
 * Chromium subscribes with Google's service only, so `subscribe` gives the subscription of the test's own push service;
 * what the server sends there is decrypted and handed to the service worker as the real thing.
 */
export interface PhoneBrowser extends AsyncDisposable {
  readonly page: Page;
  /** Shows a QR code of another page to this phone's camera. */
  show(qrCode: Locator): Promise<void>;
  /** From now on the camera sees nothing. */
  cover(): Promise<void>;
  /** Hands the next message of the push service to the service worker. Resolves to its payload. */
  deliverPush(): Promise<{ id: string; title: string; body: string }>;
  /** Whether the person passes user verification from now on. */
  setUserVerified(verified: boolean): Promise<void>;
}

export interface PhoneOptions {
  url: string;
  push: PushService;
  colorScheme?: 'light' | 'dark';
  /** Without notifications: the app works while it is open. */
  notifications?: 'granted' | 'denied';
  device?: (typeof devices)[string];
  /** The device's language. */
  locale?: string;
  /** Whether the platform authenticator has the PRF extension (one refusal of the person then locks it for good). */
  prf?: boolean;
  /** Notifications are shown there, as the system's own; without it nobody sees them. */
  desktop?: Pick<Desktop, 'env'>;
}

export async function launchPhone(options: PhoneOptions): Promise<PhoneBrowser> {
  const {
    url,
    push,
    colorScheme = 'light',
    notifications = 'granted',
    device = devices['Pixel 7'],
    prf = false,
    locale = 'en-US',
    desktop,
  } = options;
  const folder = await mkdtemp(join(tmpdir(), 'countersign-camera-'));
  const video = join(folder, 'camera.y4m');
  const cover = () => writeFile(video, y4m(640, 480, new Uint8Array(640 * 480).fill(120)));
  await cover();
  const { executablePath, args } = chromiumOptions();
  const launching = {
    executablePath,
    args: [
      ...args,
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-video-capture=${video}`,
    ],
  };
  const looks = { ...device, baseURL: url, colorScheme, locale };
  // Only a context with a profile shows notifications of the system.
  const context = desktop
    ? await chromium.launchPersistentContext(join(folder, 'profile'), {
        ...launching,
        ...looks,
        env: { ...process.env, ...desktop.env },
      })
    : await (await chromium.launch(launching)).newContext(looks);
  await context.grantPermissions(notifications === 'granted' ? ['notifications', 'camera'] : ['camera'], {
    origin: url,
  });
  await context.addInitScript(stubPush, push.subscription);
  const page = await context.newPage();
  // Not the whole time of a test for one click that cannot be made.
  page.setDefaultTimeout(30_000);
  const authenticator = await addPlatformAuthenticator(page, prf);
  const deliver = await openDelivery(page, url);
  return {
    page,
    async show(qrCode) {
      const { width, height, luma } = await lumaOf(context, await qrCode.screenshot());
      await writeFile(video, y4m(width, height, luma));
    },
    cover,
    async deliverPush() {
      const payload = await push.next();
      await deliver(payload);
      return JSON.parse(payload) as { id: string; title: string; body: string };
    },
    setUserVerified: authenticator,
    async [Symbol.asyncDispose]() {
      await (context.browser() ?? context).close();
      // The browser's last processes may still write.
      await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}

/** Runs in the page. */
function stubPush(subscription: { endpoint: string }): void {
  if (typeof PushManager === 'undefined') return;
  // It outlives the page, as a browser's does; each key has an address of its own.
  const kept = 'subscribed for';
  const make = (key: string) => ({
    options: {
      applicationServerKey: Uint8Array.from(key.split(',').map(Number)).buffer,
      userVisibleOnly: true,
    },
    toJSON: () => ({ ...subscription, endpoint: `${subscription.endpoint}?for=${key.slice(0, 30)}` }),
    unsubscribe: async () => {
      localStorage.removeItem(kept);
      return true;
    },
  });
  const current = () => {
    const key = localStorage.getItem(kept);
    return key === null ? null : make(key);
  };
  Object.defineProperty(PushManager.prototype, 'getSubscription', { value: async () => current() });
  Object.defineProperty(PushManager.prototype, 'subscribe', {
    value: async ({ applicationServerKey }: { applicationServerKey: Uint8Array }) => {
      const present = localStorage.getItem(kept);
      // W3C Push API, subscribe(): another key while a subscription is there.
      if (present !== null && present !== applicationServerKey.join())
        throw new DOMException('a subscription for another key is there', 'InvalidStateError');
      localStorage.setItem(kept, applicationServerKey.join());
      return current();
    },
  });
}

/** Gives a page's device Face ID, fingerprint or PIN. Returns what decides whether they recognise the person. */
export async function addPlatformAuthenticator(
  page: Page,
  hasPrf = false,
): Promise<(verified: boolean) => Promise<void>> {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      ctap2Version: 'ctap2_1',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
      hasPrf,
    },
  });
  return async (isUserVerified) => {
    await session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
  };
}

/** What hands messages to the service worker. Its session stays: detaching one would end the virtual authenticator too. */
async function openDelivery(page: Page, origin: string): Promise<(data: string) => Promise<void>> {
  const session: CDPSession = await page.context().newCDPSession(page);
  const registered = new Promise<string>((resolve) =>
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const found = registrations.find(({ scopeURL }) => scopeURL.endsWith('/authenticator/'));
      if (found) resolve(found.registrationId);
    }),
  );
  await session.send('ServiceWorker.enable');
  return async (data) => {
    await session.send('ServiceWorker.deliverPushMessage', {
      origin,
      registrationId: await registered,
      data,
    });
  };
}

/** Draws a picture into the middle of a camera's frame and returns its brightness. */
async function lumaOf(
  context: BrowserContext,
  png: Buffer,
): Promise<{ width: number; height: number; luma: Uint8Array }> {
  const page = await context.newPage();
  const brightness = await page.evaluate(async (base64) => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob());
    const canvas = new OffscreenCanvas(640, 480);
    const drawing = canvas.getContext('2d')!;
    drawing.fillStyle = '#888';
    drawing.fillRect(0, 0, 640, 480);
    drawing.drawImage(image, 140, 60, 360, 360);
    const { data } = drawing.getImageData(0, 0, 640, 480);
    const characters = Array.from({ length: 640 * 480 }, (_, i) =>
      String.fromCharCode(Math.round(data[i * 4]! * 0.3 + data[i * 4 + 1]! * 0.59 + data[i * 4 + 2]! * 0.11)),
    );
    // A list of so many numbers would take a second and a half to hand over.
    return characters.join('');
  }, png.toString('base64'));
  await page.close();
  return { width: 640, height: 480, luma: Buffer.from(brightness, 'latin1') };
}

/** Two frames of YUV4MPEG2 in grey, which Chromium plays in a loop as its camera. */
function y4m(width: number, height: number, luma: Uint8Array): Buffer {
  const chroma = Buffer.alloc((width * height) / 2, 128);
  const frame = Buffer.concat([Buffer.from('FRAME\n'), luma, chroma]);
  return Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F30:1 Ip C420jpeg\n`), frame, frame]);
}

/** What the service worker shows at present. */
export const notificationsOf = (
  page: Page,
): Promise<{ title: string; body: string; tag: string; actions: string[] }[]> =>
  page.evaluate(async () => {
    const { getNotifications } = ServiceWorkerRegistration.prototype;
    const shown = await getNotifications.call(await navigator.serviceWorker.ready);
    return shown.map((each) => ({
      title: each.title,
      body: each.body,
      tag: each.tag,
      actions: ((each as unknown as { actions?: { action: string }[] }).actions ?? []).map(
        ({ action }) => action,
      ),
    }));
  });

/** Clicks the notification of a request, or one of its actions, as the system would tell the service worker. */
export async function clickNotification(page: Page, tag: string, action = ''): Promise<void> {
  const [worker] = page.context().serviceWorkers();
  await worker!.evaluate(
    async (clicked) => {
      const scope = self as unknown as ServiceWorkerGlobalScope;
      const [notification] = await scope.registration.getNotifications({ tag: clicked.tag });
      // An event made by script may not extend its life: the handler has done its work by the time that it is told so.
      scope.addEventListener('error', (event) => event.preventDefault(), { once: true });
      scope.dispatchEvent(
        new NotificationEvent('notificationclick', { notification: notification!, action: clicked.action }),
      );
    },
    { tag, action },
  );
}
