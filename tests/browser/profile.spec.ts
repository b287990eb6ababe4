import type { Page } from '@playwright/test';
import { setUpWithTotp, signInWithPassword } from './support/steps.ts';
import { expect, expectAccessibleInBothSchemes, test } from './support/test.ts';
import { totpCode } from '../support/totp.ts';

/** How a person is called and spoken to, and the choice of a password. */

async function openProfile(page: Page): Promise<void> {
  await page.getByRole('button', { name: /Account of|Konto von/ }).click();
  await page.getByRole('menuitem', { name: /Profile and language|Profil und Sprache/ }).click();
}

test('the name is changed, and the language at once, also in the next browser that the person signs in with', async ({
  page,
  server,
  browser,
}) => {
  const secret = await setUpWithTotp(page, server);
  await openProfile(page);
  await expect(page.getByRole('heading', { name: 'Profile and language', level: 1 })).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  const name = page.getByRole('textbox', { name: 'Name', exact: true });
  await expect(page.getByRole('button', { name: 'Save' })).toBeDisabled();
  await name.fill('  ');
  await expect(page.getByText('Enter a name.')).toBeVisible();
  await name.fill('Olga Ödmann');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('status')).toContainText('Your name was saved.');
  await expect(page.getByRole('button', { name: 'Account of Olga Ödmann' })).toBeVisible();
  await page.reload();
  await expect(name).toHaveValue('Olga Ödmann');
  await page.getByRole('combobox', { name: 'Language' }).selectOption({ label: 'Deutsch' });
  await expect(page.getByRole('heading', { name: 'Profil und Sprache', level: 1 })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await expectAccessibleInBothSchemes(page);

  const other = await browser.newContext({ locale: 'en-GB' });
  const elsewhere = await other.newPage();
  await elsewhere.goto(server.setupLink!.replace(/\/setup.*/, '/'));
  await signInWithPassword(elsewhere, 'olga');
  await elsewhere
    .getByRole('textbox', { name: 'Verification code', exact: true })
    .fill(totpCode(secret, Date.now(), 1));
  await expect(elsewhere.getByRole('heading', { name: 'Guten Tag, Olga Ödmann' })).toBeVisible();
  await openProfile(elsewhere);
  await elsewhere.getByRole('combobox', { name: 'Sprache' }).selectOption({ label: 'Wie auf dem Gerät' });
  await expect(elsewhere.getByRole('heading', { name: 'Profile and language', level: 1 })).toBeVisible();
  await other.close();

  // The server refuses: it is said, and the page goes on in the language that it has.
  await page.route('**/api/v1/me', (route) => route.abort());
  await page.getByRole('combobox', { name: 'Sprache' }).selectOption({ label: 'English' });
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(page.getByRole('combobox', { name: 'Sprache' })).toHaveValue('de');
});

test('a new password is judged while it is typed, by what others know of the person too', async ({
  page,
  server,
}) => {
  await setUpWithTotp(page, server);
  await page.getByRole('link', { name: 'Security', exact: true }).click();
  await page.getByRole('button', { name: 'Change password' }).click();
  const next = page.getByLabel('New password', { exact: true });
  const judged = page.getByRole('region', { name: 'Password', exact: true }).getByRole('status');
  await expect(judged).toHaveText('');
  await next.fill('qwertzuiop');
  await expect(judged).toContainText('easy to guess');
  await expect(judged).toContainText('Longer is better');
  await expectAccessibleInBothSchemes(page);
  await next.fill('olga@example.com');
  await expect(judged).toContainText('Anybody would guess it at once.');
  await next.fill('a lamp under seven blue stairs');
  await expect(judged).toHaveText('It is very hard to guess.');
  await expectAccessibleInBothSchemes(page);
  await next.fill('');
  await expect(judged).toHaveText('');
});
