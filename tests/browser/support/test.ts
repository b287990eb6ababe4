import { test as base, type Page } from '@playwright/test';
import { AxeBuilder } from '@axe-core/playwright';
import { expect } from '@playwright/test';
import { startServer, type RunningServer } from '../../support/server.ts';
import { launchPhone, type PhoneBrowser, type PhoneOptions } from './phone.ts';
import { startPushService, type PushService } from './push-service.ts';

export { expect };

interface Fixtures {
  push: PushService;
  /** A fresh server without an owner, whose address is the test's base URL. */
  server: RunningServer;
  /** Starts phones; they end with the test. */
  launch: (options?: Partial<PhoneOptions>) => Promise<PhoneBrowser>;
}

export const test = base.extend<Fixtures>({
  // Playwright reads what a fixture needs from this pattern.
  // oxlint-disable-next-line no-empty-pattern
  push: async ({}, use) => {
    await using push = await startPushService();
    await use(push);
  },
  server: async ({ push }, use, testInfo) => {
    const server = await startServer({ engine: 'sqlite', env: { COUNTERSIGN_FETCH_ALLOW: push.origin } });
    await use(server);
    if (testInfo.status !== testInfo.expectedStatus) {
      await testInfo.attach('server output', { body: server.output(), contentType: 'text/plain' });
    }
    await server[Symbol.asyncDispose]();
  },
  baseURL: async ({ server }, use) => use(server.url),
  launch: async ({ server, push }, use) => {
    const phones: PhoneBrowser[] = [];
    await use(async (options = {}) => {
      const phone = await launchPhone({ url: server.url, push, ...options });
      phones.push(phone);
      return phone;
    });
    for (const phone of phones) await phone[Symbol.asyncDispose]();
  },
});

/** WCAG 2.2 AA, as far as a machine can tell, on the page as it is; or only what depends on colours. */
export async function expectAccessible(page: Page, look: 'whole' | 'colours' = 'whole'): Promise<void> {
  // The pages have no frames, which alone need the other mode; it opens a page of its own for each look.
  const axe = new AxeBuilder({ page }).setLegacyMode();
  if (look === 'colours') axe.withRules(['color-contrast', 'link-in-text-block']);
  else axe.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']);
  const { violations } = await axe.analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
  expect(found, `on ${page.url()}`).toEqual([]);
}

/** The same page in light and in dark, which differ in nothing but colours. */
export async function expectAccessibleInBothSchemes(page: Page): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    // Colours that fade in are measured when they have arrived.
    await page.waitForTimeout(300);
    await expectAccessible(page, colorScheme === 'dark' ? 'colours' : 'whole');
  }
}
