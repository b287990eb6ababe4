import type { Page } from '@playwright/test';
import { addPerson, enrol } from '../support/people.ts';
import type { RunningServer } from '../support/server.ts';
import { totpCode } from '../support/totp.ts';
import { secondOwner } from './support/moving.ts';
import { setUpWithTotp, signInWithPassword, signOut } from './support/steps.ts';
import { expect, expectAccessibleInBothSchemes, test } from './support/test.ts';

/** A second factor that is required from a date on: what people are told, and who has none yet. */

test.setTimeout(180_000);

const day = 24 * 60 * 60 * 1000; // ms
const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true });
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

async function expectFitsPhone(page: Page): Promise<void> {
  await page.setViewportSize({ width: 320, height: 640 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  await page.setViewportSize({ width: 1280, height: 800 });
}

async function openAdmin(page: Page, secret: string): Promise<void> {
  await page.goto('/admin/people');
  await page.getByLabel('Login name or e-mail address').fill('olga');
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery staple');
  await button(page, 'Continue').click();
  await page.getByLabel('Verification code').fill(totpCode(secret, Date.now(), 1));
  await expect(heading(page, 'People')).toBeVisible();
}

const patchFrom = (owner: Awaited<ReturnType<typeof secondOwner>>, required_from: number | null) =>
  owner.patch('/api/v1/admin/settings', { mfa: { required: true, required_from } });

test('before the date a person is told at each sign-in, puts it off or sets it up; from it on there is no way past', async ({
  page,
  server,
}) => {
  await setUpWithTotp(page, server);
  await signOut(page);
  const owner = await secondOwner(server);
  await addPerson(server, 'mia');
  await addPerson(server, 'noah');
  await patchFrom(owner, Date.now() + 3 * day);

  await signInWithPassword(page, 'mia');
  await expect(heading(page, 'Set up a second factor')).toBeVisible();
  await expect(page.getByText(/^From .+ you need a second factor to sign in/)).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await expectFitsPhone(page);
  await button(page, 'Set it up now').click();
  await expect(heading(page, 'Set up your phone')).toBeVisible();
  await button(page, 'Later').click();
  await expect(heading(page, 'Hello, Test mia')).toBeVisible();
  // Put off for this sign-in, and not for the next.
  await page.reload();
  await expect(heading(page, 'Hello, Test mia')).toBeVisible();
  await signOut(page);
  await signInWithPassword(page, 'mia');
  await button(page, 'Set it up now').click();
  await button(page, 'Use an authenticator app instead').click();
  const secret = (await page.locator('code').textContent())!.replaceAll(' ', '');
  await page.getByLabel('Enter the code that the app shows').fill(totpCode(secret, Date.now()));
  await button(page, 'Submit').click();
  await button(page, 'Done').click();
  await expect(heading(page, 'Hello, Test mia')).toBeVisible();
  await signOut(page);

  // The date comes in the middle of a visit: the next step leads to setting one up, and so does every way back.
  await signInWithPassword(page, 'noah');
  await button(page, 'Later').click();
  await expect(heading(page, 'Hello, Test noah')).toBeVisible();
  await patchFrom(owner, Date.now() - 1);
  await page.getByRole('link', { name: 'Security', exact: true }).click();
  await expect(heading(page, 'Set up your phone')).toBeVisible();
  await expect(button(page, 'Later')).toHaveCount(0);
  for (const path of ['/', '/security', '/profile']) {
    await page.goto(path);
    await expect(heading(page, 'Set up your phone')).toBeVisible();
  }
});

test('the notice comes in German too', async ({ browser, page, server }) => {
  await setUpWithTotp(page, server);
  await addPerson(server, 'mia');
  await patchFrom(await secondOwner(server), Date.now() + 3 * day);
  const german = await (await browser.newContext({ baseURL: server.url, locale: 'de-DE' })).newPage();
  await german.goto('/');
  await german.getByLabel('Anmeldename oder E-Mail-Adresse').fill('mia');
  await german.getByLabel('Passwort', { exact: true }).fill('correct horse battery staple');
  await button(german, 'Anmelden').click();
  await expect(heading(german, 'Richten Sie einen zweiten Faktor ein')).toBeVisible();
  await button(german, 'Später').click();
  await expect(german.getByRole('heading', { level: 1 })).toContainText('Test mia');
});

async function organization(page: Page, server: RunningServer): Promise<string> {
  const secret = await setUpWithTotp(page, server);
  const owner = await secondOwner(server);
  await addPerson(server, 'mia');
  await enrol(server, 'mia');
  // Of a date to come the server reminds by itself.
  await patchFrom(owner, Date.now() - day);
  for (const login of ['noah', 'nele']) await addPerson(server, login);
  const { id } = (await owner.post('/api/v1/admin/groups', { name: 'Finance' })).body;
  for (const login of ['mia', 'noah']) {
    const { items } = (await owner.get(`/api/v1/admin/users?q=${login}`)).body;
    await owner.call('PUT', `/api/v1/admin/groups/${id}/members/${items[0].id}`);
  }
  return secret;
}

test('administrators see who has none yet, of all or of a group, and remind them', async ({
  page,
  server,
}) => {
  const secret = await organization(page, server);
  await openAdmin(page, secret);
  await page.getByRole('navigation', { name: 'People' }).getByRole('link', { name: 'Enrolment' }).click();
  await expect(heading(page, 'Enrolment')).toBeVisible();
  await expect(heading(page, '2 people without a second factor')).toBeVisible();
  await expect(page.getByText(/Of everybody: required since /)).toBeVisible();
  const row = (name: string) => page.getByRole('row').filter({ hasText: name });
  await expect(row('Test noah').getByRole('cell', { name: /^Since / })).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await expectFitsPhone(page);

  await page.getByLabel('Search people without a second factor').fill('nele');
  await expect(row('Test noah')).toHaveCount(0);
  await page.getByLabel('Search people without a second factor').fill('');
  await expect(row('Test noah')).toBeVisible();

  await button(page, 'Remind Test noah').click();
  await expect(page.getByText('A reminder to Test noah is on its way.')).toBeVisible();
  await expect(button(page, 'Remind Test noah')).toBeDisabled();

  await page.getByRole('combobox', { name: 'Group' }).click();
  await page.getByRole('option', { name: 'Finance' }).click();
  await expect(heading(page, '1 person without a second factor')).toBeVisible();
  await expect(row('Test nele')).toHaveCount(0);
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Export' }).click();
  expect((await download).suggestedFilename()).toMatch(/^enrollment-\d{4}-\d\d-\d\d\.csv$/);

  await button(page, 'Remind all…').click();
  const dialog = page.getByRole('dialog', { name: 'Remind 1 person?' });
  await expect(dialog).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await dialog.getByRole('button', { name: 'Send reminders' }).click();
  await expect(page.getByText('The reminders are on their way.')).toBeVisible();
});

test('it is required of a group and of one person on their own pages, and of all in the settings', async ({
  page,
  server,
}) => {
  const secret = await organization(page, server);
  await openAdmin(page, secret);
  const rooms = page.getByRole('navigation', { name: 'Rooms' });
  await rooms.getByRole('link', { name: 'Groups' }).click();
  await page.getByRole('link', { name: 'Finance' }).click();
  const section = page.getByRole('region', { name: 'Second factor' });
  await section.getByLabel('A second factor is required').check();
  await expectAccessibleInBothSchemes(page);
  await section.getByLabel('From').fill('2026-01-02T08:30');
  await button(page, 'Save').click();
  await expect(page.getByText('It was saved.')).toBeVisible();
  await expect(button(page, 'Save')).toHaveCount(0);
  await expectFitsPhone(page);
  await section.getByRole('link', { name: 'Who has none yet' }).click();
  await expect(page.getByText(/Of every member: required since /)).toBeVisible();

  await page.getByRole('link', { name: 'Test noah' }).click();
  await expect(section.getByText(/^Since .*They have none yet/)).toBeVisible();
  await section.getByLabel('A second factor is required').check();
  await expect(section.getByLabel('From')).not.toHaveValue('');
  await section.getByLabel('From').fill('');
  await button(page, 'Save').click();
  await expect(section.getByText('Give a date and a time.')).toBeVisible();
  await section.getByLabel('From').fill('2030-05-06T00:00');
  await expectAccessibleInBothSchemes(page);
  await button(page, 'Save').click();
  await expect(page.getByText('It was saved.')).toBeVisible();
  await section.getByRole('button', { name: 'Send a reminder' }).click();
  await expect(page.getByText('A reminder is on its way to noah@example.com.')).toBeVisible();
  await expect(section.getByText(/The last reminder: just now/)).toBeVisible();
  await expect(section.getByRole('button', { name: 'Send a reminder' })).toHaveCount(0);
  await expectFitsPhone(page);

  await rooms.getByRole('link', { name: 'Settings' }).click();
  const from = page.getByLabel('From', { exact: true });
  await expect(from).not.toHaveValue('');
  await from.fill('2031-01-01T00:00');
  await expectAccessibleInBothSchemes(page);
  await button(page, 'Save changes').click();
  await expect(page.getByText('The settings were saved.')).toBeVisible();
  await page.getByLabel('Require a second factor').uncheck();
  await expect(from).toHaveCount(0);
});
