import type { Page } from '@playwright/test';
import { chromium } from '@playwright/test';
import { chromiumOptions } from '../tests/browser/support/chromium.ts';
import { launchPhone } from '../tests/browser/support/phone.ts';
import { startPushService } from '../tests/browser/support/push-service.ts';
import { addKey, setUpWithPhone, signInWithPassword, signOut } from '../tests/browser/support/steps.ts';
import { startServer } from '../tests/support/server.ts';
import { median, type Figure } from './figures.ts';

/**
 * The authenticator as a person waits for it: opening offline, and a request that opens from its notification on a slow
 * phone. Measured in the page itself, from the beginning of the navigation to the moment that the thing is there.
 */

const openings = 15;
const slowDown = 4;

export async function measureApp(): Promise<Figure[]> {
  await using push = await startPushService();
  await using server = await startServer({
    engine: 'sqlite',
    env: { COUNTERSIGN_FETCH_ALLOW: push.origin },
  });
  const browser = await chromium.launch(chromiumOptions());
  const page = await (await browser.newContext({ baseURL: server.url })).newPage();
  await using phone = await launchPhone({ url: server.url, push });
  await setUpWithPhone(page, server, phone);
  for (let i = 0; i < 10; i++) {
    const key = `MFRGGZDFMZTWQ2L${'ABCDEFGHIJ'[i]!}`;
    await addKey(phone.page, { issuer: `Service ${i}`, label: 'ada@example.com', key });
  }

  await signOut(page);
  await signInWithPassword(page, 'olga');
  const { id } = await phone.deliverPush().then(() => phone.deliverPush());
  await phone.page.goto('about:blank');
  const request = await openRepeatedly(phone.page, `/authenticator/#/requests/${id}`, '.approve', slowDown);
  await browser.close();

  await server.stop();
  const offline = await openRepeatedly(phone.page, '/authenticator/#/', 'button.code:not([disabled])', 1);
  return [
    {
      name: 'the app opens offline, to the first code',
      value: median(offline),
      unit: 'ms',
      samples: offline,
      target: { atMost: 300 },
    },
    {
      name: `the app opens on a request, CPU slowed ${slowDown} times`,
      value: median(request),
      unit: 'ms',
      samples: request,
      target: { atMost: 500 },
    },
  ];
}

/** Milliseconds of each opening, by the page's own clock. */
async function openRepeatedly(page: Page, path: string, selector: string, rate: number): Promise<number[]> {
  const context = page.context();
  const samples: number[] = [];
  for (let i = 0; i < openings + 1; i++) {
    const opened = await context.newPage();
    const session = await context.newCDPSession(opened);
    await session.send('Emulation.setCPUThrottlingRate', { rate });
    await opened.addInitScript((wanted) => {
      const found = () => {
        if (!document.querySelector(wanted)) return requestAnimationFrame(found);
        // Drawn, not only there.
        requestAnimationFrame(() => {
          (globalThis as { openedAfter?: number }).openedAfter = performance.now();
        });
      };
      requestAnimationFrame(found);
    }, selector);
    await opened.goto(path, { waitUntil: 'commit' });
    const after = await opened.waitForFunction(() => (globalThis as { openedAfter?: number }).openedAfter);
    samples.push((await after.jsonValue())!);
    await opened.close();
  }
  // The first starts the service worker.
  return samples.slice(1);
}
