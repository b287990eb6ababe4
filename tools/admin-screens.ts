/** Takes the pictures of every page of the Admin Portal anew: `npm run pictures` (Chromium must be there). */
import { chromium } from '@playwright/test';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { adminPages, comeAsOwner, openAdminPage } from '../tests/browser/support/admin-tour.ts';
import { chromiumOptions } from '../tests/browser/support/chromium.ts';
import { startDemonstration } from '../tests/support/demonstration.ts';

const sizes = { desktop: { width: 1280, height: 800 }, phone: { width: 412, height: 839 } };

/** A picture for each page, size and colour scheme, and a page that shows them all. */
async function takeScreens(): Promise<void> {
  const docs = join(import.meta.dirname, '..', 'docs/guide');
  const folder = join(docs, 'images/admin');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await using demonstration = await startDemonstration();
  const pages = await adminPages(demonstration);
  const browser = await chromium.launch(chromiumOptions());
  const page = await (await browser.newContext()).newPage();
  await comeAsOwner(page, demonstration);
  const session = await page.context().newCDPSession(page);
  for (const [name, path] of Object.entries(pages))
    for (const [size, viewport] of Object.entries(sizes)) {
      await page.setViewportSize(viewport);
      await openAdminPage(page, demonstration.url, path);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.waitForTimeout(300);
        const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 60 });
        await writeFile(join(folder, `${name}-${size}-${colorScheme}.webp`), Buffer.from(data, 'base64'));
      }
    }
  await browser.close();
  await writeFile(join(docs, 'admin-screens.md'), pageOf(Object.keys(pages)));
}

function pageOf(names: readonly string[]): string {
  const picture = (name: string, size: string, scheme: string, width: number) =>
    `<img src="images/admin/${name}-${size}-${scheme}.webp" width="${width}" alt="${name}, ${size}, ${scheme}">`;
  const sections = names.map((name) =>
    [
      `## ${name}`,
      '',
      ...['light', 'dark'].map((scheme) => picture(name, 'desktop', scheme, 400)),
      ...['light', 'dark'].map((scheme) => picture(name, 'phone', scheme, 180)),
    ].join('\n'),
  );
  const head =
    '# Every page of the Admin Portal\n\nIn the organisation of `npm run demo`, on a desktop and a phone, in light and in dark. Taken by `npm run pictures`.\n';
  return `${head}\n${sections.join('\n\n')}\n`;
}

await takeScreens();
