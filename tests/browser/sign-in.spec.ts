import { clickNotification, notificationsOf } from './support/phone.ts';
import { setUpWithPhone, signInWithPassword, signOut } from './support/steps.ts';
import { expect, expectAccessibleInBothSchemes, test } from './support/test.ts';

test('S12, S13: from an unfamiliar browser, with the number that the page shows', async ({
  page,
  server,
  launch,
  browser,
}) => {
  const phone = await launch();
  await setUpWithPhone(page, server, phone);
  const elsewhere = await (await browser.newContext({ baseURL: server.url })).newPage();
  await elsewhere.goto('/');
  await expectAccessibleInBothSchemes(elsewhere);
  await signInWithPassword(elsewhere, 'olga');
  const number = (await elsewhere.getByTestId('push-number').textContent())!;
  // The request opens by itself in the app, and the browser learns that it is there.
  await expect(phone.page.getByRole('heading', { name: 'Are you signing in?' })).toBeVisible();
  await expect(phone.page.getByText('New browser.')).toBeVisible();
  await expect(elsewhere.getByText('On your phone now')).toBeVisible();
  await expect(phone.page.getByRole('button', { name: 'Approve' })).toBeDisabled();
  await expectAccessibleInBothSchemes(phone.page);
  await expectAccessibleInBothSchemes(elsewhere);
  for (const digit of number) await phone.page.getByRole('button', { name: digit, exact: true }).click();
  await phone.page.getByRole('button', { name: 'Approve' }).click();
  await expect(phone.page.getByRole('heading', { name: 'Approved', level: 2 })).toBeVisible();
  await expect(elsewhere.getByRole('heading', { name: 'Hello, Olga Owner' })).toBeVisible();
  await expectAccessibleInBothSchemes(phone.page);
  await expectAccessibleInBothSchemes(elsewhere);
});

test('S13: in the familiar browser a tap on the notification’s request is enough', async ({
  page,
  server,
  launch,
}) => {
  const phone = await launch();
  await setUpWithPhone(page, server, phone);
  await phone.deliverPush();
  await signOut(page);
  await signInWithPassword(page, 'olga');
  await expect(page.getByRole('heading', { name: 'Approve on your phone' })).toBeVisible();
  await expect(page.getByTestId('push-number')).toHaveCount(0);
  const pushed = await phone.deliverPush();
  expect(pushed.title).toBe('Sign in to Acme User Portal?');
  await expect(phone.page.getByText('Nothing unusual')).toBeVisible();
  await phone.page.getByRole('button', { name: 'Approve' }).click();
  await expect(page.getByRole('heading', { name: 'Hello, Olga Owner' })).toBeVisible();
});

test('S13: Deny on the phone ends the sign-in, and the page says so', async ({ page, server, launch }) => {
  const phone = await launch();
  await setUpWithPhone(page, server, phone);
  await signOut(page);
  await signInWithPassword(page, 'olga');
  await phone.page.getByRole('button', { name: 'Deny' }).click();
  await expect(phone.page.getByRole('heading', { name: 'Denied', level: 2 })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Denied on your phone' })).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await expectAccessibleInBothSchemes(phone.page);
  await page.getByRole('button', { name: 'Start again' }).click();
  await signInWithPassword(page, 'olga');
  await expect(page.getByText('the last request was denied')).toBeVisible();
  await expectAccessibleInBothSchemes(page);
});

test('Deny from the notification, without the app on the screen', async ({ page, server, launch }) => {
  const phone = await launch();
  await setUpWithPhone(page, server, phone);
  await phone.deliverPush();
  await phone.page.goto('about:blank');
  await signOut(page);
  await signInWithPassword(page, 'olga');
  await phone.page.goto('/authenticator/manifest.webmanifest');
  const pushed = await phone.deliverPush();
  const shown = async () => (await notificationsOf(phone.page)).find(({ tag }) => tag === pushed.id);
  await expect.poll(shown).toMatchObject({ actions: ['deny'] });
  await clickNotification(phone.page, pushed.id, 'deny');
  await expect(page.getByRole('heading', { name: 'Denied on your phone' })).toBeVisible();
});

test("“This wasn't me” is told on both sides", async ({ page, server, launch }) => {
  const phone = await launch();
  await setUpWithPhone(page, server, phone);
  await signOut(page);
  await signInWithPassword(page, 'olga');
  await phone.page.getByRole('button', { name: "This wasn't me" }).click();
  await expect(phone.page.getByText('Somebody knows your password')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'This sign-in was reported' })).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await expectAccessibleInBothSchemes(phone.page);
});

test('S15: after 60 seconds the page says so and offers to send again; the app says that it has expired', async ({
  page,
  server,
  launch,
}) => {
  test.setTimeout(150_000);
  const phone = await launch();
  await setUpWithPhone(page, server, phone);
  await signOut(page);
  await signInWithPassword(page, 'olga');
  await expect(phone.page.getByRole('timer')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'No answer in time' })).toBeVisible({ timeout: 75_000 });
  await expect(phone.page.getByRole('heading', { name: 'This request has expired', level: 2 })).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await expectAccessibleInBothSchemes(phone.page);
  await phone.page.getByRole('button', { name: 'Back to accounts' }).click();
  // The back-off of five seconds has to pass first.
  await page.waitForTimeout(6_000);
  await page.getByRole('button', { name: 'Send again' }).click();
  await phone.page.getByRole('button', { name: 'Approve' }).click();
  await expect(page.getByRole('heading', { name: 'Hello, Olga Owner' })).toBeVisible();
});

test('S14: without user verification the sign-in cannot complete, and the app explains why', async ({
  page,
  server,
  launch,
}) => {
  const phone = await launch();
  await setUpWithPhone(page, server, phone);
  await signOut(page);
  await signInWithPassword(page, 'olga');
  await phone.setUserVerified(false);
  await phone.page.getByRole('button', { name: 'Approve' }).click();
  await expect(phone.page.getByRole('alert')).toContainText('It was cancelled, or took too long');
  await expect(page.getByRole('heading', { name: 'Approve on your phone' })).toBeVisible();
  await phone.setUserVerified(true);
  await phone.page.getByRole('button', { name: 'Approve' }).click();
  await expect(page.getByRole('heading', { name: 'Hello, Olga Owner' })).toBeVisible();
});

test('a wrong number ends the request, and a new one can be sent', async ({
  page,
  server,
  launch,
  browser,
}) => {
  const phone = await launch();
  await setUpWithPhone(page, server, phone);
  const elsewhere = await (await browser.newContext({ baseURL: server.url })).newPage();
  await elsewhere.goto('/');
  await signInWithPassword(elsewhere, 'olga');
  const number = (await elsewhere.getByTestId('push-number').textContent())!;
  const wrong = number === '11' ? '12' : '11';
  await expect(phone.page.getByRole('group', { name: 'Number on the sign-in page' })).toBeVisible();
  await phone.page.keyboard.type(wrong);
  await phone.page.getByRole('button', { name: 'Approve' }).click();
  await expect(phone.page.getByRole('heading', { name: 'That was not the number', level: 2 })).toBeVisible();
  await expect(elsewhere.getByRole('heading', { name: 'That was not the number' })).toBeVisible();
  await elsewhere.getByRole('button', { name: 'Send again' }).click();
  await expect(elsewhere.getByTestId('push-number')).toBeVisible();
});

test('a wrong password is told plainly, and the field takes the focus', async ({ page, server, launch }) => {
  const phone = await launch();
  await setUpWithPhone(page, server, phone);
  await signOut(page);
  await page.getByLabel('Login name or e-mail address').fill('olga');
  await page.getByLabel('Password', { exact: true }).fill('not the password');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('alert')).toHaveText('The login name or the password is wrong.');
  await expect(page.getByLabel('Password', { exact: true })).toBeFocused();
  await expectAccessibleInBothSchemes(page);
});

test('a reload in the middle of the wait goes on waiting', async ({ page, server, launch }) => {
  const phone = await launch();
  await setUpWithPhone(page, server, phone);
  await signOut(page);
  await signInWithPassword(page, 'olga');
  await expect(page.getByRole('heading', { name: 'Approve on your phone' })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Approve on your phone' })).toBeVisible();
  await phone.page.getByRole('button', { name: 'Approve' }).click();
  await expect(page.getByRole('heading', { name: 'Hello, Olga Owner' })).toBeVisible();
});

test('without notifications the app works while it is open, and the portal says what to do', async ({
  page,
  server,
  launch,
}) => {
  const phone = await launch({ notifications: 'denied' });
  await setUpWithPhone(page, server, phone);
  await signOut(page);
  await signInWithPassword(page, 'olga');
  await expect(phone.page.getByRole('heading', { name: 'Are you signing in?' })).toBeVisible();
  await phone.page.getByRole('button', { name: 'Approve' }).click();
  await expect(page.getByRole('heading', { name: 'Hello, Olga Owner' })).toBeVisible();
  await page.getByRole('link', { name: 'Security', exact: true }).click();
  await expect(page.getByText('Notifications do not reach this phone')).toBeVisible();
});
