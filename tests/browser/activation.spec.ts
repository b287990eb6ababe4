import { clickNotification, notificationsOf } from './support/phone.ts';
import {
  enrolByCamera,
  openApp,
  setUp,
  setUpByForm,
  setUpWithPhone,
  signInWithPassword,
  signOut,
} from './support/steps.ts';
import { expect, expectAccessibleInBothSchemes, test } from './support/test.ts';

test('S6 to S8: enrolling a phone by its camera, with green checks on both sides', async ({
  page,
  server,
  launch,
}) => {
  await setUpByForm(page, server);
  await expectAccessibleInBothSchemes(page);
  const phone = await launch();
  await openApp(phone);
  await expectAccessibleInBothSchemes(phone.page);
  await enrolByCamera(page, phone);
  await expect(page.getByText('Pixel 7 now approves your sign-ins.')).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await expectAccessibleInBothSchemes(phone.page);
  await page.getByRole('button', { name: 'Done', exact: true }).click();
  await phone.page.getByRole('button', { name: 'Done', exact: true }).click();
  await expect(page.getByText('Your sign-ins are protected')).toBeVisible();
  await expect(phone.page.getByText('Push is on')).toBeVisible();
});

test('S7: a sign-in without a factor leads into enrolment, and no other page opens', async ({
  page,
  server,
}) => {
  await setUp(page, server);
  for (const path of ['/', '/security', '/activate']) {
    await page.goto(path);
    await expect(page.getByRole('heading', { name: 'Set up your phone' })).toBeVisible();
  }
  await page.getByRole('button', { name: 'Sign out' }).click();
  await signInWithPassword(page, 'olga');
  await expect(page.getByRole('heading', { name: 'Set up your phone' })).toBeVisible();
});

test('S3: the page says how to get the app, in three ways', async ({ page, server }) => {
  await setUp(page, server);
  await page.getByRole('button', { name: 'View QR code' }).click();
  await expect(page.getByRole('img', { name: /QR code with the address/ })).toBeVisible();
  await page.getByRole('button', { name: 'Send the link by mail' }).click();
  await page.getByRole('button', { name: 'Send the link to my e-mail address' }).click();
  await expect(page.getByText('Sent to your e-mail address')).toBeVisible();
  await page.getByRole('button', { name: 'Open the app on this device' }).click();
  await expect(page.getByRole('link', { name: `${server.url}/authenticator/` })).toBeVisible();
  await expectAccessibleInBothSchemes(page);
});

test('S8: entering the code instead of scanning it', async ({ page, server, launch }) => {
  await setUp(page, server);
  const phone = await launch();
  await openApp(phone);
  await page.getByRole('button', { name: 'I have the app' }).click();
  await page.getByRole('button', { name: 'Enter code instead' }).click();
  await expectAccessibleInBothSchemes(page);
  const code = (await page.getByText(/^([0-9A-Z]{5}-){3}[0-9A-Z]{5}$/).textContent())!;
  await phone.page.getByRole('button', { name: 'Add account' }).click();
  await phone.page.getByRole('button', { name: 'Enter code instead' }).click();
  await phone.page.getByLabel('Code').fill('too short');
  await phone.page.getByRole('button', { name: 'Continue' }).click();
  await expect(phone.page.getByRole('alert')).toContainText('20 letters and digits');
  await expectAccessibleInBothSchemes(phone.page);
  await phone.page.getByLabel('Code').fill(code.toLowerCase().replaceAll('-', ' '));
  await phone.page.getByRole('button', { name: 'Continue' }).click();
  await expect(phone.page.getByText('Olga Owner (olga)')).toBeVisible();
  await expectAccessibleInBothSchemes(phone.page);
  await phone.page.getByRole('button', { name: 'Add this account' }).click();
  await expect(page.getByRole('heading', { name: 'Your phone is enrolled' })).toBeVisible();
});

test('scanning from a picture, and a code that is something else', async ({ page, server, launch }) => {
  await setUp(page, server);
  await page.getByRole('button', { name: 'View QR code' }).click();
  const address = await page.locator('.qr').screenshot();
  await page.getByRole('button', { name: 'I have the app' }).click();
  await expect(page.getByRole('img', { name: 'QR code with your activation code' })).toBeVisible();
  const code = await page.locator('.qr').screenshot();
  const phone = await launch();
  await openApp(phone);
  await phone.page.getByRole('button', { name: 'Add account' }).click();
  const picture = phone.page.getByLabel('Picture with a QR code');
  await picture.setInputFiles({ name: 'address.png', mimeType: 'image/png', buffer: address });
  await expect(phone.page.getByText(/This code opens a web page/)).toBeVisible();
  await picture.setInputFiles({ name: 'code.png', mimeType: 'image/png', buffer: code });
  await expect(phone.page.getByText('Olga Owner (olga)')).toBeVisible();
});

test('S9: with the app in the background, the notification must be tapped to complete', async ({
  page,
  server,
  launch,
}) => {
  await setUp(page, server);
  const phone = await launch();
  await openApp(phone);
  // The app goes to the background the moment that it has registered: it does not answer by itself.
  await phone.page.route('**/authenticator/v1/requests**', (route) => route.abort());
  await phone.page.route('**/authenticator/v1/events', (route) => route.abort());
  await page.getByRole('button', { name: 'I have the app' }).click();
  await expect(page.getByRole('img', { name: 'QR code with your activation code' })).toBeVisible();
  await phone.show(page.locator('.qr'));
  await phone.page.getByRole('button', { name: 'Add account' }).click();
  await phone.page.getByRole('button', { name: 'Add this account' }).click();
  await expect(page.getByRole('heading', { name: 'Finish on your phone' })).toBeVisible();
  const pushed = await phone.deliverPush();
  expect(pushed.title).toBe('Finish setting up this phone');
  await expect
    .poll(() => notificationsOf(phone.page))
    .toMatchObject([{ title: 'Finish setting up this phone', tag: pushed.id }]);
  await phone.page.unroute('**/authenticator/v1/requests**');
  await clickNotification(phone.page, pushed.id);
  await expect(page.getByRole('heading', { name: 'Your phone is enrolled' })).toBeVisible();
  await expect.poll(() => notificationsOf(phone.page)).toEqual([]);
});

test('S11: another phone takes the place of the first, after a confirmation on it', async ({
  page,
  server,
  launch,
}) => {
  test.setTimeout(120_000);
  const first = await launch();
  await setUpWithPhone(page, server, first);
  await page.getByRole('link', { name: 'Security', exact: true }).click();
  // Within five minutes of enrolling no step-up is asked for: sign in anew from a browser that has no such session.
  await page.getByRole('link', { name: 'Replace device' }).click();
  const second = await launch();
  await openApp(second);
  await enrolByCamera(page, second);
  await page.getByRole('button', { name: 'Done', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Security', exact: true })).toBeVisible();
  await first.page.goto('/authenticator/#/');
  await first.page.reload();
  await expect(first.page.getByText('Removed by the server')).toBeVisible();
  await expectAccessibleInBothSchemes(page);
});

test('“Not my phone” removes at once what somebody else enrolled', async ({ page, server, launch }) => {
  await setUp(page, server);
  const phone = await launch();
  await openApp(phone);
  await enrolByCamera(page, phone);
  await page.getByRole('button', { name: 'Not my phone' }).click();
  await expect(page.getByText('“Pixel 7” was removed.')).toBeVisible();
  await expect(page.getByRole('img', { name: 'QR code with your activation code' })).toBeVisible();
});

test('S25: deleting the account in the app shows in the portal', async ({ page, server, launch }) => {
  const phone = await launch();
  await setUpWithPhone(page, server, phone);
  await phone.page.getByRole('link', { name: /Acme/ }).click();
  await expectAccessibleInBothSchemes(phone.page);
  await phone.page.getByRole('button', { name: 'Delete account' }).click();
  await expectAccessibleInBothSchemes(phone.page);
  await phone.page.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(phone.page.getByText('No accounts yet')).toBeVisible();
  await page.getByRole('link', { name: 'Security', exact: true }).click();
  const push = page.getByRole('region', { name: 'Mobile push' });
  await expect(push.getByText('Not set up')).toBeVisible();
  await signOut(page);
});
