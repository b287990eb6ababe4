import { addKey, openApp, setUpWithPhone } from './support/steps.ts';
import { expect, expectAccessibleInBothSchemes, test } from './support/test.ts';

/** The device's storage and clock at fault: said so, never a blank list, and nothing lost. */

const key = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

test('a browser that forbids storage: the app says so, and what to do', async ({ launch }) => {
  const phone = await launch();
  await openApp(phone);
  await addKey(phone.page, { issuer: 'GitHub', key });
  await phone.page.addInitScript(() => {
    if (sessionStorage.getItem('allow')) return;
    IDBFactory.prototype.open = () => {
      throw new DOMException('denied', 'SecurityError');
    };
  });
  await phone.page.reload();
  await expect(phone.page.getByRole('alert')).toContainText('does not let the app keep anything');
  await expectAccessibleInBothSchemes(phone.page);
  await phone.page.evaluate(() => sessionStorage.setItem('allow', 'yes'));
  await phone.page.getByRole('button', { name: 'Try again' }).click();
  await expect(phone.page.getByText('GitHub')).toBeVisible();
});

test('storage that is full: nothing is half kept, and what was there is there', async ({ launch }) => {
  const phone = await launch();
  await openApp(phone);
  await addKey(phone.page, { issuer: 'GitHub', key });
  await phone.page.evaluate(() => {
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (...values) {
      if (this.name === 'codes') throw new DOMException('full', 'QuotaExceededError');
      return put.apply(this, values);
    };
  });
  await phone.page.getByRole('button', { name: 'Add account' }).click();
  await phone.page.getByRole('button', { name: 'Enter code instead' }).click();
  await phone.page.getByLabel('Another service').check();
  await phone.page.getByLabel('Service', { exact: true }).fill('Bank');
  await phone.page.getByLabel('Key', { exact: true }).fill('MFRGGZDFMZTWQ2LK');
  await phone.page.getByRole('button', { name: 'Continue' }).click();
  await phone.page.getByRole('button', { name: 'Add this account' }).click();
  await expect(phone.page.getByRole('alert')).toContainText('The storage of this device is full');
  // Not from the screen that was left, which leads elsewhere by itself once it finds nothing to add.
  await phone.page.goto('about:blank');
  await phone.page.goto('/authenticator/#/');
  await expect(phone.page.locator('.code-row')).toHaveCount(1);
  await expect(phone.page.getByRole('button', { name: /Copy the code/ })).toBeVisible();
});

test('a database that the device has deleted is said, not shown as an empty list', async ({ launch }) => {
  const phone = await launch();
  await openApp(phone);
  await addKey(phone.page, { issuer: 'GitHub', key });
  const folder = phone.page.url();
  // The app lets go of its database when another wants to delete it.
  await phone.page.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const request = indexedDB.deleteDatabase('countersign-authenticator');
        request.addEventListener('success', () => resolve());
        request.addEventListener('error', () => reject(new Error('not deleted')));
      }),
  );
  await phone.page.goto('about:blank');
  await phone.page.goto(folder);
  await expect(phone.page.getByRole('alert')).toContainText('has deleted the app’s data');
  await expectAccessibleInBothSchemes(phone.page);
  await phone.page.getByRole('button', { name: 'I understand' }).click();
  await phone.page.getByRole('button', { name: 'Skip' }).click();
  await phone.page.getByRole('button', { name: /Continue|Not now/ }).click();
  await expect(phone.page.getByText('No accounts yet')).toBeVisible();
});

test('a clock that is off is said, and how far; a sign-in works nevertheless', async ({
  page,
  server,
  launch,
}) => {
  const phone = await launch();
  await phone.page.clock.install({ time: Date.now() - 7 * 60_000 });
  await setUpWithPhone(page, server, phone);
  await addKey(phone.page, { issuer: 'GitHub', key });
  await expect(phone.page.getByText('This device’s clock is 7 minutes behind.')).toBeVisible();
  await expectAccessibleInBothSchemes(phone.page);
});
