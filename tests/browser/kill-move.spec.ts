import { chromium, devices, type BrowserContext, type Page } from '@playwright/test';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromiumOptions } from './support/chromium.ts';
import { addCode, beginMove, codesOf } from './support/moving.ts';
import { setUpWithPhone } from './support/steps.ts';
import { expect, test } from './support/test.ts';

/**
 * The new phone is killed at a random moment of a move, and opened again. In the end its account is there or was cleanly
 * dropped, and where it is there, the codes are there once. COUNTERSIGN_KILL_ROUNDS is how often.
 */
const rounds = Number(process.env.COUNTERSIGN_KILL_ROUNDS ?? 2);
/** From adding the account to the end of a move takes about so long, in milliseconds. */
const span = 6_000;

for (let round = 1; round <= rounds; round += 1) {
  test(`the new phone is killed in the middle of a move, round ${round}`, async ({
    page,
    server,
    launch,
  }, testInfo) => {
    test.setTimeout(300_000);
    const old = await launch();
    await setUpWithPhone(page, server, old);
    const services = ['Bank', 'Shop', 'Mail'];
    const keys = ['JBSWY3DPEHPK3PXP', 'GEZDGNBVGY3TQOJQ', 'MFRGGZDFMZTWQ2LK'];
    for (const [i, service] of services.entries()) await addCode(old, service, keys[i]!);
    await beginMove(old.page);
    const code = await old.page.locator('.qr').screenshot();
    const folder = await mkdtemp(join(tmpdir(), 'countersign-killed-'));
    let next = await open(folder, server.url);
    try {
      await skipIntroduction(next.page);
      await next.page.getByRole('button', { name: 'Add account' }).click();
      await next.page
        .getByLabel('Picture with a QR code')
        .setInputFiles({ name: 'code.png', mimeType: 'image/png', buffer: code });
      await next.page.getByRole('button', { name: 'Add this account' }).click();
      // The old phone approves as soon as it is asked.
      const approving = old.page
        .getByRole('button', { name: 'Approve' })
        .click({ timeout: 60_000 })
        .then(
          () => true,
          () => false,
        );
      const after = Math.round(Math.random() * span);
      testInfo.annotations.push({ type: 'killed after', description: `${after} ms` });
      await new Promise((resolve) => setTimeout(resolve, after));
      kill(folder);
      await next.context.close().catch(() => {});
      next = await open(folder, server.url);
      const account = next.page.getByRole('link', { name: /Acme/ });
      const none = next.page.getByText('No accounts yet');
      await expect(account.or(none).first()).toBeVisible({ timeout: 30_000 });
      if (await none.isVisible()) {
        // Killed before the account was kept: there is nothing half of it, on no side.
        expect(await codesOf(next.page)).toEqual([]);
        return;
      }
      expect(await approving, 'the old phone was asked, and approved').toBe(true);
      await expect(next.page.getByText('Push is on')).toBeVisible({ timeout: 60_000 });
      await expect.poll(() => codesOf(next.page), { timeout: 60_000 }).toEqual(services);
      await next.page.reload();
      await expect(next.page.getByText('Push is on')).toBeVisible();
      expect(await codesOf(next.page)).toEqual(services);
    } finally {
      kill(folder);
      await next.context.close().catch(() => {});
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  });
}

async function open(folder: string, url: string): Promise<{ context: BrowserContext; page: Page }> {
  const context = await chromium.launchPersistentContext(folder, {
    ...chromiumOptions(),
    ...devices['Pixel 7'],
    baseURL: url,
  });
  const page = context.pages()[0] ?? (await context.newPage());
  await page.goto('/authenticator/#/');
  return { context, page };
}

/** Every process of the browser with this profile, at once. */
function kill(folder: string): void {
  for (const name of readdirSync('/proc')) {
    if (/^\d+$/.test(name) && commandOf(name).includes(`--user-data-dir=${folder}`)) endProcess(Number(name));
  }
}

function commandOf(process: string): string {
  try {
    return readFileSync(`/proc/${process}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

function endProcess(id: number): void {
  try {
    process.kill(id, 'SIGKILL');
  } catch {
    // It has ended with another of them.
  }
}

async function skipIntroduction(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Skip' }).click();
  await page.getByRole('button', { name: /Continue|Not now/ }).click();
}
