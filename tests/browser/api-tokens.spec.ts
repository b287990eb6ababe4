import type { Page } from '@playwright/test';
import type { PhoneBrowser } from './support/phone.ts';
import { askForStepUp, setUpWithPhone } from './support/steps.ts';
import { expect, expectAccessibleInBothSchemes, test } from './support/test.ts';

/** API tokens in the Admin Portal: made with scopes and an end, shown once, deleted. */

test.setTimeout(180_000);

async function enter(page: Page, phone: PhoneBrowser): Promise<void> {
  await page.goto('/admin/settings');
  await page.getByLabel('Login name or e-mail address').fill('olga');
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery staple');
  await page.getByRole('button', { name: 'Continue' }).click();
  await phone.page.getByRole('button', { name: 'Approve' }).click();
  await expect(page.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible();
}

async function expectToFit(page: Page): Promise<void> {
  await page.setViewportSize({ width: 320, height: 640 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  await expectAccessibleInBothSchemes(page);
  await page.setViewportSize({ width: 1280, height: 800 });
}

test('a token is made with the keyboard, copied once, used by a program, and deleted', async ({
  page,
  server,
  launch,
}) => {
  const phone = await launch();
  await setUpWithPhone(page, server, phone);
  await enter(page, phone);
  await page
    .getByRole('navigation', { name: 'Settings' })
    .getByRole('link', { name: 'API tokens' })
    .press('Enter');
  await expect(page.getByText('No API tokens yet')).toBeVisible();
  await expectAccessibleInBothSchemes(page);

  await page.getByRole('button', { name: 'Make a token' }).press('Enter');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByLabel('Name')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(dialog.getByText('Give the token a name')).toBeVisible();
  await page.keyboard.type('Import of people');
  await page.keyboard.press('Enter');
  await expect(dialog.getByText('Choose at least one.')).toBeVisible();
  await dialog.getByLabel('People: read').press('Space');
  await dialog.getByLabel('People: change').press('Space');
  await expect(dialog.getByLabel('Events: change')).toHaveCount(0);
  await expectAccessibleInBothSchemes(page);
  await expectToFit(page);
  await askForStepUp(page, '/api/v1/admin/tokens', 'act:admin');
  await dialog.getByRole('button', { name: 'Make the token' }).press('Enter');
  const confirmation = page.getByRole('dialog', { name: 'Confirm that it is you' });
  await expect(confirmation).toBeVisible();
  await phone.page.getByRole('button', { name: 'Back to accounts' }).click();
  await expect(phone.page.getByRole('button', { name: 'Approve' })).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  // It stands above the dialog whose act it confirms.
  await confirmation.getByRole('button', { name: 'Close' }).click({ trial: true });
  await phone.page.getByRole('button', { name: 'Approve' }).click();

  const made = page.getByRole('dialog', { name: 'Import of people is made' });
  const token = (await made.getByRole('region', { name: 'API token' }).textContent())!;
  expect(token).toMatch(/^cst_[\w-]{43}$/);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await made.getByRole('button', { name: 'Copy: API token' }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(token);
  await expectAccessibleInBothSchemes(page);
  await expectToFit(page);
  // A key or a click beside it does not take it away.
  await page.keyboard.press('Escape');
  await expect(made).toBeVisible();
  await made.getByRole('button', { name: 'Done' }).click();
  await page.reload();
  await expect(page.getByRole('heading', { name: 'API tokens', level: 1 })).toBeVisible();

  const call = () =>
    fetch(`${server.url}/api/v1/admin/users`, { headers: { authorization: `Bearer ${token}` } });
  expect((await call()).status).toBe(200);
  await page.reload();
  const row = page.getByRole('row', { name: /Import of people/ });
  await expect(row).toContainText('People: read, change');
  await expect(row).toContainText(/from (127\.0\.0\.1|::1)/);
  await expect(row).toContainText(token.slice(0, 8));
  expect(await page.content()).not.toContain(token);
  await expectAccessibleInBothSchemes(page);
  await expectToFit(page);

  await row.getByRole('button', { name: 'Delete Import of people' }).press('Enter');
  const question = page.getByRole('dialog', { name: 'Delete Import of people?' });
  await expectAccessibleInBothSchemes(page);
  await question.getByRole('button', { name: 'Delete Import of people' }).click();
  await expect(page.getByText('Import of people was deleted.')).toBeVisible();
  await expect(page.getByText('No API tokens yet')).toBeVisible();
  expect((await call()).status).toBe(401);

  await page.goto('/admin/events?q=token');
  await expect(page.getByRole('listitem').filter({ hasText: /API token made.*by olga/ })).toHaveCount(1);
  await expect(page.getByRole('listitem').filter({ hasText: /API token deleted.*by olga/ })).toHaveCount(1);
});

test('every call of the server is on a page, found by its words, with what it needs, takes and answers', async ({
  page,
  server,
  launch,
}) => {
  const phone = await launch();
  await setUpWithPhone(page, server, phone);
  await enter(page, phone);
  const elsewhere: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(server.url)) elsewhere.push(request.url());
  });
  await page
    .getByRole('navigation', { name: 'Settings' })
    .getByRole('link', { name: 'API', exact: true })
    .click();
  await expect(page.getByRole('heading', { name: 'API', level: 1 })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Signing in' })).toBeVisible();
  const document = (await (await fetch(`${server.url}/api/openapi.json`)).json()) as {
    paths: Record<string, object>;
  };
  const count = Object.values(document.paths).flatMap((methods) => Object.keys(methods)).length;
  await expect(page.getByRole('main').getByRole('group')).toHaveCount(count);
  await expectAccessibleInBothSchemes(page);

  await page.getByLabel('Search calls').fill('post make token');
  const call = page.getByRole('main').getByRole('listitem');
  await expect(call.filter({ hasText: 'Make an API token' })).toBeVisible();
  await call.filter({ hasText: 'Make an API token' }).locator('summary').press('Enter');
  await expect(page.getByText('An API token with the scope tokens:write, or a session here')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Body' })).toContainText(
    'name: string (1 to 100 characters)',
  );
  await expect(page.getByRole('region', { name: 'Answer 201' })).toContainText('token: string');
  await expectAccessibleInBothSchemes(page);
  await expectToFit(page);
  await page.reload();
  await expect(page.getByLabel('Search calls')).toHaveValue('post make token');
  await page.getByLabel('Search calls').fill('no such call');
  await expect(page.getByText('No call has all of these words.')).toBeVisible();
  await page.getByRole('button', { name: 'Clear the search' }).click();
  await expect(page.getByRole('region', { name: 'Signing in' })).toBeVisible();
  expect(elsewhere).toEqual([]);
});
