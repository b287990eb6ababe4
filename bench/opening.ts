import type { BrowserContext, Page } from '@playwright/test';

/** How long a page takes to open, as the page itself measures it: from the beginning of the navigation until something is drawn. */

const openings = 15;

/** Milliseconds of each opening in a page's context, after a first one that warms it up. `rate`: how many times the CPU is slowed. */
export async function openRepeatedly(
  page: Page,
  path: string,
  selector: string,
  rate: number,
): Promise<number[]> {
  const samples: number[] = [];
  for (let i = 0; i < openings + 1; i++) {
    samples.push(await openOnce(page.context(), path, selector, rate));
  }
  // The first starts the service worker.
  return samples.slice(1);
}

/** The same for somebody who was never here: each opening has a context, and so a cache, of its own. */
export async function openAfresh(
  context: () => Promise<BrowserContext>,
  path: string,
  selector: string,
  rate: number,
): Promise<number[]> {
  const samples: number[] = [];
  for (let i = 0; i < openings; i++) {
    const fresh = await context();
    samples.push(await openOnce(fresh, path, selector, rate));
    await fresh.close();
  }
  return samples;
}

async function openOnce(
  context: BrowserContext,
  path: string,
  selector: string,
  rate: number,
): Promise<number> {
  const opened = await context.newPage();
  const session = await context.newCDPSession(opened);
  await session.send('Emulation.setCPUThrottlingRate', { rate });
  await opened.addInitScript((wanted) => {
    const found = () => {
      if (!document.querySelector(wanted)) return requestAnimationFrame(found);
      // Drawn, not only there; and the page has time for what is typed.
      requestAnimationFrame(() =>
        setTimeout(() => {
          (globalThis as { openedAfter?: number }).openedAfter = performance.now();
        }),
      );
    };
    requestAnimationFrame(found);
  }, selector);
  await opened.goto(path, { waitUntil: 'commit' });
  const after = await opened.waitForFunction(() => (globalThis as { openedAfter?: number }).openedAfter);
  const milliseconds = (await after.jsonValue())!;
  await opened.close();
  return milliseconds;
}
