import { writeGoogleMigration, writeOtpauthList } from '@countersign/protocol/migration';
import { sealBackup } from '@countersign/protocol/backup';
import { devices, type Page } from '@playwright/test';
import { qrPath } from '@countersign/ui/qr-path';
import {
  aegisContent,
  aegisEntry,
  encryptedAegisVault,
  plainAegisVault,
} from '../../packages/protocol/tools/aegis-vault.ts';
import {
  encryptedTwoFasBackup,
  plainTwoFasBackup,
  twoFasService,
} from '../../packages/protocol/tools/two-fas-backup.ts';
import { bringIn, chooseFile, expectCodes, openImport, sample, samples } from './support/codes.ts';
import { openApp } from './support/steps.ts';
import { expect, expectAccessibleInBothSchemes, test } from './support/test.ts';

/** Codes of other apps come in, after a preview, or not at all. */

const three = samples(3);
const password = 'a password of the file';
const add = (page: Page, count: number) =>
  page.getByRole('button', { name: count === 1 ? 'Add 1 account' : `Add ${count} accounts` });
const options = { now: Date.now(), random: (n: number) => crypto.getRandomValues(new Uint8Array(n)) };

/** A page with QR codes on it, drawn as the app draws them. */
async function drawCodes(page: Page, texts: readonly string[]): Promise<void> {
  const drawn = texts.map((text) => {
    const { size, path } = qrPath(text);
    const svg = `<svg viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges" width="520"><path d="${path}"/></svg>`;
    return `<div class="qr" style="display:inline-block;padding:28px;background:#fff">${svg}</div>`;
  });
  await page.setContent(`<body style="background:#fff;width:1200px">${drawn.join('')}</body>`);
}

for (const [name, content, type] of [
  ['otpauth addresses', writeOtpauthList(three), 'text/plain'],
  ['Aegis', JSON.stringify(plainAegisVault(aegisContent(three.map(aegisEntry)))), 'application/json'],
  ['2FAS', JSON.stringify(plainTwoFasBackup(three.map(twoFasService))), 'application/json'],
  ['Google Authenticator', writeGoogleMigration(three, 1).pages.join('\n'), 'text/plain'],
] as const) {
  test(`a file of ${name} is shown, then brought in`, async ({ launch }) => {
    const { page } = await launch();
    await openApp({ page });
    await page.getByRole('link', { name: 'Bring codes from another app or a backup' }).click();
    await expectAccessibleInBothSchemes(page);
    await chooseFile(page, content, { mimeType: type });
    await expect(page.getByRole('heading', { name: 'What was found' })).toBeVisible();
    await expect(page.getByText(`3 accounts · ${name}`)).toBeVisible();
    await expect(page.getByRole('checkbox', { checked: true })).toHaveCount(3);
    await add(page, 3).click();
    await expect(page.getByRole('heading', { name: '3 accounts were added.' })).toBeVisible();
    await expect(page.getByText('If the file was not encrypted, delete it now.')).toBeVisible();
    await expectAccessibleInBothSchemes(page);
    await page.getByRole('button', { name: 'Done' }).click();
    await expectCodes(page, three);
    await page.reload();
    await expectCodes(page, three);
  });
}

for (const [name, make] of [
  ['Aegis', async () => JSON.stringify(encryptedAegisVault(aegisContent(three.map(aegisEntry)), [password]))],
  ['2FAS', async () => JSON.stringify(encryptedTwoFasBackup(three.map(twoFasService), password))],
  ['Countersign backup', async () => sealBackup(three, password, options)],
] as const) {
  test(`an encrypted file of ${name}: a wrong password is said and the file stays, the right one opens it`, async ({
    launch,
  }) => {
    const { page } = await launch();
    await openApp({ page });
    await openImport(page);
    await chooseFile(page, await make());
    await expect(page.getByRole('heading', { name: `${name}: encrypted` })).toBeVisible();
    await expectAccessibleInBothSchemes(page);
    const field = page.getByLabel('Password of the file');
    await page.getByRole('button', { name: 'Open', exact: true }).click();
    await expect(page.getByRole('alert')).toHaveText('Type the password with which the file was encrypted.');
    await field.fill('not this one');
    await page.getByRole('button', { name: 'Open', exact: true }).click();
    await expect(page.getByRole('alert')).toHaveText('The password is wrong. Nothing was changed.');
    await expectAccessibleInBothSchemes(page);
    await field.fill(password);
    await page.getByRole('button', { name: 'Open', exact: true }).click();
    await add(page, 3).click();
    await expect(page.getByRole('heading', { name: '3 accounts were added.' })).toBeVisible();
    await expect(page.getByText('delete it now')).toHaveCount(0);
    await expectCodes(page, three);
    // Back does not lead to what is spent.
    await page.goBack();
    await expect(page.getByLabel('Password of the file')).toHaveCount(0);
  });
}

test('what is no import is refused in words, and the codes that are here stay', async ({ launch }) => {
  const { page } = await launch();
  await openApp({ page });
  await bringIn(page, writeOtpauthList(three), 3);
  const backup = await sealBackup(samples(2, 10), password, options);
  const flipped = JSON.parse(backup) as { ciphertext: string };
  const at = flipped.ciphertext.length >> 1;
  const other = flipped.ciphertext[at] === 'A' ? 'B' : 'A';
  flipped.ciphertext = `${flipped.ciphertext.slice(0, at)}${other}${flipped.ciphertext.slice(at + 1)}`;
  const newer = JSON.stringify({ ...plainAegisVault(aegisContent([])), version: 9 });
  for (const [content, said] of [
    [JSON.stringify(flipped), 'This file is damaged. Nothing was changed.'],
    [backup.slice(0, backup.length >> 1), 'This file is damaged. Nothing was changed.'],
    [newer, 'This file was made by a newer version.'],
    ['{"hello":"world"}', 'This is not a format that the app knows'],
    ['a shopping list', 'This is not a format that the app knows'],
    ['', 'There are no accounts in it.'],
    ['x'.repeat(5_000_001), 'This file is too large to be a backup of codes.'],
  ] as const) {
    await openImport(page);
    await chooseFile(page, content);
    await expect(page.getByRole('alert')).toContainText(said);
  }
  await expectAccessibleInBothSchemes(page);
  await expectCodes(page, three);
});

test('a backup whose seal was broken and mended does not open with the right password', async ({
  launch,
}) => {
  const { page } = await launch();
  await openApp({ page });
  await openImport(page);
  const vault = encryptedAegisVault(aegisContent(three.map(aegisEntry)), [password]);
  const bytes = Buffer.from(vault.db, 'base64');
  bytes[5]! ^= 1;
  await chooseFile(page, JSON.stringify({ ...vault, db: bytes.toString('base64') }));
  await page.getByLabel('Password of the file').fill(password);
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('This file is damaged.');
  await expectCodes(page, []);
});

test('the preview says what is here, twice or of the same name, and names what is skipped; cancelled, nothing is saved', async ({
  launch,
}) => {
  const { page } = await launch();
  await openApp({ page });
  await bringIn(page, writeOtpauthList([sample(1), sample(2)]), 2);
  const list = [
    writeOtpauthList([
      sample(1, { issuer: 'Renamed' }),
      sample(3, { issuer: 'Service 2' }),
      sample(4),
      sample(4, { issuer: 'Again' }),
      sample(5),
    ]),
    'otpauth://totp/Odd?secret=AAAA&algorithm=MD5',
    'otpauth://yaotp/Strange?secret=AAAA',
  ].join('\n');
  await openImport(page);
  await chooseFile(page, list);
  const described = async (name: string, description: string, checked: boolean) => {
    const box = page.getByRole('checkbox', { name: `Bring in ${name} (olga@example.com)` });
    await expect(box).toHaveAccessibleDescription(description);
    await expect(box).toBeChecked({ checked });
  };
  await described('Renamed', 'On this device already', false);
  await described('Service 2', 'Another key under the same name is here; both are kept', true);
  await described('Service 4', 'New', true);
  await described('Again', 'Twice in this import', false);
  await described('Service 5', 'New', true);
  await expect(page.getByText('2 accounts cannot be brought in:')).toBeVisible();
  await expect(page.getByText('Odd: its algorithm is not one that this app has')).toBeVisible();
  await expect(page.getByText('Strange: it is of a kind that this app cannot make')).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expectCodes(page, [sample(1), sample(2)]);

  await openImport(page);
  await chooseFile(page, list);
  await page.getByRole('checkbox', { name: /Bring in Service 5/ }).uncheck();
  await add(page, 2).click();
  await expect(page.getByRole('heading', { name: '2 accounts were added.' })).toBeVisible();
  await expect(page.getByText('3 accounts were left out.')).toBeVisible();
  await expect(page.getByText('Odd: its algorithm')).toBeVisible();
  await expectCodes(page, [sample(1), sample(2), sample(3, { issuer: 'Service 2' }), sample(4)]);

  await openImport(page);
  await chooseFile(page, writeOtpauthList([sample(1)]));
  await expect(page.getByText('Everything in it is on this device already.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Add 0 accounts' })).toBeDisabled();
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Bring in codes' })).toBeVisible();
});

test('Google Authenticator’s pages come by the camera, in any order, twice, and of another export', async ({
  page: computer,
  launch,
}) => {
  test.setTimeout(120_000);
  const accounts = samples(23);
  const { pages } = writeGoogleMigration(accounts, 77);
  const phone = await launch();
  const { page } = phone;
  await openApp(phone);
  /** The camera takes up a new picture when it is opened anew. */
  const scan = async (text: string) => {
    await drawCodes(computer, [text]);
    await phone.show(computer.locator('.qr'));
  };
  await scan(pages[2]!);
  await page.getByRole('button', { name: 'Add account' }).click();
  await expect(page.getByText('1 of 3 QR codes scanned. Show the next one.')).toBeVisible();
  await expectAccessibleInBothSchemes(page);
  const again = async (text: string) => {
    await scan(text);
    await page.getByRole('button', { name: 'Turn the camera off' }).click();
    await page.getByRole('button', { name: 'Scan QR codes' }).click();
  };
  await again(pages[2]!);
  await expect(page.getByText('This code was scanned already.')).toBeVisible();
  await again(writeGoogleMigration(samples(12, 50), 78).pages[0]!);
  await expect(page.getByText('This code belongs to another export.')).toBeVisible();
  await expect(page.getByText('1 of 3 QR codes scanned.')).toBeVisible();
  await again('https://example.com/');
  await expect(page.getByText('This code opens a web page (example.com).')).toBeVisible();
  await again(pages[0]!);
  await expect(page.getByText('2 of 3 QR codes scanned.')).toBeVisible();

  await page.getByRole('button', { name: 'Go on without the others' }).click();
  await expect(page.getByText('Only 2 of 3 QR codes were scanned.')).toBeVisible();
  await expect(add(page, 13)).toBeVisible();
  await page.getByRole('button', { name: 'Back' }).click();
  await scan(pages[1]!);
  await page.getByRole('button', { name: 'Scan QR codes' }).click();
  await add(page, 23).click();
  await expect(page.getByRole('heading', { name: '23 accounts were added.' })).toBeVisible();
  await expectCodes(page, accounts);
});

test('pictures with one QR code and with several', async ({ page: computer, launch }) => {
  const accounts = samples(23);
  const { pages } = writeGoogleMigration(accounts, 5);
  const { page } = await launch();
  await openApp({ page });
  // An import that has ended is in nobody's way.
  await bringIn(page, writeOtpauthList([sample(60)]), 1);
  await openImport(page);
  const picture = async (texts: string[]) => {
    await drawCodes(computer, texts);
    return computer.screenshot({ fullPage: true });
  };
  const choose = async (texts: string[]) =>
    chooseFile(page, await picture(texts), {
      name: 'screenshot.png',
      mimeType: 'image/png',
      button: 'From a picture',
    });
  await choose(['https://example.com/']);
  await expect(page.getByRole('alert')).toContainText('This code opens a web page (example.com).');
  await choose([pages[1]!]);
  await expect(page.getByText('1 of 3 QR codes scanned.')).toBeVisible();
  await choose([pages[0]!, pages[2]!]);
  await add(page, 23).click();
  await expect(page.getByRole('heading', { name: '23 accounts were added.' })).toBeVisible();
  await expectCodes(page, [sample(60), ...accounts]);
});

test('by the keyboard only, from pasted text to what was added', async ({ launch }) => {
  const { page } = await launch({ device: devices['Desktop Chrome'] });
  await openApp({ page });
  await openImport(page);
  const { keyboard } = page;
  const reach = async (name: RegExp) => {
    for (let i = 0; i < 40; i++) {
      const focused = page.locator(':focus');
      const text = await focused.evaluate(
        (each) => `${each.getAttribute('aria-label') ?? ''} ${each.textContent}`,
      );
      if (name.test(text)) return;
      await keyboard.press('Tab');
    }
    throw new Error(`the keyboard does not reach ${String(name)}`);
  };
  await reach(/Paste text/);
  await keyboard.press('Enter');
  await expect(page.getByLabel('Addresses, one a line')).toBeFocused();
  await keyboard.insertText(writeOtpauthList(three));
  await reach(/^ Read it/);
  await keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'What was found' })).toBeFocused();
  await expect(add(page, 3)).toBeVisible();
  await page.keyboard.press('Tab');
  await reach(/Bring in Service 2/);
  await keyboard.press('Space');
  await reach(/Add 2 accounts/);
  await keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: '2 accounts were added.' })).toBeVisible();
  await reach(/Done/);
  await keyboard.press('Enter');
  await expectCodes(page, [sample(1), sample(3)]);
});

test('the app lock comes in between, and nothing of the import is lost', async ({ launch }) => {
  const { page } = await launch();
  await openApp({ page });
  await page.goto('/authenticator/#/settings/security');
  await page.getByRole('radio', { name: /With a passcode for this app/ }).check();
  await page.getByLabel('Passcode', { exact: true }).fill('lock it 1');
  await page.getByLabel('The same again').fill('lock it 1');
  await page.getByRole('button', { name: 'Turn on the app lock' }).click();
  await expect(page.getByText('The app lock is on.')).toBeVisible();
  await page.getByRole('radio', { name: 'At once' }).check();
  await openImport(page);
  const away = (hidden: boolean) =>
    page.evaluate(
      (value) => {
        Object.defineProperty(document, 'visibilityState', { value, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      },
      hidden ? 'hidden' : 'visible',
    );
  const unlock = async () => {
    await page.getByLabel('Passcode').fill('lock it 1');
    await page.getByRole('button', { name: 'Unlock' }).click();
  };
  // The system's chooser is over the app, which locks meanwhile.
  const choosing = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose a file' }).click();
  const chooser = await choosing;
  await away(true);
  await expect(page.getByRole('heading', { name: 'The app is locked' })).toBeVisible();
  const buffer = Buffer.from(await sealBackup(three, password, options));
  await chooser.setFiles({ name: 'backup.json', mimeType: 'application/json', buffer });
  await away(false);
  await unlock();
  await page.getByLabel('Password of the file').fill(password);
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await page.getByRole('checkbox', { name: /Bring in Service 2/ }).uncheck();
  await away(true);
  await away(false);
  await unlock();
  await expect(page.getByRole('checkbox', { name: /Bring in Service 2/ })).not.toBeChecked();
  await add(page, 2).click();
  await expect(page.getByRole('heading', { name: '2 accounts were added.' })).toBeVisible();
  await expectCodes(page, [sample(1), sample(3)]);
});

test('a full storage is said, and nothing is half saved', async ({ launch }) => {
  const { page } = await launch();
  await openApp({ page });
  await bringIn(page, writeOtpauthList(samples(2)), 2);
  await openImport(page);
  await chooseFile(page, writeOtpauthList(samples(30, 10)));
  await expect(add(page, 30)).toBeEnabled();
  // It becomes full when half of them are written.
  await page.evaluate(() => {
    const put = IDBObjectStore.prototype.put;
    let left = 15;
    IDBObjectStore.prototype.put = function (...values) {
      if (this.name === 'codes' && left-- <= 0) throw new DOMException('full', 'QuotaExceededError');
      return put.apply(this, values);
    };
    Object.assign(globalThis, { freeSpace: () => (IDBObjectStore.prototype.put = put) });
  });
  await add(page, 30).click();
  await expect(page.getByRole('alert')).toContainText('The storage of this device is full');
  const other = await page.context().newPage();
  await expectCodes(other, samples(2));
  await page.evaluate(() => (globalThis as unknown as { freeSpace: () => void }).freeSpace());
  await add(page, 30).click();
  await expect(page.getByRole('heading', { name: '30 accounts were added.' })).toBeVisible();
  await expectCodes(page, [...samples(2), ...samples(30, 10)]);
});

test('hundreds of codes come in at once, and the list shows them all', async ({ launch }) => {
  const { page } = await launch();
  await openApp({ page });
  await bringIn(page, writeOtpauthList(samples(300)), 300);
  await page.getByRole('button', { name: 'Done' }).click();
  await expectCodes(page, samples(300));
});
