import { chromium } from '@playwright/test';
import { chromiumOptions } from '../tests/browser/support/chromium.ts';
import { launchPhone } from '../tests/browser/support/phone.ts';
import { startPushService } from '../tests/browser/support/push-service.ts';
import { addKey, setUpWithPhone, signInWithPassword, signOut } from '../tests/browser/support/steps.ts';
import { startServer } from '../tests/support/server.ts';
import { median, type Figure } from './figures.ts';
import { openRepeatedly } from './opening.ts';

/**
 * The authenticator as a person waits for it: opening offline, and a request that opens from its notification on a slow
 * phone. Measured in the page itself, from the beginning of the navigation to the moment that the thing is there.
 */

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
