import type { Page } from '@playwright/test';
import { setUpWithPhone, signInWithPassword } from './support/steps.ts';
import type { PhoneBrowser } from './support/phone.ts';
import { expect, expectAccessibleInBothSchemes, test } from './support/test.ts';

/** The Admin Portal's first rooms. */

async function enterAdmin(page: Page, phone: PhoneBrowser): Promise<void> {
  await page.goto('/admin/people');
  await expect(page.getByRole('heading', { name: 'Admin Portal' })).toBeVisible();
  await page.getByLabel('Login name or e-mail address').fill('olga');
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery staple');
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(phone.page.getByText('Acme Admin Portal')).toBeVisible();
  await phone.page.getByRole('button', { name: 'Approve' }).click();
  await expect(page.getByRole('heading', { name: 'People', level: 1 })).toBeVisible();
}

test('signing in with the phone; every room opens and is accessible', async ({ page, server, launch }) => {
  test.setTimeout(120_000);
  const phone = await launch();
  await setUpWithPhone(page, server, phone);
  await enterAdmin(page, phone);
  await expectAccessibleInBothSchemes(page);
  for (const room of ['Policies', 'Settings', 'App reports', 'Outbox', 'Events']) {
    await page.getByRole('link', { name: room, exact: true }).click();
    await expect(page.getByRole('heading', { name: room, level: 1 })).toBeVisible();
    await page.waitForLoadState('networkidle');
    await expectAccessibleInBothSchemes(page);
  }
  // A reload stays where it is.
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Events', level: 1 })).toBeVisible();
});

test('adding a person by invitation, who then chooses a password; suspending them', async ({
  page,
  server,
  launch,
  browser,
}) => {
  test.setTimeout(120_000);
  const phone = await launch();
  await setUpWithPhone(page, server, phone);
  await enterAdmin(page, phone);
  await page.getByRole('link', { name: 'Add person' }).click();
  await page.getByLabel('Name', { exact: true }).fill('In Vited');
  await page.getByLabel('E-mail address').fill('invited@example.com');
  await page.getByLabel('Login name').fill('invited');
  await page.getByLabel('Invite by mail').check();
  await expectAccessibleInBothSchemes(page);
  await page.getByRole('button', { name: 'Add and invite' }).click();
  await expect(page.getByRole('heading', { name: 'In Vited', level: 1 })).toBeVisible();
  await expectAccessibleInBothSchemes(page);

  await page.getByRole('link', { name: 'Outbox', exact: true }).click();
  await page.getByText('Your account at Acme').click();
  const link = (await page
    .getByText(/\/invite#token=/)
    .first()
    .textContent())!.match(/https?:\/\/\S+/)![0];
  const newcomer = await (await browser.newContext({ baseURL: server.url })).newPage();
  await newcomer.goto(link);
  await expect(newcomer.getByText('In Vited, choose a password')).toBeVisible();
  expect(newcomer.url()).not.toContain('token');
  await expectAccessibleInBothSchemes(newcomer);
  await newcomer.getByLabel('Password', { exact: true }).fill('correct horse battery staple');
  await newcomer.getByLabel('Password again').fill('correct horse battery staple');
  await newcomer.getByRole('button', { name: 'Set the password' }).click();
  await expect(newcomer.getByRole('heading', { name: 'Set up your phone' })).toBeVisible();

  await page.goto('/admin/people');
  await page
    .getByRole('link', { name: /In Vited/ })
    .first()
    .click();
  await page.getByRole('button', { name: 'Suspend…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Suspend' }).click();
  await expect(page.getByRole('button', { name: 'Activate' })).toBeVisible();
  await newcomer.reload();
  await expect(newcomer.getByRole('heading', { name: 'Sign in' })).toBeVisible();
});

test('Reset MFA shows a one-time code, with which the person sets up a phone anew', async ({
  page,
  server,
  launch,
  browser,
}) => {
  test.setTimeout(120_000);
  const phone = await launch();
  await setUpWithPhone(page, server, phone);
  await server.cli(
    [
      'user',
      'add',
      '--login',
      'lost',
      '--email',
      'lost@example.com',
      '--name',
      'Lost Phone',
      '--password-stdin',
    ],
    'correct horse battery staple',
  );
  await enterAdmin(page, phone);
  await page
    .getByRole('link', { name: /Lost Phone/ })
    .first()
    .click();
  await page.getByRole('button', { name: 'Reset MFA…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: /Reset/ }).click();
  const code = (await page.getByRole('status', { name: 'Enrolment code' }).textContent())!;
  expect(code).toMatch(/^([0-9A-Z]{5}-){3}[0-9A-Z]{5}$/);
  await expectAccessibleInBothSchemes(page);
  const person = await (await browser.newContext({ baseURL: server.url })).newPage();
  await person.goto('/');
  await signInWithPassword(person, 'lost');
  await expect(person.getByRole('heading', { name: /Enrolment code|Set up your phone/ })).toBeVisible();
});
