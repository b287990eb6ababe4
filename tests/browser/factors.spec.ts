import type { Page } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { findProgram } from '../support/installed.ts';
import { totpCode } from '../support/totp.ts';
import { addPlatformAuthenticator } from './support/phone.ts';
import {
  addTotp,
  openApp,
  setUp,
  setUpWithPhone,
  setUpWithTotp,
  signInWithPassword,
  signOut,
} from './support/steps.ts';
import { expect, expectAccessibleInBothSchemes, test } from './support/test.ts';

/** The factors beside the phone: set up, signed in with, confirmed with, removed. */

test.setTimeout(180_000);

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const field = (page: Page, name: string) => page.getByRole('textbox', { name, exact: true });
const card = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const hello = (page: Page) => page.getByRole('heading', { name: 'Hello, Olga Owner' });

/** A code is spent by its use, so the next one takes that of the coming half minute, which holds as well. */
const nextCode = (secret: string) => totpCode(secret, Date.now(), 1);

async function openSecurity(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Security', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Security', level: 1 })).toBeVisible();
}

async function useAnotherWay(page: Page, way: string): Promise<void> {
  await button(page, 'Use another way').click();
  await button(page, way).click();
}

/** The key as the page shows it for typing. */
const shownKey = async (page: Page): Promise<string> =>
  (await page.locator('code').textContent())!.replaceAll(' ', '');

/** A code that is none at present, whatever the time. */
const wrongCode = (secret: string): string => {
  const now = Date.now();
  const right = [-1, 0, 1, 2].map((step) => totpCode(secret, now, step));
  return ['000000', '111111', '222222', '333333', '444444'].find((code) => !right.includes(code))!;
};

test('any standard app works: its QR code is read by zbarimg, and a code of oathtool is taken', async ({
  page,
  server,
}, testInfo) => {
  const [zbarimg, oathtool] = [findProgram('zbarimg'), findProgram('oathtool')];
  test.skip(!zbarimg || !oathtool, 'zbarimg and oathtool are not installed (Debian: zbar-tools, oathtool)');
  await setUp(page, server);
  await button(page, 'Use an authenticator app instead').click();
  const picture = testInfo.outputPath('totp.png');
  await expect(
    page.getByRole('img', { name: 'QR code with your key for the authenticator app' }),
  ).toBeVisible();
  await page.locator('.qr').screenshot({ path: picture });
  const read = execFileSync(zbarimg!, ['--quiet', '--raw', '--nodbus', picture], { encoding: 'utf8' }).trim();
  const uri = new URL(read);
  expect([uri.protocol, uri.host]).toEqual(['otpauth:', 'totp']);
  const secret = uri.searchParams.get('secret')!;
  expect(secret).toBe(await shownKey(page));
  const code = execFileSync(oathtool!, ['--totp', '--base32', secret], { encoding: 'utf8' }).trim();
  await page.getByLabel('Enter the code that the app shows').fill(code);
  await button(page, 'Submit').click();
  await expect(page.getByRole('heading', { name: 'Verification codes are set up' })).toBeVisible();
});

test('S10: mobile push and verification codes are set up and used each by itself', async ({
  page,
  server,
  launch,
}) => {
  const phone = await launch();
  await setUpWithPhone(page, server, phone);
  await openSecurity(page);
  await expectAccessibleInBothSchemes(page);
  await card(page, 'Verification code').getByRole('button', { name: 'Set up' }).click();
  await expect(
    page.getByRole('img', { name: 'QR code with your key for the authenticator app' }),
  ).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  const secret = await shownKey(page);
  await page.getByLabel('Enter the code that the app shows').fill(totpCode(secret, Date.now()));
  await button(page, 'Submit').click();
  await expect(page.getByRole('heading', { name: 'Verification codes are set up' })).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await button(page, 'Done').click();
  await expect(button(page, 'Reset TOTP')).toBeVisible();
  await signOut(page);

  // The phone is asked at once; leaving it for the code gives up nothing.
  await signInWithPassword(page, 'olga');
  await expect(page.getByRole('heading', { name: 'Approve on your phone' })).toBeVisible();
  await button(page, 'Use another way').click();
  await expect(page.getByRole('heading', { name: 'How do you want to confirm?' })).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await button(page, 'Code from your authenticator app').click();
  await expect(phone.page.getByRole('button', { name: 'Approve' })).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await field(page, 'Verification code').fill(nextCode(secret));
  await expect(hello(page)).toBeVisible();
  // The request is taken back from the phone.
  await expect(phone.page.getByRole('button', { name: 'Approve' })).toHaveCount(0);
  await signOut(page);

  // What was used last comes first, and the phone is the other way.
  await signInWithPassword(page, 'olga');
  await expect(field(page, 'Verification code')).toBeFocused();
  await phone.page.getByRole('button', { name: 'Back to accounts' }).click();
  await button(page, 'Use another way').click();
  await page.getByRole('button', { name: /^Approve on / }).click();
  await phone.page.getByRole('button', { name: 'Approve' }).click();
  await expect(hello(page)).toBeVisible();
});

test('S17: from another authenticator to this one, by the guide’s names', async ({
  page,
  server,
  launch,
}) => {
  const old = await setUpWithTotp(page, server);
  const phone = await launch();
  await openApp(phone);
  await openSecurity(page);
  await button(page, 'Reset TOTP').click();
  await expectAccessibleInBothSchemes(page);
  await field(page, 'Verification code').fill(nextCode(old));
  await button(page, 'Clear TOTP settings').click();
  await expect(
    page.getByRole('img', { name: 'QR code with your key for the authenticator app' }),
  ).toBeVisible();
  await phone.show(page.locator('.qr'));
  await phone.page.getByRole('button', { name: 'Add account' }).click();
  await phone.page.getByRole('button', { name: 'Add this account' }).click();
  await phone.page.getByRole('button', { name: 'Done', exact: true }).click();
  const code = (await phone.page.getByRole('button', { name: /Copy the code/ }).textContent())!;
  // Typed as the app shows it, in two groups.
  await page.getByLabel('Enter the code that the app shows').fill(code);
  await button(page, 'Submit').click();
  await expect(page.getByRole('heading', { name: 'Verification codes are set up' })).toBeVisible();
});

test('a wrong code says how many tries are left; locked, it says until when, and the other ways go on', async ({
  page,
  server,
  launch,
}) => {
  const phone = await launch();
  await setUpWithPhone(page, server, phone);
  const { secret, spentCode } = await addTotp(page, server);
  await signOut(page);
  await signInWithPassword(page, 'olga');
  await useAnotherWay(page, 'Code from your authenticator app');
  const code = field(page, 'Verification code');
  const alert = page.getByRole('alert');
  await code.fill(spentCode);
  await expect(alert).toHaveText('This code has been used. Wait until the app shows the next one.');
  await code.fill(wrongCode(secret));
  await expect(alert).toHaveText('That code is wrong. 4 tries are left.');
  await expect(code).toHaveValue('');
  await expect(code).toBeFocused();
  await expectAccessibleInBothSchemes(page);
  for (const left of ['3 tries are left.', '2 tries are left.', 'One more try is left', 'pause after each']) {
    await code.fill(wrongCode(secret));
    await expect(alert).toContainText(left);
  }
  await code.fill(wrongCode(secret));
  await expect(alert).toContainText('Too many wrong codes');
  await expect(page.getByText(/You can try again in \d+ seconds?\./)).toBeVisible();
  await expect(button(page, 'Continue')).toBeDisabled();
  await expectAccessibleInBothSchemes(page);
  await button(page, 'Use another way').click();
  await page.getByRole('button', { name: /^Approve on / }).click();
  await phone.page.getByRole('button', { name: 'Approve' }).click();
  await expect(hello(page)).toBeVisible();
});

test('passkeys: added, renamed, signed in with after the password and alone, confirmed with, removed', async ({
  page,
  server,
}) => {
  const secret = await setUpWithTotp(page, server);
  const setUserVerified = await addPlatformAuthenticator(page);
  await openSecurity(page);
  await button(page, 'Add a passkey').click();
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Chrome on Linux');
  await expectAccessibleInBothSchemes(page);
  await setUserVerified(false);
  await button(page, 'Add passkey').click();
  await expect(page.getByRole('alert')).toContainText('it was cancelled, took too long');
  await setUserVerified(true);
  await button(page, 'Add passkey').click();
  await expect(page.getByRole('heading', { name: 'Your passkey is added' })).toBeVisible();
  await button(page, 'Done').click();
  await button(page, 'Rename Chrome on Linux').click();
  await page.getByLabel('Rename this passkey').fill('Office computer');
  await button(page, 'Save').click();
  await expect(card(page, 'Passkeys').getByText('Office computer')).toBeVisible();
  await expectAccessibleInBothSchemes(page);

  await signOut(page);
  await signInWithPassword(page, 'olga');
  await expectAccessibleInBothSchemes(page);
  await button(page, 'Use your passkey').click();
  await expect(hello(page)).toBeVisible();
  await signOut(page);
  await button(page, 'Sign in with a passkey').click();
  await expect(hello(page)).toBeVisible();
  await signOut(page);

  // With a code the session is not at the highest level: an act on the factors asks for the passkey, and goes on by itself.
  await signInWithPassword(page, 'olga');
  await useAnotherWay(page, 'Code from your authenticator app');
  await field(page, 'Verification code').fill(nextCode(secret));
  await expect(hello(page)).toBeVisible();
  await openSecurity(page);
  await card(page, 'Recovery codes').getByRole('button', { name: 'Make new codes' }).click();
  const dialog = page.getByRole('dialog', { name: 'Confirm that it is you' });
  await expect(dialog).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await dialog.getByRole('button', { name: 'Use your passkey' }).click();
  await expect(page.getByRole('heading', { name: 'Your recovery codes' })).toBeVisible();
  await button(page, 'I have kept them').click();

  await button(page, 'Remove Office computer').click();
  await button(page, 'Remove passkey').click();
  await expect(page.getByText('Office computer')).toHaveCount(0);
  await signOut(page);
  await button(page, 'Sign in with a passkey').click();
  await expect(page.getByRole('alert')).toContainText('This passkey is not known here');
});

test('recovery codes are shown once, each signs in once, and new ones are asked about', async ({
  page,
  server,
}) => {
  await setUpWithTotp(page, server);
  await openSecurity(page);
  await button(page, 'Make new codes').click();
  await expect(page.getByRole('heading', { name: 'Your recovery codes' })).toBeVisible();
  const codes = await page
    .getByRole('list', { name: 'Recovery codes' })
    .getByRole('listitem')
    .allTextContents();
  expect(codes).toHaveLength(10);
  await expectAccessibleInBothSchemes(page);
  const downloading = page.waitForEvent('download');
  await button(page, 'Download').click();
  expect((await downloading).suggestedFilename()).toBe('recovery-codes.txt');
  await button(page, 'I have kept them').click();
  await expect(page.getByText(codes[0]!)).toHaveCount(0);
  await expect(page.getByText('10 codes are left')).toBeVisible();
  await signOut(page);

  await signInWithPassword(page, 'olga');
  await useAnotherWay(page, 'Recovery code');
  await expectAccessibleInBothSchemes(page);
  await field(page, 'Recovery code').fill(codes[0]!.toLowerCase());
  await button(page, 'Continue').click();
  await expect(hello(page)).toBeVisible();
  await openSecurity(page);
  await expect(page.getByText('9 codes are left')).toBeVisible();
  await signOut(page);

  await signInWithPassword(page, 'olga');
  await useAnotherWay(page, 'Recovery code');
  await field(page, 'Recovery code').fill(codes[0]!);
  await button(page, 'Continue').click();
  await expect(page.getByRole('alert')).toHaveText(
    'This code has been used. Type another one of your codes.',
  );
  await field(page, 'Recovery code').fill(codes[1]!);
  await button(page, 'Continue').click();
  await openSecurity(page);
  await button(page, 'Make new codes').click();
  await expect(page.getByRole('dialog', { name: 'Make new codes?' })).toBeVisible();
  await expectAccessibleInBothSchemes(page);
});

test('the Admin Portal takes every factor too, and a passkey alone', async ({ page, server }) => {
  await addPlatformAuthenticator(page);
  await setUp(page, server);
  await button(page, 'Use a passkey').click();
  await button(page, 'Add passkey').click();
  await button(page, 'Done').click();
  await expect(hello(page)).toBeVisible();
  const { secret } = await addTotp(page, server);
  await page.goto('/admin/');
  await page.getByLabel('Login name or e-mail address').fill('olga');
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery staple');
  await button(page, 'Continue').click();
  await expect(button(page, 'Use your passkey')).toBeVisible();
  await useAnotherWay(page, 'Code from your authenticator app');
  await expectAccessibleInBothSchemes(page);
  await field(page, 'Verification code').fill(nextCode(secret));
  await expect(page.getByRole('heading', { name: 'Home', level: 1 })).toBeVisible();
  await page.context().clearCookies();
  await page.goto('/admin/');
  await expectAccessibleInBothSchemes(page);
  await button(page, 'Sign in with a passkey').click();
  await expect(page.getByRole('heading', { name: 'Home', level: 1 })).toBeVisible();
});

test('the first factor can be an authenticator app', async ({ page, server }) => {
  await setUp(page, server);
  await button(page, 'Use an authenticator app instead').click();
  await expect(page.getByRole('heading', { name: 'Set up your authenticator app' })).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  const first = page.getByLabel('Enter the code that the app shows');
  const secret = await shownKey(page);
  await first.fill(wrongCode(secret));
  await button(page, 'Submit').click();
  await expect(page.getByRole('alert')).toContainText('That code is wrong.');
  await first.fill(totpCode(secret, Date.now()));
  await button(page, 'Submit').click();
  await expect(page.getByRole('heading', { name: 'Verification codes are set up' })).toBeVisible();
  await button(page, 'Done').click();
  await expect(hello(page)).toBeVisible();
  await expect(page.getByText('You confirm them with the code of your authenticator app.')).toBeVisible();
});

test('the first factor can be a passkey', async ({ page, server }) => {
  await addPlatformAuthenticator(page);
  await setUp(page, server);
  await button(page, 'Use a passkey').click();
  await expect(page.getByRole('heading', { name: 'Set up a passkey' })).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await button(page, 'Add passkey').click();
  await expect(page.getByRole('heading', { name: 'Your passkey is added' })).toBeVisible();
  await button(page, 'Done').click();
  await expect(hello(page)).toBeVisible();
  await signOut(page);
  await button(page, 'Sign in with a passkey').click();
  await expect(hello(page)).toBeVisible();
});

test('a passkey is offered once, where the device can keep one; “Not now” is remembered', async ({
  page,
  server,
}) => {
  await addPlatformAuthenticator(page);
  await setUpWithTotp(page, server);
  const offer = page.getByRole('heading', { name: 'Sign in faster next time: add a passkey' });
  await expect(offer).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await button(page, 'Not now').click();
  await expect(offer).toHaveCount(0);
  await page.reload();
  await expect(page.getByText('Your sign-ins are protected')).toBeVisible();
  await expect(offer).toHaveCount(0);
});

test('whoever removes their last factor is warned', async ({ page, server }) => {
  await setUpWithTotp(page, server);
  await openSecurity(page);
  await card(page, 'Verification code').getByRole('button', { name: 'Remove' }).click();
  const dialog = page.getByRole('dialog', { name: 'Remove verification codes?' });
  await expect(dialog).toContainText('It is your only second proof.');
  await expectAccessibleInBothSchemes(page);
  await dialog.getByRole('button', { name: 'Remove codes' }).click();
  await expect(card(page, 'Verification code').getByRole('button', { name: 'Set up' })).toBeVisible();
});

test('in German: the device’s language, another one by choice, and every screen fits 320 px', async ({
  server,
  page,
  browser,
}) => {
  const secret = await setUpWithTotp(page, server);
  const context = await browser.newContext({
    baseURL: server.url,
    locale: 'de-AT',
    viewport: { width: 320, height: 640 },
  });
  const german = await context.newPage();
  const fits = async () => {
    const width = await german.evaluate(() => document.documentElement.scrollWidth);
    expect(width, german.url()).toBeLessThanOrEqual(320);
  };
  await german.goto('/');
  await expect(german.getByRole('heading', { name: 'Anmelden' })).toBeVisible();
  await expect(german.locator('html')).toHaveAttribute('lang', 'de');
  await expectAccessibleInBothSchemes(german);
  await fits();
  await german.getByLabel('Anmeldename oder E-Mail-Adresse').fill('olga');
  await german.getByLabel('Passwort', { exact: true }).fill('not the password');
  await button(german, 'Anmelden').click();
  await expect(german.getByRole('alert')).toHaveText('Der Anmeldename oder das Passwort ist falsch.');
  await german.getByLabel('Passwort', { exact: true }).fill('correct horse battery staple');
  await button(german, 'Anmelden').click();
  await expect(german.getByRole('heading', { name: 'Geben Sie Ihren Code ein' })).toBeVisible();
  await expectAccessibleInBothSchemes(german);
  await fits();
  await field(german, 'Bestätigungscode').fill(nextCode(secret));
  await expect(german.getByRole('heading', { name: 'Guten Tag, Olga Owner' })).toBeVisible();
  await fits();
  await german.getByRole('link', { name: 'Sicherheit', exact: true }).click();
  await expect(button(german, 'TOTP zurücksetzen')).toBeVisible();
  await expectAccessibleInBothSchemes(german);
  await fits();
  await button(german, 'Neue Codes erstellen').click();
  await expect(german.getByRole('heading', { name: 'Ihre Wiederherstellungscodes' })).toBeVisible();
  await fits();
  await german.getByRole('button', { name: /Konto von/ }).click();
  await german.getByRole('menuitem', { name: 'Profil und Sprache' }).click();
  await fits();
  await german.getByRole('combobox', { name: 'Sprache' }).selectOption({ label: 'English' });
  const profile = german.getByRole('heading', { name: 'Profile and language', level: 1 });
  await expect(profile).toBeVisible();
  await expect(german.locator('html')).toHaveAttribute('lang', 'en');
  await german.reload();
  await expect(profile).toBeVisible();
  await context.close();
});
