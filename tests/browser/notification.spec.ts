import { findProgram } from '../support/installed.ts';
import { startDesktop, type Notification } from '../support/desktop.ts';
import { clickNotification } from './support/phone.ts';
import { beginMove, changeSettings } from './support/moving.ts';
import { lockByPasscode, openApp, setUpWithPhone, signInWithPassword, signOut } from './support/steps.ts';
import { expect, test } from './support/test.ts';

/** Real clicks on real notifications of the system, which Chromium shows by D-Bus. */
test.skip(findProgram('dbus-daemon') === undefined, 'D-Bus is not installed');
test.setTimeout(240_000);

test('a click on the notification opens the request; Deny on it denies', async ({ page, server, launch }) => {
  await using desktop = await startDesktop();
  const phone = await launch({ desktop });
  await setUpWithPhone(page, server, phone);
  await phone.deliverPush();
  await signOut(page);

  // The app is closed.
  await phone.page.goto('about:blank');
  await signInWithPassword(page, 'olga');
  const pushed = await phone.deliverPush();
  const notification = await desktop.waitFor(new RegExp(pushed.title));
  const opening = phone.page.context().waitForEvent('page');
  desktop.click(notification);
  const app = await opening;
  await expect(app.getByRole('button', { name: 'Approve' })).toBeVisible();
  expect(app.url()).toContain(pushed.id);
  await app.close();

  await page.getByRole('button', { name: 'Cancel' }).click();
  await signInWithPassword(page, 'olga');
  await phone.deliverPush();
  desktop.click(await desktop.waitFor(new RegExp(pushed.title)), 'Deny');
  await expect(page.getByRole('heading', { name: /denied/i })).toBeVisible();
});

const buttonsOf = ({ buttons }: Notification): string[] =>
  // Settings is the browser's own.
  [...buttons].filter(([key]) => key !== 'default' && key !== 'settings').map(([, label]) => label);

test('Approve on the notification, where the organisation allows it and a tap is enough; else only Deny', async ({
  page,
  server,
  launch,
}) => {
  await using desktop = await startDesktop();
  const phone = await launch({ desktop });
  await setUpWithPhone(page, server, phone);
  await phone.deliverPush();
  await signOut(page);
  await phone.page.goto('about:blank');

  // As it is at first: the organisation does not allow it.
  await signInWithPassword(page, 'olga');
  await phone.deliverPush();
  const first = await desktop.waitFor(/Acme User Portal/);
  expect(buttonsOf(first)).toEqual(['Deny']);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect.poll(() => desktop.shown.includes(first)).toBe(false);

  // Allowed, but a check of the person is wanted.
  await changeSettings(server, { push: { approve_from_notification: true } });
  await signInWithPassword(page, 'olga');
  await phone.deliverPush();
  const second = await desktop.waitFor(/Acme User Portal/);
  expect(buttonsOf(second)).toEqual(['Deny']);
  desktop.click(second, 'Deny');
  await expect(page.getByRole('heading', { name: /denied/i })).toBeVisible();
});

test('approved on the notification, with the app closed', async ({ page, server, launch }) => {
  await using desktop = await startDesktop();
  const phone = await launch({ desktop });
  await setUpWithPhone(page, server, phone);
  await phone.deliverPush();
  await changeSettings(server, { push: { approve_from_notification: true, user_verification: 'off' } });
  await signOut(page);
  await phone.page.goto('about:blank');
  await signInWithPassword(page, 'olga');
  await phone.deliverPush();
  const notification = await desktop.waitFor(/Acme User Portal/);
  expect(buttonsOf(notification)).toEqual(['Approve', 'Deny']);
  desktop.click(notification, 'Approve');
  await expect(page.getByRole('heading', { name: 'Hello, Olga Owner' })).toBeVisible();

  // Who locked the app is asked for more than the phone at hand, even where the button should still be there.
  await signOut(page);
  await lockByPasscode(phone.page, 'open sesame');
  await phone.page.goto('about:blank');
  await signInWithPassword(page, 'olga');
  const { id } = await phone.deliverPush();
  expect(buttonsOf(await desktop.waitFor(/Acme User Portal/))).toEqual(['Deny']);
  await clickNotification(phone.page, id, 'approve');
  await page.waitForTimeout(3_000);
  await expect(page.getByRole('heading', { name: 'Hello, Olga Owner' })).toHaveCount(0);
});

test('a notification goes when its request ends, with the app closed; what could not be done is said', async ({
  page,
  server,
  launch,
}) => {
  await using desktop = await startDesktop();
  const phone = await launch({ desktop });
  await setUpWithPhone(page, server, phone);
  await phone.deliverPush();
  await signOut(page);
  await phone.page.goto('about:blank');
  await signInWithPassword(page, 'olga');
  await phone.deliverPush();
  await desktop.waitFor(/Acme User Portal/);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect.poll(() => desktop.shown.map(({ title }) => title), { timeout: 20_000 }).toEqual([]);

  // It ends at the moment at which Deny is tapped: the worker finds it ended, and says so.
  await signInWithPassword(page, 'olga');
  await phone.deliverPush();
  const shown = await desktop.waitFor(/Acme User Portal/);
  await server.stop();
  desktop.click(shown, 'Deny');
  await desktop.waitFor(/The request was not denied/);
});

test('of several windows the one that is seen opens the request', async ({ page, server, launch }) => {
  await using desktop = await startDesktop();
  const phone = await launch({ desktop });
  await setUpWithPhone(page, server, phone);
  await phone.deliverPush();
  const other = await phone.page.context().newPage();
  await other.goto('/authenticator/#/settings');
  await expect(other.getByRole('heading', { name: 'Settings' })).toBeVisible();
  await signOut(page);
  await signInWithPassword(page, 'olga');
  await phone.page.goto('/authenticator/#/more');
  await other.goto('/authenticator/#/more');
  const pushed = await phone.deliverPush();
  desktop.click(await desktop.waitFor(/Acme User Portal/));
  await expect
    .poll(() => [phone.page.url(), other.url()].filter((url) => url.includes(pushed.id)).length)
    .toBeGreaterThan(0);
  expect(
    phone.page
      .context()
      .pages()
      .filter((each) => each.url().includes('/authenticator/')),
  ).toHaveLength(2);
});

test('on the old phone of a move, another phone’s wish can be denied, never approved, on the notification', async ({
  page,
  server,
  launch,
}) => {
  await using desktop = await startDesktop();
  const old = await launch({ desktop });
  await setUpWithPhone(page, server, old);
  await old.deliverPush();
  await changeSettings(server, { push: { approve_from_notification: true, user_verification: 'off' } });
  await beginMove(old.page);
  const next = await launch({ notifications: 'denied' });
  await openApp(next);
  await next.show(old.page.locator('.qr'));
  await old.page.goto('about:blank');
  await next.page.getByRole('button', { name: 'Add account' }).click();
  await next.page.getByRole('button', { name: 'Add this account' }).click();
  await old.deliverPush();
  const notification = await desktop.waitFor(/Another phone wants to take over/);
  expect(buttonsOf(notification)).toEqual(['Deny']);
  desktop.click(notification, 'Deny');
  await expect(next.page.getByText('The old phone did not approve it')).toBeVisible();
});
