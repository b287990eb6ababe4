import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { startDemonstration } from '../support/demonstration.ts';
import { adminPages, comeAsOwner, openAdminPage } from './support/admin-tour.ts';
import { expectAccessible } from './support/test.ts';

/** Every page of the Admin Portal in the demonstration's organisation, on a desktop in light and in dark, and on a phone. */

const sizes = { desktop: { width: 1280, height: 800 }, phone: { width: 412, height: 839 } };

test('every page of the Admin Portal: desktop in light and dark, phone, without a finding of axe, nothing over the edge', async ({
  page,
}) => {
  test.setTimeout(10 * 60_000);
  await using demonstration = await startDemonstration();
  const { url } = demonstration;
  const pages = await adminPages(demonstration);
  await comeAsOwner(page, demonstration);
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  const runsOver = () =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  const failures: string[] = [];
  page.on('pageerror', (error) => failures.push(`${page.url()}: ${error.message}`));
  for (const [name, path] of Object.entries(pages)) {
    for (const [size, viewport] of Object.entries(sizes)) {
      await page.setViewportSize(viewport);
      await openAdminPage(page, url, path);
      await expect.poll(runsOver, `${name} (${size}) runs over the edge`).toBeLessThanOrEqual(0);
      await expectAccessible(page);
      if (size === 'phone') continue;
      // A phone has the same colours.
      await page.emulateMedia({ colorScheme: 'dark' });
      await page.waitForTimeout(150);
      await expectAccessible(page, 'colours');
      await page.emulateMedia({ colorScheme: 'light' });
    }
    // 320 CSS pixels are also what is left of 640 at 200 % (WCAG 2.2, 1.4.10).
    await page.setViewportSize({ width: 320, height: 640 });
    await expect.poll(runsOver, `${name} (320 pixels) runs over the edge`).toBeLessThanOrEqual(0);
  }
  expect(failures).toEqual([]);

  const router = readFileSync(join(import.meta.dirname, '../../apps/admin/src/router.tsx'), 'utf8');
  const forms = [...router.matchAll(/^ +path: '(\/[^']*)'/gm)]
    .map(([, path]) => path!)
    .filter((path) => path !== '/sign-in');
  const unseen = forms.filter((form) => {
    const isOfForm = new RegExp(`^${form.replace(/\$\w+/g, '[^/]+')}$`);
    return !Object.values(pages).some((path) => isOfForm.test(path));
  });
  expect(unseen, 'pages that nobody looked at').toEqual([]);
});
