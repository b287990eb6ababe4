import { oneTimeCode } from '../support/one-time-code.ts';
import { storedText } from './support/codes.ts';
import { qrPicture, showCode } from './support/qr.ts';
import { addKey, openApp } from './support/steps.ts';
import { expect, expectAccessibleInBothSchemes, test } from './support/test.ts';

/** Codes of other services: S20 and S21 of the guide, and what a person does with them beside. */

const secret = Buffer.from('12345678901234567890');
const key = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const uri = `otpauth://totp/GitHub:ada@example.com?secret=${key}&issuer=GitHub`;
const grouped = (code: string) => `${code.slice(0, 3)} ${code.slice(3)}`;

test('S20: a code of another service is scanned, shown before it is kept, and its row has the code and a timer', async ({
  page,
  launch,
}) => {
  const phone = await launch();
  await openApp(phone);
  await showCode(phone, page, uri);
  await phone.page.getByRole('button', { name: 'Add account' }).click();
  await expect(phone.page.getByText('Account of another service')).toBeVisible();
  await expect(phone.page.getByLabel('Service', { exact: true })).toHaveValue('GitHub');
  await expect(phone.page.getByLabel('Account', { exact: true })).toHaveValue('ada@example.com');
  await expectAccessibleInBothSchemes(phone.page);
  expect(phone.page.url(), 'a secret is never part of an address').not.toContain(key);
  await phone.page.getByRole('button', { name: 'Add this account' }).click();
  await expect(phone.page.getByRole('heading', { name: 'Account added' })).toBeVisible();
  await expectAccessibleInBothSchemes(phone.page);
  await phone.page.getByRole('button', { name: 'Done', exact: true }).click();

  await expect(phone.page.getByRole('timer')).toBeVisible();
  const code = phone.page.getByRole('button', { name: /Copy the code/ });
  await expect
    .poll(async () => (await code.textContent()) === grouped(oneTimeCode(secret, Date.now() / 1000)))
    .toBe(true);
  await expectAccessibleInBothSchemes(phone.page);
  // The reload shows that it is kept, and where: in the clear there is no secret.
  await phone.page.reload();
  await expect(code).toBeVisible();
  expect(await storedText(phone.page)).not.toContain('12345678901234567890');
});

test('S21: a tap on the code copies it and says so, a tap elsewhere opens the details', async ({
  launch,
  server,
}) => {
  const phone = await launch();
  await phone.page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.url });
  await openApp(phone);
  await addKey(phone.page, { issuer: 'GitHub', label: 'ada', key });
  const code = phone.page.getByRole('button', { name: /Copy the code/ });
  await expect(code).toHaveText(/^\d{3} \d{3}$/);
  await code.click();
  await expect(phone.page.getByText('Code copied')).toBeVisible();
  const copied = await phone.page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toMatch(/^\d{6}$/);
  const row = phone.page.getByRole('listitem').filter({ hasText: 'GitHub' });
  await row.click({ position: { x: 30, y: 20 } });
  await expect(phone.page.getByRole('heading', { name: 'GitHub', level: 1 })).toBeVisible();
  await expect(phone.page.getByText('SHA-1')).toBeVisible();
  await expectAccessibleInBothSchemes(phone.page);
});

test('the timer runs down, the next code is shown when little time is left, and then it is the code', async ({
  launch,
}) => {
  const phone = await launch();
  const at = 1_700_000_010; // a step's first second
  await phone.page.clock.install({ time: at * 1000 });
  await openApp(phone);
  await addKey(phone.page, { issuer: 'GitHub', key });
  await phone.page.clock.pauseAt((at + 120) * 1000);
  const [first, second] = [at + 120, at + 150].map((time) => grouped(oneTimeCode(secret, time)));
  const code = phone.page.getByRole('button', { name: /Copy the code/ });
  await expect(code).toHaveText(first!);
  await phone.page.clock.runFor(12_000);
  await expect(phone.page.getByRole('timer')).toHaveText('18');
  await expect(phone.page.getByText(/^Next:/)).toHaveCount(0);
  await phone.page.clock.runFor(10_000);
  await expect(phone.page.getByText(`Next: ${second}`)).toBeVisible();
  await phone.page.clock.runFor(8_000);
  await expect(code).toHaveText(second!);
});

test('S25: rename, show as QR code, and delete after a question', async ({ launch }) => {
  const phone = await launch();
  await openApp(phone);
  await addKey(phone.page, { issuer: 'GitHub', label: 'ada', key });
  await phone.page.getByRole('link', { name: /GitHub/ }).click();
  await phone.page.getByLabel('Service', { exact: true }).fill('');
  await phone.page.getByLabel('Account', { exact: true }).fill('');
  await phone.page.getByRole('button', { name: 'Save' }).click();
  await expect(phone.page.getByRole('alert')).toContainText('a name');
  await phone.page.getByLabel('Service', { exact: true }).fill('GitHub at work');
  await phone.page.getByRole('button', { name: 'Save' }).click();
  await expect(phone.page.getByText('Saved.')).toBeVisible();
  await expect(phone.page.getByRole('heading', { name: 'GitHub at work', level: 1 })).toBeVisible();
  await phone.page.getByRole('button', { name: 'Show as QR code' }).click();
  await expect(phone.page.getByRole('img', { name: /GitHub at work/ })).toBeVisible();
  await expectAccessibleInBothSchemes(phone.page);
  await phone.page.getByRole('button', { name: 'Delete account' }).click();
  await expectAccessibleInBothSchemes(phone.page);
  await phone.page.getByRole('button', { name: 'Cancel' }).click();
  await phone.page.getByRole('button', { name: 'Delete account' }).click();
  await phone.page.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(phone.page.getByText('No accounts yet')).toBeVisible();
  await phone.page.reload();
  await expect(phone.page.getByText('No accounts yet')).toBeVisible();
});

test('a name that fits into no QR code is said, where the QR code would be', async ({ launch }) => {
  const phone = await launch();
  await openApp(phone);
  await addKey(phone.page, { issuer: 'é'.repeat(200), label: '字'.repeat(200), key });
  await phone.page.getByRole('link', { name: /éé/ }).click();
  await phone.page.getByRole('button', { name: 'Show as QR code' }).click();
  await expect(phone.page.getByRole('alert')).toContainText('too long for a QR code');
});

test('order by the arrows and by dragging, and search from eight accounts up', async ({ launch }) => {
  test.setTimeout(120_000);
  const phone = await launch();
  await openApp(phone);
  const names = ['Alpha', 'Beta', 'Gamma', 'Delta', 'Epsilon', 'Zeta', 'Eta'];
  for (const [index, issuer] of names.entries()) {
    await addKey(phone.page, { issuer, key: key.slice(0, 16) + 'ABCDEFGH'[index]!.repeat(8) });
  }
  const shown = () => phone.page.locator('.code-row strong').allTextContents();
  await expect.poll(shown).toEqual(names);
  await expect(phone.page.getByRole('searchbox')).toHaveCount(0);
  await addKey(phone.page, { issuer: 'Theta', label: 'work', key });

  await phone.page.getByRole('button', { name: 'Change the order' }).click();
  await expectAccessibleInBothSchemes(phone.page);
  await phone.page.getByRole('button', { name: 'Move Beta up' }).click();
  const grip = (name: string) =>
    phone.page.getByRole('listitem').filter({ hasText: name }).locator('.grip').first();
  const from = (await grip('Gamma').boundingBox())!;
  const to = (await grip('Beta').boundingBox())!;
  await phone.page.mouse.move(from.x + 8, from.y + 8);
  await phone.page.mouse.down();
  await phone.page.mouse.move(to.x + 8, to.y - 30, { steps: 8 });
  await phone.page.mouse.up();
  await phone.page.getByRole('button', { name: 'Done', exact: true }).click();
  await expect.poll(async () => (await shown()).slice(0, 3)).toEqual(['Gamma', 'Beta', 'Alpha']);
  await phone.page.reload();
  await expect.poll(async () => (await shown()).slice(0, 3)).toEqual(['Gamma', 'Beta', 'Alpha']);

  await phone.page.getByRole('searchbox').fill('the wor');
  await expect.poll(shown).toEqual(['Theta']);
  await phone.page.getByRole('searchbox').fill('nothing');
  await expect(phone.page.getByText('No account matches “nothing”.')).toBeVisible();
  await expectAccessibleInBothSchemes(phone.page);
});

test('codes by counter: each is shown once, also across a reload', async ({ page, launch }) => {
  const phone = await launch();
  await openApp(phone);
  const picture = await qrPicture(`otpauth://hotp/Bank?secret=${key}&counter=0`);
  await phone.page.getByRole('button', { name: 'Add account' }).click();
  await phone.page
    .getByLabel('Picture with a QR code')
    .setInputFiles({ name: 'code.png', mimeType: 'image/png', buffer: picture });
  await phone.page.getByRole('button', { name: 'Add this account' }).click();
  await phone.page.getByRole('button', { name: 'Done', exact: true }).click();
  // RFC 4226, appendix D
  await phone.page.getByRole('button', { name: /Show a code/ }).click();
  await expect(phone.page.getByText('755 224')).toBeVisible();
  await phone.page.getByRole('button', { name: /Next code/ }).click();
  await expect(phone.page.getByText('287 082')).toBeVisible();
  await phone.page.reload();
  await phone.page.getByRole('button', { name: /Show a code/ }).click();
  await expect(phone.page.getByText('359 152')).toBeVisible();
  await page.close();
});

test('a key that is not base32, a code that is damaged, and one that is here already are named', async ({
  launch,
}) => {
  const phone = await launch();
  await openApp(phone);
  await phone.page.getByRole('button', { name: 'Add account' }).click();
  const picture = phone.page.getByLabel('Picture with a QR code');
  const choose = async (text: string) =>
    picture.setInputFiles({ name: 'code.png', mimeType: 'image/png', buffer: await qrPicture(text) });
  for (const [text, said] of [
    ['otpauth://totp/Shop?secret=not+base32+at+all!', 'The key in this code is damaged'],
    ['otpauth://totp/Shop', 'This code holds no key'],
    [`otpauth://totp/Shop?secret=${key}&algorithm=MD5`, 'algorithm that this app does not have'],
    [`otpauth://totp/Shop?secret=${key}&digits=5`, 'number of digits'],
    ['WIFI:T:WPA;S=home;P=secret;;', 'joins a Wi-Fi network'],
    ['https://example.com/hello', 'opens a web page (example.com)'],
    ['https://id.example.com/authenticator/#/activate?code=AAAAA-AAAAA-AAAAA-AAAAA', 'another organisation'],
    ['x'.repeat(2_900), 'not for this app'],
  ] as const) {
    await choose(text);
    await expect(phone.page.getByText(said)).toBeVisible();
  }
  await picture.setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: Buffer.from('no picture') });
  await expect(phone.page.getByText('This file is not a picture that can be read.')).toBeVisible();
  await picture.setInputFiles({ name: 'b.png', mimeType: 'image/png', buffer: Buffer.alloc(26_000_000) });
  await expect(phone.page.getByText('This picture is too large to be read.')).toBeVisible();

  await addKey(phone.page, { issuer: 'GitHub', label: 'ada', key });
  await phone.page.getByRole('button', { name: 'Add account' }).click();
  await phone.page.getByRole('button', { name: 'Enter code instead' }).click();
  await phone.page.getByLabel('Another service').check();
  await phone.page.getByLabel('Service', { exact: true }).fill('Again');
  await phone.page.getByLabel('Key', { exact: true }).fill('GEZD GNB0');
  await phone.page.getByRole('button', { name: 'Continue' }).click();
  await expect(phone.page.getByRole('alert')).toContainText('only the letters A to Z');
  await expectAccessibleInBothSchemes(phone.page);
  await phone.page.getByLabel('Key', { exact: true }).fill(key.toLowerCase());
  await phone.page.getByRole('button', { name: 'Continue' }).click();
  await expect(phone.page.getByText('on this device already, as “GitHub (ada)”')).toBeVisible();
  await phone.page.getByRole('button', { name: 'Cancel' }).click();
  await expect(phone.page.locator('.code-row')).toHaveCount(1);
});
