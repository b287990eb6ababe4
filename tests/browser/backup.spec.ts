import { readFile } from 'node:fs/promises';
import { openBackup, sealBackup } from '@countersign/protocol/backup';
import { readImport, writeOtpauthList } from '@countersign/protocol/migration';
import { devices, type Page } from '@playwright/test';
import { bringIn, chooseFile, expectCodes, openImport, sample, samples } from './support/codes.ts';
import { openApp } from './support/steps.ts';
import { expect, expectAccessibleInBothSchemes, test } from './support/test.ts';

/** A backup is made, handed over, and read in again; codes go to other apps. */

const three = samples(3);
const password = 'known to me only';
const options = { now: Date.now(), random: (n: number) => crypto.getRandomValues(new Uint8Array(n)) };

async function openBackupScreen(page: Page): Promise<void> {
  await page.goto('/authenticator/#/settings/backup');
  await expect(page.getByRole('heading', { name: 'Backup', level: 1 })).toBeVisible();
}

async function fill(page: Page, first: string, again = first): Promise<void> {
  await page.getByLabel('Password for the backup').fill(first);
  await page.getByLabel('The same again').fill(again);
}

/** The content and the name of the file that the person gets. */
async function downloaded(page: Page, act: () => Promise<void>): Promise<{ name: string; text: string }> {
  const downloading = page.waitForEvent('download');
  await act();
  const download = await downloading;
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
}

const save = (page: Page) => page.getByRole('button', { name: 'Save the backup' });
const never = (page: Page) => page.getByText('None yet');

/** A phone whose share sheet does what `answers` say, one after the other: the name of an error, or '' where it worked. */
async function withShareSheet(page: Page, answers: string[]): Promise<() => Promise<string[]>> {
  await page.addInitScript((given) => {
    const shared: string[] = [];
    Object.assign(navigator, {
      canShare: ({ files }: ShareData) => files?.length === 1,
      share: async ({ files }: ShareData) => {
        const answer = given.shift();
        if (answer) throw new DOMException('stopped', answer);
        shared.push(files![0]!.name);
      },
    });
    Object.assign(globalThis, { shared });
  }, answers);
  return () => page.evaluate(() => (globalThis as unknown as { shared: string[] }).shared);
}

test('a backup is made, the device is lost, and on a new one the same codes are back', async ({ launch }) => {
  const { page } = await launch();
  await openApp({ page });
  await openBackupScreen(page);
  await expect(page.getByText('There are no codes on this device yet.')).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await bringIn(page, writeOtpauthList(three), 3);
  await page.goto('/authenticator/#/');
  await page.getByRole('button', { name: 'Make a backup' }).click();
  await expect(never(page)).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await fill(page, 'short');
  await save(page).click();
  await expect(page.getByRole('alert')).toHaveText('The password needs at least 8 characters.');
  await fill(page, password, `${password}!`);
  await save(page).click();
  await expect(page.getByRole('alert')).toHaveText('The two are not the same.');
  await expectAccessibleInBothSchemes(page);
  await fill(page, password);
  // It says so while the key is made, however short that is.
  await page.evaluate(() => {
    const said: string[] = [];
    Object.assign(globalThis, { said });
    const look = () => said.push(document.querySelector('form .primary:disabled')?.textContent ?? '');
    new MutationObserver(look).observe(document.body, { subtree: true, attributes: true, childList: true });
  });
  const { name, text } = await downloaded(page, () => save(page).click());
  const said = await page.evaluate(() => (globalThis as unknown as { said: string[] }).said);
  expect(said).toContain('Making the backup…');
  const { locale } = await page.evaluate(() => ({ locale: new Date().toLocaleDateString('sv') }));
  expect(name).toBe(`countersign-backup-${locale}.json`);
  await expect(page.getByText('The backup with 3 codes was handed to your device.')).toBeVisible();
  await expect(never(page)).toHaveCount(0);
  await expectAccessibleInBothSchemes(page);
  await page.goto('/authenticator/#/');
  await expect(page.getByText('Accounts', { exact: true }).first()).toBeVisible();
  await expect(page.getByText('have no backup')).toHaveCount(0);
  for (const { secret } of three) expect(text).not.toContain(Buffer.from(secret).toString('base64url'));
  expect(await openBackup(text, password)).toMatchObject({ accounts: three });

  const { page: fresh } = await launch();
  await openApp({ page: fresh });
  await openImport(fresh);
  await chooseFile(fresh, text);
  await fresh.getByLabel('Password of the file').fill(password);
  await fresh.getByRole('button', { name: 'Open', exact: true }).click();
  await fresh.getByRole('button', { name: 'Add 3 accounts' }).click();
  await expect(fresh.getByRole('heading', { name: '3 accounts were added.' })).toBeVisible();
  await expectCodes(fresh, three);
  // What is here is in that backup, so nobody is reminded.
  await expect(fresh.getByText('have no backup')).toHaveCount(0);
});

test('a cancelled share is no backup; a phone that does not share this type gets a download', async ({
  launch,
}) => {
  const { page } = await launch();
  const shared = await withShareSheet(page, ['AbortError', '', 'NotAllowedError']);
  await openApp({ page });
  await bringIn(page, writeOtpauthList(three), 3);
  await openBackupScreen(page);
  await fill(page, password);
  await save(page).click();
  await expect(page.getByText('It was not saved, so it does not count as a backup.')).toBeVisible();
  await expect(never(page)).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await page.reload();
  await expect(never(page)).toBeVisible();

  // A page that was loaded anew has its share sheet anew: cancelled, then shared.
  await fill(page, password);
  await save(page).click();
  await expect(page.getByText('It was not saved')).toBeVisible();
  await save(page).click();
  await expect(page.getByText('The backup with 3 codes was handed to your device.')).toBeVisible();
  expect(await shared()).toHaveLength(1);
  await expect(never(page)).toHaveCount(0);

  await page.goto('/authenticator/#/');
  await openBackupScreen(page);
  await fill(page, password);
  const { text } = await downloaded(page, () => save(page).click());
  expect(await openBackup(text, password)).toMatchObject({ accounts: three });
});

test('a backup takes the place of everything here, after a dialog that says what will be gone', async ({
  launch,
}) => {
  const { page } = await launch();
  await openApp({ page });
  await bringIn(page, writeOtpauthList([sample(1), sample(8), sample(9)]), 3);
  const backup = await sealBackup(three, password, options);
  const open = async (content: string) => {
    await openImport(page);
    await chooseFile(page, content);
    await page.getByLabel('Password of the file').fill(password);
    await page.getByRole('button', { name: 'Open', exact: true }).click();
  };
  const replace = page.getByRole('button', { name: 'Replace all codes on this device instead' });
  await open(backup);
  await replace.click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('3 accounts from the backup take the place of all that are here.');
  await expect(dialog).toContainText('2 accounts are not in the backup and will be gone.');
  await expectAccessibleInBothSchemes(page);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expectCodes(page, [sample(1), sample(8), sample(9)]);

  await open(backup);
  await replace.click();
  await dialog.getByRole('button', { name: 'Replace' }).click();
  await expect(
    page.getByRole('heading', { name: 'This device now has the 3 accounts of the backup.' }),
  ).toBeVisible();
  await expectCodes(page, three);
  await expect(page.getByText('have no backup')).toHaveCount(0);
});

test('after a restore the reminder stays for codes that are in no backup', async ({ launch }) => {
  const { page } = await launch();
  await openApp({ page });
  await bringIn(page, writeOtpauthList([sample(9)]), 1);
  await openImport(page);
  await chooseFile(page, await sealBackup(three, password, options));
  await page.getByLabel('Password of the file').fill(password);
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await page.getByRole('button', { name: 'Add 3 accounts' }).click();
  await expect(page.getByRole('heading', { name: '3 accounts were added.' })).toBeVisible();
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByText('Your 4 codes have no backup.')).toBeVisible();
});

test('what cannot be read on this device is named, and in no file', async ({ launch }) => {
  const { page } = await launch();
  await openApp({ page });
  await bringIn(page, writeOtpauthList(three), 3);
  // As where the vault's key was changed under it.
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const opening = indexedDB.open('countersign-authenticator');
        opening.onsuccess = () => {
          const transaction = opening.result.transaction('codes', 'readwrite');
          const store = transaction.objectStore('codes');
          const reading = store.getAll() as IDBRequest<
            { issuer: string; sealed: { ciphertext: Uint8Array } }[]
          >;
          reading.onsuccess = () => {
            const code = reading.result.find(({ issuer }) => issuer === 'Service 2')!;
            code.sealed.ciphertext[0]! ^= 1;
            store.put(code);
          };
          transaction.oncomplete = () => resolve();
        };
      }),
  );
  await page.reload();
  await openBackupScreen(page);
  await expect(page.getByText('One code cannot be read on this device')).toBeVisible();
  await expect(page.getByRole('listitem').filter({ hasText: 'Service 2' })).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await fill(page, password);
  const { text } = await downloaded(page, () => save(page).click());
  expect(await openBackup(text, password)).toMatchObject({ accounts: [sample(1), sample(3)] });

  // Restoring says what it is, and brings the readable one.
  await openImport(page);
  await chooseFile(page, await sealBackup(three, password, options));
  await page.getByLabel('Password of the file').fill(password);
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(page.getByRole('checkbox', { name: /Bring in Service 2/ })).toHaveAccessibleDescription(
    'One under the same name is here that cannot be read; both are kept',
  );
  await expect(page.getByRole('button', { name: 'Add 1 account' })).toBeEnabled();
});

test('for other apps: a list in a file, and QR codes page by page, both after a warning', async ({
  launch,
}) => {
  const { page } = await launch({ device: devices['Desktop Chrome'] });
  await openApp({ page });
  const odd = sample(40, { issuer: 'Odd', period: 60 });
  const accounts = [...samples(12), odd];
  await bringIn(page, writeOtpauthList(accounts), 13);
  await openBackupScreen(page);
  await page.getByRole('link', { name: /Without a password, for another app/ }).click();
  await expectAccessibleInBothSchemes(page);
  await page.getByRole('button', { name: 'Save a list of otpauth addresses' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('Whoever gets this list can make your codes.');
  await expectAccessibleInBothSchemes(page);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Save a list of otpauth addresses' }).click();
  const { name, text } = await downloaded(page, () => dialog.getByRole('button', { name: 'Save' }).click());
  expect(name).toMatch(/^countersign-codes-\d{4}-\d\d-\d\d\.txt$/);
  expect(await readImport(text)).toMatchObject({ source: 'otpauth', accounts });
  await expect(page.getByText('The list with 13 codes was handed to your device.')).toBeVisible();

  await page.getByRole('button', { name: 'Show as QR codes' }).click();
  await dialog.getByRole('button', { name: 'Show' }).click();
  await expect(page.getByRole('img', { name: 'Code 1 of 2' })).toBeVisible();
  await expect(page.getByText('One account does not fit into this format and is left out:')).toBeVisible();
  await expect(page.getByRole('listitem').filter({ hasText: 'Odd' })).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await expect(page.getByRole('button', { name: 'Previous' })).toBeDisabled();
  const pictures = [await page.locator('.qr').screenshot()];
  await page.getByRole('button', { name: 'Next' }).click();
  await expect(page.getByRole('img', { name: 'Code 2 of 2' })).toBeVisible();
  pictures.push(await page.locator('.qr').screenshot());
  // None of it is a backup.
  await openBackupScreen(page);
  await expect(never(page)).toBeVisible();

  // The pictures hold what another app reads.
  const { page: other } = await launch();
  await openApp({ page: other });
  await openImport(other);
  const choosing = other.waitForEvent('filechooser');
  await other.getByRole('button', { name: 'From a picture' }).click();
  await (
    await choosing
  ).setFiles(pictures.map((buffer, i) => ({ name: `${i}.png`, mimeType: 'image/png', buffer })));
  await other.getByRole('button', { name: 'Add 12 accounts' }).click();
  await expect(other.getByRole('heading', { name: '12 accounts were added.' })).toBeVisible();
  await expectCodes(other, samples(12));
});
