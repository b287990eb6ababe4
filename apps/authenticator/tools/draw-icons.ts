import { chromium } from '@playwright/test';
import { join } from 'node:path';

/** Draws the icons anew: `node apps/authenticator/tools/draw-icons.ts`, with Chromium installed. */

const icons = [
  { file: 'icon-192.png', size: 192, maskable: false },
  { file: 'icon-512.png', size: 512, maskable: false },
  { file: 'icon-maskable-512.png', size: 512, maskable: true },
];

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
for (const { file, size, maskable } of icons) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.goto(`file://${join(import.meta.dirname, 'draw-icons.html')}`);
  if (maskable) {
    // The system cuts the shape: the ground fills all, the mark stays in the safe circle.
    await page.evaluate(() => {
      document.querySelector('.ground')!.setAttribute('rx', '0');
      document.querySelector('.mark')!.setAttribute('transform', 'translate(4 4) scale(0.75)');
    });
  }
  await page.screenshot({ path: join(import.meta.dirname, '../public', file), omitBackground: true });
}
await browser.close();
