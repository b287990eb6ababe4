import type { Page } from '@playwright/test';
import { clickNotification, notificationsOf } from './support/phone.ts';
import {
  addKey,
  lockByPasscode,
  openApp,
  setUpWithPhone,
  signInWithPassword,
  signOut,
} from './support/steps.ts';
import { expect, expectAccessibleInBothSchemes, test } from './support/test.ts';

/** The app lock: what it keeps closed, how it opens, and what goes on without it. */

const key = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

/** What lies in the database of the vault: which members, and whether a key is among them. */
const vault = (page: Page): Promise<Record<string, unknown>> =>
  page.evaluate(async () => {
    const db = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open('countersign-authenticator');
      request.onsuccess = () => resolve(request.result);
    });
    const row = await new Promise<Record<string, unknown>>((resolve) => {
      const request = db.transaction('vault').objectStore('vault').get('vault');
      request.onsuccess = () => resolve(request.result as Record<string, unknown>);
    });
    db.close();
    return {
      ...row,
      key: row.key instanceof CryptoKey ? `extractable: ${row.key.extractable}` : row.key,
    };
  });

async function unlock(page: Page, passcode: string): Promise<void> {
  await page.getByLabel('Passcode').fill(passcode);
  await page.getByRole('button', { name: 'Unlock' }).click();
}

test('without a PRF the lock opens with a passcode, says so, and keeps the codes’ key only wrapped', async ({
  launch,
}) => {
  const phone = await launch();
  const { page } = phone;
  await openApp(phone);
  await addKey(page, { issuer: 'GitHub', label: 'ada', key });
  expect(await vault(page)).toMatchObject({ key: 'extractable: false' });
  await page.goto('/authenticator/#/settings/security');
  await expect(page.getByText('Make a backup first.')).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await lockByPasscode(page, 'open sesame');
  await expect(page.getByText('It opens with a passcode of its own')).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  const closed = await vault(page);
  expect(closed.key).toBeUndefined();
  expect(closed.lock).toMatchObject({ kind: 'passcode', failures: 0 });

  await page.goto('/authenticator/#/');
  await page.reload();
  await expect(page.getByRole('heading', { name: 'The app is locked' })).toBeVisible();
  await expect(page.getByText('GitHub')).toHaveCount(0);
  await expectAccessibleInBothSchemes(page);
  await unlock(page, 'open sesame!');
  await expect(page.getByRole('alert')).toHaveText('The passcode is wrong.');
  await unlock(page, 'open sesame');
  await expect(page.getByRole('button', { name: /Copy the code/ })).toBeVisible();

  await page.goto('/authenticator/#/settings/security');
  await page.getByRole('button', { name: 'Lock now' }).click();
  await expect(page.getByRole('heading', { name: 'The app is locked' })).toBeVisible();
  await unlock(page, 'open sesame');
  await page.getByRole('button', { name: 'Turn off the app lock' }).click();
  await expect(page.getByText('The app lock is off.')).toBeVisible();
  expect(await vault(page)).toMatchObject({ key: 'extractable: false' });
  await page.goto('/authenticator/#/');
  await expect(page.getByRole('button', { name: /Copy the code/ })).toBeVisible();
});

test('wrong passcodes wait longer and longer, and ending the app does not give the tries back', async ({
  launch,
}) => {
  const phone = await launch();
  const { page } = phone;
  await openApp(phone);
  await lockByPasscode(page, 'open sesame');
  await page.reload();
  for (let wrong = 0; wrong < 5; wrong++) {
    if (wrong === 3) await page.reload();
    await unlock(page, `wrong ${wrong}`);
    await expect(page.getByRole('alert')).toHaveText('The passcode is wrong.');
  }
  await unlock(page, 'open sesame');
  await expect(page.getByRole('alert')).toContainText('Too many wrong tries. Try again in');
  await page.reload();
  await unlock(page, 'open sesame');
  await expect(page.getByRole('alert')).toContainText('Too many wrong tries. Try again in');
});

test('a clock that ran ahead when the wait began makes it no longer; two pages share one count', async ({
  launch,
}) => {
  const phone = await launch();
  const { page } = phone;
  await openApp(phone);
  await lockByPasscode(page, 'open sesame');
  const other = await page.context().newPage();
  await other.goto('/authenticator/#/');
  await page.reload();
  const now = Date.now();
  await page.clock.setFixedTime(now + 10 * 365 * 24 * 3_600_000);
  for (let wrong = 0; wrong < 3; wrong++) {
    await unlock(page, `wrong ${wrong}`);
    await expect(page.getByRole('alert')).toHaveText('The passcode is wrong.');
  }
  await Promise.all([unlock(page, 'wrong here'), unlock(other, 'wrong there')]);
  for (const each of [page, other])
    await expect(each.getByRole('alert')).toHaveText('The passcode is wrong.');
  await page.clock.setFixedTime(now);
  await unlock(page, 'open sesame');
  await expect(page.getByRole('alert')).toContainText(/Try again in (30|29) seconds/);
  await page.clock.setFixedTime(now + 31_000);
  await unlock(page, 'open sesame');
  await expect(page.getByRole('heading', { name: 'The app is locked' })).toHaveCount(0);
});

test('a move’s link that is opened while the app is locked leaves no key in the address', async ({
  launch,
}) => {
  const phone = await launch();
  const { page } = phone;
  await openApp(phone);
  await lockByPasscode(page, 'open sesame');
  await page.goto('about:blank');
  await page.goto('/authenticator/#/activate?code=ABCDE-FGHJK-MNPQR-STVWX&key=SECRETKEYOFTHECODES');
  await expect(page.getByRole('heading', { name: 'The app is locked' })).toBeVisible();
  expect(await page.evaluate(() => location.href)).not.toContain('SECRETKEY');
  // So, too, where the app is open already.
  await page.evaluate(() => {
    location.hash = '#/activate?code=ABCDE-FGHJK-MNPQR-STVWX&key=SECRETKEYOFTHECODES';
  });
  await expect.poll(() => page.evaluate(() => location.href)).toContain('with=codes');
  expect(await page.evaluate(() => location.href)).not.toContain('SECRETKEY');
});

test('with a PRF the phone itself holds the key: it opens after user verification only', async ({
  launch,
}) => {
  const phone = await launch({ prf: true });
  const { page } = phone;
  await openApp(phone);
  await addKey(page, { issuer: 'GitHub', label: 'ada', key });
  await page.goto('/authenticator/#/settings/security');
  await expect(page.getByLabel(/With this phone’s face, finger or passcode/)).toBeChecked();
  await expectAccessibleInBothSchemes(page);
  await page.getByRole('button', { name: 'Turn on the app lock' }).click();
  await expect(page.getByText('On. It opens with this phone’s face, finger or passcode')).toBeVisible();
  const closed = await vault(page);
  expect(closed.key).toBeUndefined();
  expect(closed.lock).toMatchObject({ kind: 'device' });
  await page.goto('/authenticator/#/');
  await page.reload();
  await expect(page.getByRole('heading', { name: 'The app is locked' })).toBeVisible();
  await page.getByRole('button', { name: 'Unlock' }).click();
  await expect(page.getByRole('button', { name: /Copy the code/ })).toBeVisible();
  // Last: one refusal locks this virtual authenticator for good.
  await page.reload();
  await phone.setUserVerified(false);
  await page.getByRole('button', { name: 'Unlock' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'The app is locked' })).toBeVisible();
});

test('while it is locked a request is said, opens after unlocking, and is denied from its notification without', async ({
  page,
  server,
  launch,
}) => {
  const phone = await launch();
  await setUpWithPhone(page, server, phone);
  await phone.deliverPush();
  await lockByPasscode(phone.page, 'open sesame');
  await phone.page.goto('/authenticator/#/');
  await phone.page.reload();
  await signOut(page);
  await signInWithPassword(page, 'olga');
  await expect(phone.page.getByText('A request waits for your answer.')).toBeVisible();
  await expect(phone.page.getByRole('button', { name: 'Approve' })).toHaveCount(0);
  await unlock(phone.page, 'open sesame');
  await expect(phone.page.getByRole('button', { name: 'Approve' })).toBeVisible();

  await page.getByRole('button', { name: 'Cancel' }).click();
  await phone.deliverPush();
  await phone.page.reload();
  await expect(phone.page.getByRole('heading', { name: 'The app is locked' })).toBeVisible();
  await signInWithPassword(page, 'olga');
  const pushed = await phone.deliverPush();
  await expect(phone.page.getByText('A request waits for your answer.')).toBeVisible();
  await expect
    .poll(async () => (await notificationsOf(phone.page)).map(({ tag }) => tag))
    .toContain(pushed.id);
  await clickNotification(phone.page, pushed.id, 'deny');
  await expect(page.getByRole('heading', { name: /denied/i })).toBeVisible();
});

test('it locks by itself when the app was away, and a lock that does not open is left behind with its codes', async ({
  page,
  server,
  launch,
}) => {
  const phone = await launch();
  await setUpWithPhone(page, server, phone);
  await addKey(phone.page, { issuer: 'GitHub', label: 'ada', key });
  await lockByPasscode(phone.page, 'open sesame');
  await phone.page.getByLabel('At once').check();
  // The page goes to the background.
  await phone.page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await expect(phone.page.getByRole('heading', { name: 'The app is locked' })).toBeVisible();
  await phone.page.getByText('It does not open any more').click();
  await phone.page.getByRole('button', { name: 'Remove the codes and the lock' }).click();
  await expectAccessibleInBothSchemes(phone.page);
  await phone.page.getByRole('dialog').getByRole('button', { name: 'Remove the codes and the lock' }).click();
  await phone.page.goto('/authenticator/#/');
  await expect(phone.page.getByText('Push is on')).toBeVisible();
  await expect(phone.page.getByText('GitHub')).toHaveCount(0);
});

test('two pages: what one adds while the other turns the lock on is sealed by the right key', async ({
  launch,
}) => {
  const phone = await launch();
  await openApp(phone);
  await addKey(phone.page, { issuer: 'GitHub', label: 'ada', key });
  const second = await phone.page.context().newPage();
  await second.goto('/authenticator/#/');
  await expect(second.getByText('GitHub')).toBeVisible();
  await lockByPasscode(phone.page, 'open sesame');
  await expect(second.getByRole('heading', { name: 'The app is locked' })).toBeVisible();
  await addKey(phone.page, { issuer: 'Bank', key: 'MFRGGZDFMZTWQ2LK' });
  await unlock(second, 'open sesame');
  await expect(second.getByRole('button', { name: /Copy the code/ })).toHaveCount(2);
});
