import type { Page } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { secondOwner } from './support/moving.ts';
import type { PhoneBrowser } from './support/phone.ts';
import { setUpWithPhone } from './support/steps.ts';
import { expect, expectAccessibleInBothSchemes, test } from './support/test.ts';

/** The event log in the Admin Portal: filtered, live, one authentication, as a file; and webhooks. */

test.setTimeout(180_000);

async function enterAdmin(page: Page, phone: PhoneBrowser): Promise<void> {
  await page.goto('/admin/');
  await page.getByLabel('Login name or e-mail address').fill('olga');
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery staple');
  await page.getByRole('button', { name: 'Continue' }).click();
  await phone.page.getByRole('button', { name: 'Approve' }).click();
  await expect(page.getByRole('heading', { name: 'Home', level: 1 })).toBeVisible();
}

async function expectToFitPhones(page: Page): Promise<void> {
  const size = page.viewportSize()!;
  await page.setViewportSize({ width: 320, height: 640 });
  await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  await expectAccessibleInBothSchemes(page);
  await page.setViewportSize(size);
}

test('events are filtered, followed live, read as one sign-in, and taken along', async ({
  page,
  server,
  launch,
}) => {
  const phone = await launch();
  await setUpWithPhone(page, server, phone);
  const owner = await secondOwner(server);
  await enterAdmin(page, phone);
  await page.getByRole('link', { name: 'Events', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Events', level: 1 })).toBeVisible();
  const main = page.getByRole('main');
  await expect(main.getByText('Signed in to the Admin Portal').first()).toBeVisible();
  await expectAccessibleInBothSchemes(page);

  // The filters stand in the address, and come back with it.
  await page.getByRole('combobox', { name: 'Type' }).fill('Group');
  await page.getByRole('option', { name: 'Groups: all', exact: true }).click();
  await expect(page).toHaveURL(/type=group\.\*/);
  await expect(main.getByText('Nothing found')).toBeVisible();
  await page.reload();
  await expect(page.getByRole('combobox', { name: 'Type' })).toHaveValue('Groups: all');

  // Live: without anybody asking, and only what is asked for.
  await page.getByRole('switch', { name: 'Live' }).check();
  await expect(main.getByText('New events appear by themselves.')).toBeVisible();
  const group = (await owner.post('/api/v1/admin/groups', { name: 'Auditors' })).body;
  await expect(main.getByText('Group added').first()).toBeVisible();
  await owner.patch(`/api/v1/admin/groups/${group.id}`, { name: 'Readers' });
  await expect(main.getByText('Group changed').first()).toBeVisible();
  await expect(main.locator('summary').first()).toContainText('Group changed');
  await expect(main.getByText('2 events').first()).toBeVisible();
  await main.locator('summary').first().click();
  const changed = main.getByRole('row', { name: /Name/ });
  await expect(changed).toContainText('Auditors');
  await expect(changed).toContainText('Readers');
  await expectToFitPhones(page);
  await page.getByRole('switch', { name: 'Live' }).uncheck();
  await expect(main.getByText('2 events').first()).toBeVisible();

  // As a file, with the same filters.
  await page.getByRole('button', { name: 'Export' }).click();
  const downloading = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'As CSV, for a spreadsheet' }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toMatch(/^events-\d{4}-\d\d-\d\d\.csv$/);
  const lines = (await readFile(await download.path(), 'utf8')).trim().split('\r\n');
  expect(lines).toHaveLength(3);
  expect(lines[1]).toContain(',group.changed,');

  // One sign-in, from its beginning to the session.
  await page.goto('/admin/events?type=authentication.completed');
  await main.locator('summary').first().click();
  await main.getByRole('link', { name: 'The whole authentication' }).click();
  await expect(page.getByRole('heading', { name: 'Authentication of olga', level: 1 })).toBeVisible();
  await expect(main.getByText('the password')).toBeVisible();
  await expect(main.getByText('was asked for since a second factor is enrolled')).toBeVisible();
  await expect(main.getByText(/Signed in to the Admin Portal, after \d+\.\d s/)).toBeVisible();
  const steps = main.locator('ol summary');
  await expect(steps.first()).toContainText('Sign-in to the Admin Portal begun');
  await expect(steps.last()).toContainText('Signed in to the Admin Portal');
  for (const words of ['Request sent to the phone', 'Request shown on the phone', 'Request approved'])
    await expect(steps.filter({ hasText: words })).toHaveCount(1);
  await expectAccessibleInBothSchemes(page);
  await expectToFitPhones(page);
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Authentication of olga', level: 1 })).toBeVisible();
});

test('a webhook is added, its secret seen once, tried, paused, and removed', async ({
  page,
  server,
  launch,
}) => {
  const phone = await launch();
  await setUpWithPhone(page, server, phone);
  await enterAdmin(page, phone);
  await page.getByRole('link', { name: 'Webhooks', exact: true }).click();
  await expect(page.getByText('No webhooks yet')).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await page.getByRole('button', { name: 'Add webhook' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add webhook' });
  await dialog.getByRole('button', { name: 'Add webhook' }).click();
  await expect(dialog.getByText('Give an address that begins with https://')).toBeVisible();
  await expect(dialog.getByText('Choose at least one type of event.')).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await dialog.getByLabel('Address').fill('https://127.0.0.1:1/hook');
  await dialog.getByLabel('Events').fill('Every');
  await page.getByRole('option', { name: 'Every event' }).click();
  await page.keyboard.press('Escape');
  await dialog.getByRole('button', { name: 'Add webhook' }).click();
  const secret = page.getByRole('dialog', { name: 'The secret of this webhook' });
  await expect(secret.getByText(/^whsec_[A-Za-z0-9+/]{43}=$/)).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await secret.getByRole('button', { name: 'I have copied it' }).click();
  await expect(page.getByRole('heading', { name: '127.0.0.1:1', level: 1 })).toBeVisible();
  await expect(page.getByText(/whsec_/)).toHaveCount(0);

  // It tells nothing to an address inside.
  await page.getByRole('button', { name: 'Send a test' }).click();
  await expect(page.getByText('The test was not taken')).toBeVisible();
  await expect(page.getByText('127.0.0.1 is not public').first()).toBeVisible();
  await page.getByRole('button', { name: 'Refresh' }).click();
  await expect(page.getByRole('row', { name: /Webhook added/ })).toContainText('Waiting');
  await expectAccessibleInBothSchemes(page);
  await expectToFitPhones(page);
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByText('It is paused.')).toBeVisible();
  await expect(page.getByText('Paused', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Remove webhook' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove webhook' }).click();
  await expect(page.getByText('No webhooks yet')).toBeVisible();
});
