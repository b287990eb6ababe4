import { devices } from '@playwright/test';
import { secondOwner } from './support/moving.ts';
import { openApp, setUpWithPhone, signInWithPassword, signOut } from './support/steps.ts';
import { expect, expectAccessibleInBothSchemes, test } from './support/test.ts';

/** The authenticator's own screens. */

test('S4: the introduction, page by page, and again from More; S24: light, dark and system at once', async ({
  launch,
}) => {
  const { page } = await launch();
  await page.goto('/authenticator/');
  for (const title of ['Approve with a tap', 'Codes for everything else', 'Why notifications']) {
    await expect(page.getByRole('heading', { name: title })).toBeVisible();
    await expectAccessibleInBothSchemes(page);
    await page.getByRole('button', { name: /Next|Get started/ }).click();
  }
  await expect(page.getByRole('heading', { name: 'You are ready' })).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByText('No accounts yet')).toBeVisible();
  await page.getByRole('link', { name: 'More' }).click();
  await expectAccessibleInBothSchemes(page);
  await page.getByRole('link', { name: /Settings/ }).click();
  await expectAccessibleInBothSchemes(page);
  const scheme = () => page.evaluate(() => document.documentElement.dataset.colorScheme);
  await page.getByLabel('Dark').check();
  expect(await scheme()).toBe('dark');
  await page.reload();
  await expect(page.getByLabel('Dark')).toBeChecked();
  expect(await scheme()).toBe('dark');
  await page.getByLabel('System').check();
  expect(await scheme()).toBe('light');
  // The browser tells the page of the system's change in its own time.
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(scheme).toBe('dark');
  await page.getByRole('button', { name: 'Back' }).click();
  await page.getByRole('link', { name: /Show the introduction again/ }).click();
  await page.getByRole('button', { name: 'Skip' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByText('No accounts yet')).toBeVisible();
});

test('it opens with the server gone, and says so', async ({ page, server, launch }) => {
  const phone = await launch();
  await setUpWithPhone(page, server, phone);
  await server.stop();
  await phone.page.reload();
  await expect(phone.page.getByRole('heading', { name: 'Accounts', level: 1 })).toBeVisible();
  await expect(
    phone.page.getByText('Olga Owner').or(phone.page.getByText('olga', { exact: true })),
  ).toBeVisible();
  await expect(phone.page.getByText('The server cannot be reached.')).toBeVisible();
  await expectAccessibleInBothSchemes(phone.page);
});

test('S26: laid out for a tablet, and nothing runs over the edge at 320 pixels', async ({
  page,
  server,
  launch,
}) => {
  const phone = await launch({ device: devices['Galaxy Tab S4'] });
  await openApp(phone);
  await page.goto(server.url);
  for (const width of [320, 712, 1280]) {
    await phone.page.setViewportSize({ width, height: 720 });
    for (const path of ['#/', '#/add', '#/more', '#/settings']) {
      await phone.page.goto(`/authenticator/${path}`);
      const overflow = await phone.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow, `${path} at ${width}`).toBeLessThanOrEqual(0);
    }
  }
  await expect(phone.page.getByRole('heading', { name: 'Settings' })).toBeVisible();
});

test('the server changes its push key: the phone goes on, and subscribes anew when it is next opened', async ({
  page,
  server,
  push,
  launch,
}) => {
  const phone = await launch();
  await setUpWithPhone(page, server, phone);
  const key = async () =>
    (
      (await (await fetch(`${server.url}/.well-known/countersign`)).json()) as {
        vapid_public_key: string;
      }
    ).vapid_public_key;
  const before = await key();
  /** A sign-in wakes the phone, which approves. */
  const signerOfPush = async () => {
    await signInWithPassword(page, 'olga');
    await phone.deliverPush();
    await phone.page.getByRole('button', { name: 'Approve' }).click();
    await expect(page.getByRole('heading', { name: 'Hello, Olga Owner' })).toBeVisible();
    return push.signedBy();
  };
  await signOut(page);
  await phone.deliverPush();
  expect((await server.cli(['keys', 'rotate', 'vapid'])).code).toBe(0);
  const after = await key();
  expect(after).not.toBe(before);
  expect(await signerOfPush()).toBe(before);
  await signOut(page);
  const told = phone.page.waitForResponse(
    (response) => response.request().method() === 'PATCH' && response.url().endsWith('/me'),
  );
  await phone.page.goto('/authenticator/#/');
  await phone.page.reload();
  expect((await told).status()).toBe(200);
  expect(await signerOfPush()).toBe(after);
});

test('suspended by mistake and let in again: the phone approves as before', async ({
  page,
  server,
  launch,
}) => {
  const phone = await launch();
  await setUpWithPhone(page, server, phone);
  const owner = await secondOwner(server);
  const { items } = (await owner.get('/api/v1/admin/users?q=olga')).body;
  const act = async (name: string) =>
    expect((await owner.post(`/api/v1/admin/users/${items[0].id}/${name}`)).status).toBe(200);
  await act('suspend');
  await expect(phone.page.getByText('Removed by the server')).toBeVisible();
  await act('activate');
  await phone.page.reload();
  await expect(phone.page.getByText('Push is on')).toBeVisible();
  await page.goto('/');
  await signInWithPassword(page, 'olga');
  await phone.page.getByRole('button', { name: 'Approve' }).click();
  await expect(page.getByRole('heading', { name: 'Hello, Olga Owner' })).toBeVisible();
});
