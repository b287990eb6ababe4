import { secondOwner } from './support/moving.ts';
import { setUpWithPhone } from './support/steps.ts';
import { expect, expectAccessibleInBothSchemes, test } from './support/test.ts';

/** Applications: kept in the Admin Portal, opened from the User Portal, with a step-up where one asks for it. */

test.setTimeout(120_000);

test('S19: an application that asks for a step-up opens after Approve; Deny signs out of the portal', async ({
  page,
  server,
  launch,
}) => {
  const phone = await launch();
  await setUpWithPhone(page, server, phone);
  const owner = await secondOwner(server);
  const add = async (name: string, more: object = {}) => {
    const body = { name, url: `${server.url}/health/live?${name}`, ...more };
    const answer = await owner.post('/api/v1/admin/applications', body);
    expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  };
  await add('Payroll', { step_up: true });
  for (let n = 1; n <= 8; n++) await add(`Tool ${n}`);
  // Longer ago than five minutes.
  await page.goto('/');
  await expect(page.getByRole('button', { name: /Payroll/ })).toContainText('Asks to confirm');
  await expectAccessibleInBothSchemes(page);
  await page.setViewportSize({ width: 320, height: 640 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByLabel('Search applications').fill('tool 3');
  await expect(page.getByRole('button', { name: /Tool/ })).toHaveCount(1);
  await page.getByRole('button', { name: /Tool 3/ }).click();
  await expect(page).toHaveURL(/health\/live\?Tool/);
  await page.goto('/');
  await expect(page.getByText('Recently used')).toBeVisible();
  // As if the sign-in were older than five minutes: the server says so once.
  const asksFor = () =>
    page.route(
      '**/me/applications/*/open',
      (route) => {
        const id = /applications\/([\w-]+)\/open/.exec(route.request().url())![1];
        const problem = { type: 'x', title: 'x', status: 403, detail: 'x', code: 'step_up_required' };
        return route.fulfill({
          status: 403,
          contentType: 'application/problem+json',
          body: JSON.stringify({ ...problem, resource: `application:${id}` }),
        });
      },
      { times: 1 },
    );
  await asksFor();
  await page.getByRole('button', { name: /Payroll/ }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await expect(phone.page.getByText('Payroll', { exact: true })).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await phone.page.getByRole('button', { name: 'Approve' }).click();
  await expect(page).toHaveURL(/health\/live\?Payroll/);

  await page.goto('/');
  await asksFor();
  await page
    .getByRole('button', { name: /Payroll/ })
    .first()
    .click();
  await phone.page.goto('/authenticator/#/');
  await phone.page.getByRole('button', { name: 'Deny' }).click();
  await expect(page.getByText('The request was denied on your phone, so you were signed out.')).toBeVisible();
  const other = await page.context().newPage();
  await other.goto('/');
  await expect(other.getByRole('heading', { name: 'Sign in' })).toBeVisible();
});

test('“This wasn’t me” in the recent activity: another password is demanded', async ({
  page,
  server,
  launch,
}) => {
  const phone = await launch();
  await setUpWithPhone(page, server, phone);
  await page.getByRole('link', { name: 'Security', exact: true }).click();
  await page.getByRole('button', { name: 'This wasn’t me' }).first().click();
  await expectAccessibleInBothSchemes(page);
  await page.getByRole('button', { name: 'Sign everybody else out' }).click();
  await expect(page.getByRole('heading', { name: /Choose a password of your own/ })).toBeVisible();
});
