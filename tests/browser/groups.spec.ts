import type { Browser, Page } from '@playwright/test';
import { addPerson, enrol } from '../support/people.ts';
import { startRelyingParty } from '../support/relying-party.ts';
import type { RunningServer } from '../support/server.ts';
import { secondOwner } from './support/moving.ts';
import { approve, setUpWithPhone, setUpWithTotp, signInWithPassword, signOut } from './support/steps.ts';
import { expect, expectAccessibleInBothSchemes, test } from './support/test.ts';

/** Groups in the Admin Portal, and what an application for one of them is to whoever is in it, and to whoever is not. */

test.setTimeout(180_000);

/** Somebody in a browser of their own, signed in to the User Portal. */
async function signedIn(browser: Browser, server: RunningServer, login: string): Promise<Page> {
  await addPerson(server, login);
  const { phone } = await enrol(server, login);
  const page = await (await browser.newContext({ baseURL: server.url })).newPage();
  await page.goto('/');
  await signInWithPassword(page, login);
  await approve(page, phone);
  await expect(page.getByRole('heading', { name: `Hello, Test ${login}` })).toBeVisible();
  return page;
}

test('an application is narrowed to a group: its members find and use it, others are told kindly', async ({
  page,
  server,
  launch,
  browser,
}) => {
  await using app = await startRelyingParty();
  const phone = await launch();
  await setUpWithPhone(page, server, phone);
  const owner = await secondOwner(server);
  const added = await owner.post('/api/v1/admin/applications', {
    kind: 'oidc',
    name: 'Payroll',
    url: app.url,
    oidc: { redirect_uris: [app.redirectUri] },
  });
  await app.connect(server.url, added.body.oidc.client_id, added.body.client_secret);
  const mia = await signedIn(browser, server, 'mia');
  const noah = await signedIn(browser, server, 'noah');

  await page.goto('/admin/');
  await page.getByLabel('Login name or e-mail address').fill('olga');
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery staple');
  await page.getByRole('button', { name: 'Continue' }).click();
  await phone.page.getByRole('button', { name: 'Approve' }).click();
  const rooms = page.getByRole('navigation', { name: 'Rooms' });
  await rooms.getByRole('link', { name: 'Groups' }).click();
  await expect(page.getByText('No groups yet')).toBeVisible();
  await expectAccessibleInBothSchemes(page);

  await page.getByRole('button', { name: 'Add group' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add group' });
  await dialog.getByRole('button', { name: 'Add group' }).click();
  await expect(dialog.getByText('Give the group a name.')).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await page.keyboard.type('Finance');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Finance', level: 1 })).toBeVisible();
  await expect(page.getByText('Nobody is in it')).toBeVisible();

  // By the keyboard alone: found, chosen, put in; and the next one could be typed at once.
  await page.getByRole('combobox', { name: 'Add a person' }).focus();
  await page.keyboard.type('mia');
  await expect(page.getByRole('option', { name: 'Test mia (mia)' })).toBeVisible();
  await expect(page.getByRole('option')).toHaveCount(1);
  await expectAccessibleInBothSchemes(page);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Add', exact: true })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByText('Test mia is in Finance now.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Take Test mia out' })).toBeVisible();
  await expect(page.getByRole('combobox', { name: 'Add a person' })).toBeFocused();
  await expectAccessibleInBothSchemes(page);
  await page.setViewportSize({ width: 320, height: 640 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  await page.setViewportSize({ width: 1280, height: 800 });

  // A name that is there already, in other letters.
  await rooms.getByRole('link', { name: 'Groups' }).click();
  await page.getByRole('button', { name: 'Add group' }).click();
  await dialog.getByLabel('Name').fill('FINANCE');
  await dialog.getByRole('button', { name: 'Add group' }).click();
  await expect(dialog.getByText('A group has this name already.')).toBeVisible();
  await page.keyboard.press('Escape');

  await rooms.getByRole('link', { name: 'Applications' }).click();
  await page.getByRole('link', { name: 'Payroll' }).click();
  const access = page.getByRole('region', { name: 'Who may use it' });
  await access.getByRole('radio', { name: 'These groups only' }).check();
  await expect(access.getByText('Without a group nobody may use it.')).toBeVisible();
  await access.getByRole('combobox', { name: 'Groups' }).fill('fin');
  await page.getByRole('option', { name: 'Finance' }).click();
  await page.keyboard.press('Escape');
  await access.getByRole('button', { name: 'Save who may use it' }).click();
  await expect(page.getByText('Who may use it was saved.')).toBeVisible();
  const length = page.getByRole('region', { name: 'Session length' });
  await length.getByRole('radio', { name: 'A length of its own' }).check();
  await length.getByLabel('Length in minutes').fill('4');
  await length.getByRole('button', { name: 'Save the session length' }).click();
  await expect(length.getByText(/whole number from 5 to 10080/)).toBeVisible();
  await length.getByLabel('Length in minutes').fill('90');
  await expect(length.getByText('That is 1 hour 30 minutes.')).toBeVisible();
  await length.getByRole('button', { name: 'Save the session length' }).click();
  await expect(page.getByText('The session length was saved.')).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await page.reload();
  await expect(access.getByText('Finance', { exact: true })).toBeVisible();
  await expect(length.getByLabel('Length in minutes')).toHaveValue('90');

  // Who is in it finds it, and is signed in to it.
  await mia.reload();
  await mia.getByRole('button', { name: /Payroll/ }).click();
  await expect(mia.getByRole('heading', { name: 'Signed in' })).toBeVisible();
  // Who is not does not, and is told so where the application sends them.
  await noah.reload();
  await expect(noah.getByRole('heading', { name: 'Hello, Test noah' })).toBeVisible();
  await expect(noah.getByRole('button', { name: /Payroll/ })).toHaveCount(0);
  await noah.goto(app.url);
  await expect(noah.getByRole('heading', { name: 'Payroll is not open to you' })).toBeVisible();
  await expectAccessibleInBothSchemes(noah);
  await noah.setViewportSize({ width: 320, height: 640 });
  expect(await noah.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  await noah.getByRole('button', { name: 'Back to the application' }).click();
  await expect(noah.getByText('access_denied')).toBeVisible();
  await noah.goto(app.url);
  await noah.getByRole('link', { name: 'Open the User Portal' }).click();
  await expect(noah.getByRole('heading', { name: 'Hello, Test noah' })).toBeVisible();

  // The person's page and the group's lead to each other.
  await rooms.getByRole('link', { name: 'People' }).click();
  await page.getByRole('link', { name: 'Test mia' }).click();
  await page.getByRole('region', { name: 'Groups' }).getByRole('link', { name: 'Finance' }).click();
  await expect(page.getByRole('region', { name: 'Applications' }).getByText('Payroll')).toBeVisible();
  await page.getByRole('button', { name: 'Take Test mia out' }).press('Enter');
  await expect(page.getByText('Test mia was taken out of Finance.')).toBeVisible();
  await expect(page.getByRole('group', { name: 'Members' })).toBeFocused();
  await mia.goto(app.url);
  await expect(mia.getByRole('heading', { name: 'Payroll is not open to you' })).toBeVisible();
  await page.getByRole('button', { name: 'Remove group' }).click();
  await expect(page.getByRole('dialog')).toContainText('Payroll');
  await expectAccessibleInBothSchemes(page);
  await page.getByRole('button', { name: 'Remove Finance' }).click();
  await expect(page.getByText('Finance was removed.')).toBeVisible();
  await expect(page.getByText('No groups yet')).toBeVisible();
});

test('whoever has nothing but a password signs in again where their sign-in is too old, and goes on', async ({
  page,
  server,
}) => {
  await using app = await startRelyingParty();
  await setUpWithTotp(page, server);
  const owner = await secondOwner(server);
  await owner.patch('/api/v1/admin/settings', { mfa: { required: false } });
  const added = await owner.post('/api/v1/admin/applications', {
    kind: 'oidc',
    name: 'Wiki',
    url: app.url,
    oidc: { redirect_uris: [app.redirectUri] },
  });
  await app.connect(server.url, added.body.oidc.client_id, added.body.client_secret);
  await addPerson(server, 'paula');
  await page.goto('/');
  await signOut(page);
  await signInWithPassword(page, 'paula');
  await expect(page.getByRole('heading', { name: 'Hello, Test paula' })).toBeVisible();
  await page.goto(`${app.url}/?prompt=login`);
  await expect(page.getByText('You signed in too long ago for Wiki.', { exact: false })).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await page.getByRole('button', { name: 'Sign in again' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in to Wiki' })).toBeVisible();
  await signInWithPassword(page, 'paula');
  await expect(page.getByRole('heading', { name: 'Signed in' })).toBeVisible();
});
