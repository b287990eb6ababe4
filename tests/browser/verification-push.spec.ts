import type { Page } from '@playwright/test';
import { addPerson, enrol } from '../support/people.ts';
import { typeNumber } from './support/hosts.ts';
import type { PhoneBrowser } from './support/phone.ts';
import { approve, setUpWithPhone } from './support/steps.ts';
import { notificationsOf } from './support/phone.ts';
import { expect, expectAccessibleInBothSchemes, test } from './support/test.ts';
import type { RunningServer } from '../support/server.ts';

/** The help desk asks a phone whether its person is calling: the Admin Portal on one side, the app on the other. */

/** Olga has the phone; the page is an owner's, at Olga's page. */
async function openOlga(page: Page, server: RunningServer, phone: PhoneBrowser): Promise<void> {
  await setUpWithPhone(page, server, phone);
  await phone.deliverPush();
  await addPerson(server, 'hanna', 'owner');
  const helper = await enrol(server, 'hanna');
  await page.context().clearCookies();
  await page.goto('/admin/people');
  await page.getByLabel('Login name or e-mail address').fill('hanna');
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery staple');
  await page.getByRole('button', { name: 'Continue' }).click();
  await approve(page, helper.phone, 'admin_login');
  await page.getByRole('link', { name: 'Olga Owner' }).click();
  await expect(page.getByRole('heading', { name: 'Olga Owner', level: 1 })).toBeVisible();
}

const send = (page: Page) => page.getByRole('button', { name: 'Send a verification push' }).click();
const numberOn = async (page: Page) => (await page.getByLabel('Number for the caller').textContent())!.trim();

const widthOf = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth);

test('the caller types the number that the help desk tells, and the page says who it is', async ({
  page,
  server,
  launch,
}) => {
  test.setTimeout(120_000);
  const phone = await launch();
  const app = phone.page;
  await openOlga(page, server, phone);
  await send(page);
  const { id } = await phone.deliverPush();
  await expect(app.getByRole('heading', { name: 'Are you calling the help desk?' })).toBeVisible();
  await expect(app.getByText('Acme Help Desk asks, because of a call.')).toBeVisible();
  await expect(app.getByText('If somebody called you, deny.')).toBeVisible();
  await expect(app.getByText('Test hanna')).toBeVisible();
  await expect(app.getByRole('group', { name: 'Number that you are told' })).toBeVisible();
  await expect
    .poll(async () => (await notificationsOf(app)).find(({ tag }) => tag === id))
    .toMatchObject({
      title: 'Acme Help Desk: are you calling?',
      body: 'Approve only if you phoned the help desk yourself.',
      actions: ['deny'],
    });
  await expectAccessibleInBothSchemes(app);
  await app.setViewportSize({ width: 320, height: 640 });
  await expect.poll(() => widthOf(app)).toBeLessThanOrEqual(320);
  await app.setViewportSize({ width: 412, height: 839 });
  await expect(page.getByText('The request is on the screen of')).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await page.setViewportSize({ width: 320, height: 640 });
  await expect.poll(() => widthOf(page)).toBeLessThanOrEqual(320);
  await page.setViewportSize({ width: 1280, height: 800 });

  await typeNumber(phone, await numberOn(page));
  await app.getByRole('button', { name: 'Approve' }).click();
  await expect(app.getByText('Acme Help Desk now knows that the caller is you.')).toBeVisible();
  await expect(page.getByText('The caller is Olga Owner', { exact: true })).toBeVisible();
  await expect(page.getByLabel('Number for the caller')).toHaveCount(0);
  await expectAccessibleInBothSchemes(page);
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('taken back, denied and asked again too soon: each side says so', async ({ page, server, launch }) => {
  test.setTimeout(120_000);
  const phone = await launch();
  const app = phone.page;
  await openOlga(page, server, phone);
  await send(page);
  await expect(app.getByRole('heading', { name: 'Are you calling the help desk?' })).toBeVisible();
  await page.getByRole('button', { name: 'Take it back' }).click();
  await expect(app.getByRole('heading', { name: 'This request has ended', level: 2 })).toBeVisible();
  await app.getByRole('button', { name: 'Back to accounts' }).click();
  await send(page);
  await app.getByRole('button', { name: 'Deny' }).click();
  await expect(app.getByText('The help desk was told that the caller is not you.')).toBeVisible();
  await expect(page.getByText('The caller is not Olga Owner', { exact: true })).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await page.getByRole('button', { name: 'Ask again' }).click();
  await expect(page.getByText('the last request was denied').first()).toBeVisible();
});

test('“This wasn’t me” on the phone, in German', async ({ page, server, launch }) => {
  test.setTimeout(120_000);
  const phone = await launch();
  const app = phone.page;
  await openOlga(page, server, phone);
  await app.goto('/authenticator/#/settings');
  await app.getByLabel('Language').selectOption({ label: 'Deutsch' });
  await expect(app.getByRole('heading', { name: 'Einstellungen', level: 1 })).toBeVisible();
  await send(page);
  await expect(app.getByRole('heading', { name: 'Rufen Sie beim Helpdesk an?' })).toBeVisible();
  await expect(app.getByText('Hat jemand Sie angerufen, lehnen Sie ab.')).toBeVisible();
  await expectAccessibleInBothSchemes(app);
  await app.setViewportSize({ width: 320, height: 640 });
  await expect.poll(() => widthOf(app)).toBeLessThanOrEqual(320);
  await app.getByRole('button', { name: 'Das war ich nicht' }).click();
  await expect(app.getByText('legen Sie auf')).toBeVisible();
  await expect(app.getByRole('link', { name: 'Kennwort ändern' })).toHaveCount(0);
  await expect(page.getByText('the administrators were told')).toBeVisible();

  // Whoever asked is not the one to look into it.
  await page.goto('/admin/fraud-reports');
  const row = page.getByRole('row', { name: 'A question of the help desk' });
  await expect(row).toContainText('Not yet');
  await expect(row.getByRole('button')).toHaveCount(0);
});
