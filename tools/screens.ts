/** Takes the pictures of every screen of the authenticator anew: `npm run pictures` (Chromium must be there). */
import { chromium, devices } from '@playwright/test';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromiumOptions } from '../tests/browser/support/chromium.ts';
import { launchPhone } from '../tests/browser/support/phone.ts';
import { startPushService } from '../tests/browser/support/push-service.ts';
import { tour } from '../tests/browser/support/tour.ts';
import { startServer } from '../tests/support/server.ts';

const sizes = {
  phone: { width: 412, height: 839 },
  tablet: { width: 834, height: 1112 },
  desktop: { width: 1280, height: 800 },
};

/** A picture for each screen, size and colour scheme, and a page that shows them all. */
async function takeScreens(): Promise<void> {
  const docs = join(import.meta.dirname, '..', 'docs/guide');
  const folder = join(docs, 'images/authenticator');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await using push = await startPushService();
  await using server = await startServer({
    engine: 'sqlite',
    env: { COUNTERSIGN_FETCH_ALLOW: push.origin },
  });
  const browser = await chromium.launch(chromiumOptions());
  const page = await (await browser.newContext({ baseURL: server.url })).newPage();
  // Dots of the page, not of a phone: the pictures are for reading, and many.
  await using phone = await launchPhone({
    url: server.url,
    push,
    device: { ...devices['Pixel 7'], deviceScaleFactor: 1 },
  });
  const session = await phone.page.context().newCDPSession(phone.page);
  const names: string[] = [];
  await tour({
    page,
    phone,
    server,
    async visit(name) {
      names.push(name);
      for (const [size, viewport] of Object.entries(sizes)) {
        await phone.page.setViewportSize(viewport);
        for (const colorScheme of ['light', 'dark'] as const) {
          await phone.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
          await phone.page.waitForTimeout(150);
          const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 60 });
          await writeFile(join(folder, `${name}-${size}-${colorScheme}.webp`), Buffer.from(data, 'base64'));
        }
      }
      await phone.page.setViewportSize(sizes.phone);
    },
  });
  await browser.close();
  await writeFile(join(docs, 'authenticator-screens.md'), pageOf(names));
}

/** Phone and tablet side by side in both schemes, then the desktop. */
function pageOf(names: readonly string[]): string {
  const picture = (name: string, size: string, scheme: string, width: number) =>
    `<img src="images/authenticator/${name}-${size}-${scheme}.webp" width="${width}" alt="${name}, ${size}, ${scheme}">`;
  const sections = names.map((name) =>
    [
      `## ${name}`,
      '',
      ...['light', 'dark'].map((scheme) => picture(name, 'phone', scheme, 180)),
      ...['light', 'dark'].map((scheme) => picture(name, 'tablet', scheme, 240)),
      '',
      ...['light', 'dark'].map((scheme) => picture(name, 'desktop', scheme, 400)),
    ].join('\n'),
  );
  const head =
    '# Every screen of the authenticator\n\nOn a phone, a tablet and a desktop, in light and in dark. Taken by `npm run pictures`.\n';
  return `${head}\n${sections.join('\n\n')}\n`;
}

await takeScreens();
