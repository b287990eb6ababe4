import type { Page } from '@playwright/test';
import type { PhoneBrowser } from './support/phone.ts';
import { changeSettings, openAccount } from './support/moving.ts';
import { openApp, setUp, setUpWithPhone, signInWithPassword, signOut } from './support/steps.ts';
import { expect, expectAccessibleInBothSchemes, test } from './support/test.ts';

/** User verification: without the face, finger or passcode nothing is approved, and what is wrong is said. */

test.setTimeout(300_000);

const approve = (phone: PhoneBrowser) => phone.page.getByRole('button', { name: 'Approve' });

/** The phone is enrolled without a verification key; the portal is signed in. */
async function setUpWithoutKey(page: Page, server: { setupLink: string | undefined }, phone: PhoneBrowser) {
  await setUp(page, server as Parameters<typeof setUp>[1]);
  await openApp(phone);
  await phone.setUserVerified(false);
  await page.getByRole('button', { name: 'I have the app' }).click();
  await expect(page.getByRole('img', { name: 'QR code with your activation code' })).toBeVisible();
  await phone.show(page.locator('.qr'));
  await phone.page.getByRole('button', { name: 'Add account' }).click();
  await phone.page.getByRole('button', { name: 'Add this account' }).click();
  await expect(phone.page.getByText('It was cancelled, or took too long.')).toBeVisible();
  await expectAccessibleInBothSchemes(phone.page);
  await phone.page.getByRole('button', { name: 'Continue without it' }).click();
  await expect(phone.page.getByRole('heading', { name: 'This device is verified' })).toBeVisible();
  await page.getByRole('button', { name: 'Done', exact: true }).click();
  await phone.page.getByRole('button', { name: 'Done', exact: true }).click();
  await phone.setUserVerified(true);
  await phone.cover();
}

test('an account with user verification required cannot be approved without it', async ({
  page,
  server,
  launch,
}) => {
  const phone = await launch();
  await setUpWithPhone(page, server, phone);
  await changeSettings(server, { push: { user_verification: 'required' } });
  await signOut(page);
  await signInWithPassword(page, 'olga');
  await expect(approve(phone)).toBeEnabled();
  // The app itself is altered: it leaves the assertion out, and signs that.
  const answers: { status: number; body: { code?: string } }[] = [];
  phone.page.on('response', async (response) => {
    if (response.url().endsWith('/answer'))
      answers.push({ status: response.status(), body: (await response.json()) as { code?: string } });
  });
  await phone.page.evaluate(() => {
    const stringify = JSON.stringify.bind(JSON);
    JSON.stringify = (value: unknown) =>
      stringify((value as { answer?: string })?.answer ? { ...(value as object), webauthn: null } : value);
    Object.assign(window, { restore: () => (JSON.stringify = stringify) });
  });
  await approve(phone).click();
  await expect(phone.page.getByRole('alert')).toContainText('Face ID, fingerprint or passcode is needed.');
  expect(answers).toMatchObject([{ status: 403, body: { code: 'user_verification_required' } }]);
  await expect(page.getByRole('heading', { name: 'Approve on your phone' })).toBeVisible();
  await phone.page.evaluate(() => (window as unknown as { restore: () => void }).restore());
  await approve(phone).click();
  await expect(page.getByRole('heading', { name: 'Hello, Olga Owner' })).toBeVisible();
});

test('cancelled, and cancelled again: the reasons are said, Deny stays possible; then it is approved', async ({
  page,
  server,
  launch,
}) => {
  const phone = await launch();
  await setUpWithPhone(page, server, phone);
  await signOut(page);
  await signInWithPassword(page, 'olga');
  await phone.setUserVerified(false);
  await approve(phone).click();
  await expect(phone.page.getByText('It was cancelled, or took too long.')).toBeVisible();
  await expect(phone.page.getByText('You can still deny without it.')).toBeVisible();
  await expect(phone.page.getByText('may be gone')).toHaveCount(0);
  await approve(phone).click();
  await expect(
    phone.page.getByText('may be gone, for example after the screen lock was reset'),
  ).toBeVisible();
  await expect(phone.page.getByRole('link', { name: 'What may be the reason' })).toHaveAttribute(
    'href',
    '#/help/verification',
  );
  await expectAccessibleInBothSchemes(phone.page);
  await expect(page.getByRole('heading', { name: 'Approve on your phone' })).toBeVisible();
  await phone.setUserVerified(true);
  await approve(phone).click();
  await expect(page.getByRole('heading', { name: 'Hello, Olga Owner' })).toBeVisible();
});

test('a phone without a screen lock, and a browser without the means, are told apart', async ({
  page,
  server,
  launch,
}) => {
  const phone = await launch();
  await setUpWithPhone(page, server, phone);
  await signOut(page);
  await signInWithPassword(page, 'olga');
  await phone.setUserVerified(false);
  await phone.page.evaluate(() => {
    PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable = async () => false;
  });
  await approve(phone).click();
  await expect(phone.page.getByText('This phone has no screen lock.')).toBeVisible();
  await phone.page.evaluate(() => Reflect.deleteProperty(window, 'PublicKeyCredential'));
  await approve(phone).click();
  await expect(phone.page.getByText('This browser cannot use the phone’s face')).toBeVisible();
  await phone.page.getByRole('button', { name: 'Deny' }).click();
  await expect(page.getByRole('heading', { name: 'Denied on your phone' })).toBeVisible();
});

test('the check is replaced on the word of the present one, and the new one is asked for', async ({
  page,
  server,
  launch,
}) => {
  const phone = await launch();
  await setUpWithPhone(page, server, phone);
  await openAccount(phone.page);
  await phone.page.getByRole('link', { name: /Face, finger or passcode/ }).click();
  await expectAccessibleInBothSchemes(phone.page);
  await phone.setUserVerified(false);
  await phone.page.getByRole('button', { name: 'Replace the check' }).click();
  await expect(phone.page.getByText('It was cancelled, or took too long.')).toBeVisible();
  await phone.setUserVerified(true);
  await phone.page.getByRole('button', { name: 'Replace the check' }).click();
  await expect(phone.page.getByText('Replaced. From now on the new key is asked for.')).toBeVisible();
  // Once more: the app knows which key is the present one now.
  await phone.page.getByRole('button', { name: 'Replace the check' }).click();
  await expect(phone.page.getByText('Replaced. From now on the new key is asked for.')).toBeVisible();
  await signOut(page);
  await signInWithPassword(page, 'olga');
  await approve(phone).click();
  await expect(page.getByRole('heading', { name: 'Hello, Olga Owner' })).toBeVisible();
});

test('a first check is added later, by the portal’s code; required without one is said on the account', async ({
  page,
  server,
  launch,
}) => {
  const phone = await launch();
  await setUpWithoutKey(page, server, phone);
  await openAccount(phone.page);
  await phone.page.getByRole('link', { name: 'Move to a new phone' }).click();
  await expect(phone.page.getByText('Moving needs a face, finger or passcode check')).toBeVisible();
  await expectAccessibleInBothSchemes(phone.page);
  await phone.page.getByRole('button', { name: 'Add a check' }).click();
  await expect(phone.page.getByText('sign in to the User Portal, open Security')).toBeVisible();
  await expectAccessibleInBothSchemes(phone.page);
  await phone.page.goto('/authenticator/#/verification-key?code=AAAAA-AAAAA-AAAAA-AAAAA');
  await phone.page.getByRole('button', { name: 'Add it now' }).click();
  await expect(phone.page.getByRole('alert')).toContainText('Make a new one');
  await changeSettings(server, { push: { user_verification: 'required' } });
  await phone.page.goto('/authenticator/#/');
  await phone.page.reload();
  await expect(phone.page.getByText('Needs a face, finger or passcode check')).toBeVisible();
  await openAccount(phone.page);
  await expect(phone.page.getByText('it gets no requests until you add one')).toBeVisible();

  await page.getByRole('link', { name: 'Security', exact: true }).click();
  await page.getByRole('button', { name: 'Add Face ID, fingerprint or passcode' }).click();
  await expect(page.getByRole('img', { name: /QR code with which your phone adds/ })).toBeVisible();
  await phone.show(page.locator('.qr'));
  await phone.page.getByRole('link', { name: /Face, finger or passcode/ }).click();
  await phone.page.getByRole('button', { name: 'Scan the code' }).click();
  await expect(phone.page.getByText('Olga Owner (olga)')).toBeVisible();
  await expectAccessibleInBothSchemes(phone.page);
  await phone.page.getByRole('button', { name: 'Add it now' }).click();
  await expect(phone.page.getByRole('heading', { name: 'Added' })).toBeVisible();
  await expectAccessibleInBothSchemes(phone.page);
  await expect(page.getByRole('heading', { name: 'It is added' })).toBeVisible();
  await phone.page.getByRole('button', { name: 'Done' }).click();
  await expect(phone.page.getByText('it gets no requests until you add one')).toHaveCount(0);
  await page.getByRole('button', { name: 'Done', exact: true }).click();
  await signOut(page);
  await signInWithPassword(page, 'olga');
  await approve(phone).click();
  await expect(page.getByRole('heading', { name: 'Hello, Olga Owner' })).toBeVisible();
});

test('a code for a check, scanned where there is no account, or not whole', async ({ launch }) => {
  const phone = await launch();
  await openApp(phone);
  await phone.page.goto('/authenticator/#/verification-key?code=AAAAA-AAAAA-AAAAA-AAAAA');
  await expect(phone.page.getByText('not on this device')).toBeVisible();
  await expectAccessibleInBothSchemes(phone.page);
  await phone.page.goto('/authenticator/#/verification-key');
  await expect(phone.page.getByText('This link is not complete.')).toBeVisible();
});
