import { addPerson, enrol } from '../support/people.ts';
import { approve } from './support/steps.ts';
import { expect, expectAccessibleInBothSchemes, test } from './support/test.ts';

/** Deleting a person in the Admin Portal, and having them back. */
test('a person is deleted, shown as such, and taken back', async ({ page, server }) => {
  test.setTimeout(120_000);
  await addPerson(server, 'olga', 'owner');
  const { phone } = await enrol(server, 'olga');
  await addPerson(server, 'leaver');
  await page.goto('/admin/people');
  await page.getByLabel('Login name or e-mail address').fill('olga');
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery staple');
  await page.getByRole('button', { name: 'Continue' }).click();
  await approve(page, phone, 'admin_login');
  await page.getByRole('link', { name: 'Test leaver' }).click();
  await page.getByRole('button', { name: 'Delete…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete Test leaver?' });
  await expect(dialog.getByText('is gone in 30 days')).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await dialog.getByRole('button', { name: 'Delete Test leaver' }).click();
  await expect(page.getByText('Test leaver is deleted.')).toBeVisible();
  await expect(page.getByText('Gone for good', { exact: true })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Delete…' })).toHaveCount(0);
  // What stands half under the head of the page is too small to hit.
  await page.evaluate(() => scrollTo(0, 0));
  await expectAccessibleInBothSchemes(page);
  await page.setViewportSize({ width: 320, height: 640 });
  await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByRole('button', { name: 'Undo the deletion' }).click();
  await expect(page.getByText('Test leaver can sign in again.')).toBeVisible();
  await expect(page.getByText('Gone for good', { exact: true })).toHaveCount(0);
  await page.getByRole('link', { name: 'Events', exact: true }).click();
  await expect(page.getByRole('main').getByText('Deletion of a person undone')).toBeVisible();
});
