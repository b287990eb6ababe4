import type { Page } from '@playwright/test';
import type { Browser } from '../support/browser.ts';
import { addPerson, enrol, signIn } from '../support/people.ts';
import type { RunningServer } from '../support/server.ts';
import { secondOwner } from './support/moving.ts';
import { expect, expectAccessibleInBothSchemes, test } from './support/test.ts';

/** Two administrators edit one thing in the Admin Portal: the second is told, and loses nothing of what they typed. */

test.setTimeout(120_000);

/** The page is in the hands of an owner by the name of olga. */
async function openAsOlga(page: Page, server: RunningServer): Promise<void> {
  await addPerson(server, 'olga', 'owner');
  const { browser, phone } = await enrol(server, 'olga');
  await signIn(browser, phone, 'olga', 'admin_login');
  await page
    .context()
    .addCookies([...browser.cookies].map(([name, value]) => ({ name, value, url: server.url })));
}
async function patched(browser: Browser, path: string, body: object): Promise<void> {
  expect((await browser.patch(`/api/v1/admin/${path}`, body)).status).toBe(200);
}
const told = (page: Page) => page.getByRole('alert').filter({ hasText: 'This was changed meanwhile' });

test('one group: who is second is told who was first, keeps what they typed, and decides', async ({
  page,
  server,
}) => {
  await openAsOlga(page, server);
  const other = await secondOwner(server);
  const { id } = (await other.post('/api/v1/admin/groups', { name: 'Finance' })).body;
  await page.goto(`/admin/groups/${id}`);
  const name = page.getByRole('textbox', { name: 'Name' });
  await expect(name).toHaveValue('Finance');
  await name.fill('Finance and payroll');
  await patched(other, `groups/${id}`, { name: 'Accounting' });
  await page.getByRole('button', { name: 'Save the name' }).click();

  await expect(told(page)).toContainText('second-owner saved it');
  await expect(told(page)).toContainText('What you typed is still here, and is not saved.');
  await expect(name).toHaveValue('Finance and payroll');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Accounting');
  await expect(page.getByText('The group was not saved.')).toBeHidden();
  await expectAccessibleInBothSchemes(page);
  await page.setViewportSize({ width: 320, height: 640 });
  await expectAccessibleInBothSchemes(page);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  await page.setViewportSize({ width: 1280, height: 800 });

  // Saved again as it is, it is refused again: nobody overwrites by pressing twice.
  await page.getByRole('button', { name: 'Save the name' }).click();
  await expect(told(page)).toBeVisible();
  expect((await other.get(`/api/v1/admin/groups/${id}`)).body.name).toBe('Accounting');

  await page.getByRole('button', { name: 'Keep what I typed' }).click();
  await expect(told(page)).toBeHidden();
  await expect(name).toHaveValue('Finance and payroll');
  await page.getByRole('button', { name: 'Save the name' }).click();
  await expect(page.getByText('The name was saved.')).toBeVisible();
  expect((await other.get(`/api/v1/admin/groups/${id}`)).body.name).toBe('Finance and payroll');
});

test('one person: what the first saved is loaded, and edited on', async ({ page, server }) => {
  await openAsOlga(page, server);
  const other = await secondOwner(server);
  await addPerson(server, 'ada');
  const { id } = (await other.get('/api/v1/admin/users?q=ada')).body.items[0];
  await page.goto(`/admin/people/${id}`);
  await page.getByLabel('Name', { exact: true }).fill('Ada Byron');
  await patched(other, `users/${id}`, { email: 'countess@example.com' });
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(told(page)).toContainText('second-owner saved it');
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Ada Byron');
  await expect(page.getByLabel('E-mail address')).toHaveValue('ada@example.com');

  await page.getByRole('button', { name: 'Load what it is now' }).click();
  await expect(told(page)).toBeHidden();
  await expect(page.getByLabel('E-mail address')).toHaveValue('countess@example.com');
  await page.getByLabel('Name', { exact: true }).fill('Ada Byron');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByText('Ada Byron was saved.')).toBeVisible();
  const saved = (await other.get(`/api/v1/admin/users/${id}`)).body;
  expect([saved.name, saved.email]).toEqual(['Ada Byron', 'countess@example.com']);
});

test('the settings, and a host group whose other parts were changed', async ({ page, server }) => {
  await openAsOlga(page, server);
  const other = await secondOwner(server);
  await page.goto('/admin/settings');
  const organization = page.getByRole('textbox', { name: 'Name' });
  await organization.fill('Harbour & Daughters');
  await patched(other, 'settings', { people: { deletion_days: 7 } });
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(told(page)).toContainText('second-owner saved it');
  await expect(organization).toHaveValue('Harbour & Daughters');
  await page.getByRole('button', { name: 'Keep what I typed' }).click();
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByText('The settings were saved.')).toBeVisible();
  const settings = (await other.get('/api/v1/admin/settings')).body;
  expect([settings.organization.name, settings.people.deletion_days]).toEqual(['Harbour & Daughters', 7]);

  const group = (await other.post('/api/v1/admin/host-groups', { name: 'Web servers' })).body;
  await page.goto(`/admin/devices/groups/${group.id}`);
  await page.getByLabel('Break-glass account').fill('rescue');
  await patched(other, `host-groups/${group.id}`, { match_login: true });
  const save = page.getByRole('button', { name: 'Save what happens without the server' });
  await save.click();
  await expect(page.getByText('Somebody else has changed this meanwhile.')).toBeVisible();
  // What they typed was of no part that the other one changed.
  await expect(page.getByRole('switch', { name: 'A local user is the person' })).toBeChecked();
  await expect(page.getByLabel('Break-glass account')).toHaveValue('rescue');
  await save.click();
  await expect(page.getByText('What happens without the server was saved.')).toBeVisible();
  const saved = (await other.get(`/api/v1/admin/host-groups/${group.id}`)).body;
  expect([saved.match_login, saved.break_glass]).toEqual([true, 'rescue']);
});
