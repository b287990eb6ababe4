import { tour } from './support/tour.ts';
import { expect, expectAccessible, test } from './support/test.ts';

/** Every screen of the authenticator at every size, in light and in dark. */

const sizes = {
  phone: { width: 412, height: 839 },
  tablet: { width: 834, height: 1112 },
  desktop: { width: 1280, height: 800 },
};

test('every screen: phone, tablet and desktop, light and dark, without a finding of axe, nothing over the edge', async ({
  page,
  server,
  launch,
}) => {
  test.setTimeout(10 * 60_000);
  const phone = await launch();
  const seen: string[] = [];
  const runningOver = () =>
    phone.page.evaluate(() =>
      [document.documentElement, ...document.querySelectorAll('.content')]
        .filter((each) => each.scrollWidth > each.clientWidth)
        .map((each) => `${each.localName} ${each.className}: ${each.scrollWidth} in ${each.clientWidth}`),
    );
  // The page learns of its new width a moment later.
  const fits = (name: string) => expect.poll(runningOver, `${name} runs over the edge`).toEqual([]);
  await tour({
    page,
    phone,
    server,
    async visit(name) {
      seen.push(name);
      for (const [size, viewport] of Object.entries(sizes)) {
        await phone.page.setViewportSize(viewport);
        await fits(`${name} (${size})`);
        await phone.page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
        await expectAccessible(phone.page);
        // The larger ones have the same colours.
        if (size !== 'phone') continue;
        await phone.page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
        await expectAccessible(phone.page, 'colours');
      }
      // 320 CSS pixels are also what is left of 640 at 200 % (WCAG 2.2, 1.4.10).
      await phone.page.setViewportSize({ width: 320, height: 640 });
      await fits(`${name} (320 pixels)`);
      await phone.page.setViewportSize(sizes.phone);
    },
  });
  expect(seen.length).toBeGreaterThan(30);
});
