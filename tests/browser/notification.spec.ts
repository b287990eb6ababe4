import { findProgram } from '../support/installed.ts';
import { startDesktop } from '../support/desktop.ts';
import { setUpWithPhone, signInWithPassword, signOut } from './support/steps.ts';
import { expect, test } from './support/test.ts';

/** Real clicks on real notifications of the system, which Chromium shows by D-Bus. */
test.skip(findProgram('dbus-daemon') === undefined, 'D-Bus is not installed');

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
