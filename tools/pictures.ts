/** Takes the pictures of the README and the guide anew, from the real thing: `npm run pictures` (Chromium must be there). */
import { chromium, type Browser, type Page } from '@playwright/test';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromiumOptions } from '../tests/browser/support/chromium.ts';
import { secondOwner } from '../tests/browser/support/moving.ts';
import { launchPhone, type PhoneBrowser } from '../tests/browser/support/phone.ts';
import { startPushService } from '../tests/browser/support/push-service.ts';
import {
  enrolByCamera,
  openApp,
  setUp,
  signInWithPassword,
  signOut,
} from '../tests/browser/support/steps.ts';
import { addHost, addHostGroup } from '../tests/support/host.ts';
import { startServer } from '../tests/support/server.ts';

const folder = join(import.meta.dirname, '..', 'docs/guide/images');
await mkdir(folder, { recursive: true });

await using push = await startPushService();
await using server = await startServer({ engine: 'sqlite', env: { COUNTERSIGN_FETCH_ALLOW: push.origin } });
const browser: Browser = await chromium.launch(chromiumOptions());
const context = await browser.newContext({ baseURL: server.url, viewport: { width: 900, height: 700 } });
const page = await context.newPage();
await using phone: PhoneBrowser = await launchPhone({ url: server.url, push });

async function take(name: string, what: Page = page, fullPage = false): Promise<void> {
  // Fades and rings settle first.
  await what.waitForTimeout(400);
  await what.screenshot({ path: join(folder, `${name}.png`), fullPage });
}

/** A state of a sign-in: the page and the phone, in light and in dark. */
async function takeState(name: string, desktop: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await desktop.emulateMedia({ colorScheme });
    await phone.page.emulateMedia({ colorScheme });
    await take(`${name}-page-${colorScheme}`, desktop);
    await take(`${name}-phone-${colorScheme}`, phone.page);
  }
  await desktop.emulateMedia({ colorScheme: 'light' });
  await phone.page.emulateMedia({ colorScheme: 'light' });
}

await setUp(page, server);
await page.getByRole('button', { name: 'I have the app' }).click();
await page.getByRole('img', { name: 'QR code with your activation code' }).waitFor();
await take('activation', page, true);
await page.emulateMedia({ colorScheme: 'dark' });
await take('activation-dark', page, true);
await page.emulateMedia({ colorScheme: 'light' });
await openApp(phone);
await phone.page.goto('/authenticator/#/introduction');
await take('introduction', phone.page);
await phone.page.goto('/authenticator/#/');
await page.reload();
await enrolByCamera(page, phone);
await takeState('activated', page);
await page.getByRole('button', { name: 'Done', exact: true }).click();
await phone.page.getByRole('button', { name: 'Done', exact: true }).click();
await take('accounts', phone.page);
await page.getByRole('link', { name: 'Security', exact: true }).click();
await page.getByText('Notifications reach this phone').waitFor();
await take('security');

// The Admin Portal, with a few people in it.
for (const [login, name] of [
  ['ben', 'Ben Okafor'],
  ['chiara', 'Chiara Rossi'],
  ['dmitri', 'Dmitri Novak'],
] as const) {
  const person = ['--login', login, '--email', `${login}@example.com`, '--name', name];
  await server.cli(['user', 'add', ...person, '--password-stdin'], 'correct horse battery staple');
}
await page.setViewportSize({ width: 1280, height: 800 });
await page.goto('/admin/');
await page.getByLabel('Login name or e-mail address').fill('olga');
await page.getByLabel('Password', { exact: true }).fill('correct horse battery staple');
await page.getByRole('button', { name: 'Continue' }).click();
await phone.page.getByRole('button', { name: 'Approve' }).click();
await page
  .getByRole('link', { name: /Ben Okafor/ })
  .first()
  .waitFor();
await take('admin-people');
await page.getByRole('link', { name: 'Settings', exact: true }).click();
await page.getByText('Require a second factor').waitFor();
await take('admin-settings');
await phone.page.getByRole('button', { name: 'Back to accounts' }).click();
const keeper = await secondOwner(server);
for (const [name, hosts] of [
  ['Databases', ['db1.example.com']],
  ['Web servers', ['web1.example.com', 'web2.example.com']],
] as const) {
  const group = await addHostGroup(keeper, { name });
  for (const each of hosts) await addHost({ url: server.url }, keeper, { group, name: each });
}
await page.getByRole('link', { name: 'Devices', exact: true }).click();
await page.getByRole('link', { name: 'web2.example.com' }).waitFor();
await take('admin-devices');
await page.setViewportSize({ width: 900, height: 700 });
await page.goto('/');
await signOut(page);

// A sign-in from a browser that is not familiar, in light and dark.
const stranger = await (
  await browser.newContext({ baseURL: server.url, viewport: { width: 900, height: 700 } })
).newPage();
await stranger.goto('/');
await signInWithPassword(stranger, 'olga');
await stranger.getByText('On your phone now').waitFor();
await takeState('waiting', stranger);
await sideBySide('sign-in', 'waiting-page-light', 'waiting-phone-light');
const number = (await stranger.getByTestId('push-number').textContent())!;
for (const digit of number) await phone.page.getByRole('button', { name: digit, exact: true }).click();
await phone.page.getByRole('button', { name: 'Approve' }).click();
await phone.page.getByRole('heading', { name: 'Approved', level: 2 }).waitFor();
await stranger.getByRole('heading', { name: 'Hello, Olga Owner' }).waitFor();
await takeState('approved', stranger);
await phone.page.getByRole('button', { name: 'Back to accounts' }).click();

// Timed out, with the phone not looking; then denied; then reported.
await signInWithPassword(page, 'olga');
await page.getByRole('heading', { name: 'No answer in time' }).waitFor({ timeout: 80_000 });
await takeState('timed-out', page);
await phone.page.getByRole('button', { name: 'Back to accounts' }).click();
await page.waitForTimeout(6_000);
await page.getByRole('button', { name: 'Send again' }).click();
await phone.page.getByRole('button', { name: 'Deny' }).click();
await phone.page.getByRole('heading', { name: 'Denied', level: 2 }).waitFor();
await takeState('denied', page);
await phone.page.getByRole('button', { name: 'Back to accounts' }).click();
await signOut(stranger);
await signInWithPassword(stranger, 'olga');
await phone.page.getByRole('button', { name: "This wasn't me" }).click();
await phone.page.getByText('Somebody knows your password').waitFor();
await takeState('reported', stranger);

await browser.close();

/** The page and the phone in one picture, for the README. */
async function sideBySide(name: string, left: string, right: string): Promise<void> {
  const encode = async (file: string) => (await readFile(join(folder, `${file}.png`))).toString('base64');
  const sheet = await browser.newPage({ viewport: { width: 1240, height: 700 } });
  await sheet.setContent(`<body style="margin:0;background:#e8ecf0;display:flex;gap:24px;padding:24px;height:652px">
    <img style="height:100%;border-radius:12px" src="data:image/png;base64,${await encode(left)}">
    <img style="height:100%;border-radius:24px;box-shadow:0 2px 16px #0002" src="data:image/png;base64,${await encode(right)}"></body>`);
  await sheet.waitForTimeout(300);
  await sheet.screenshot({ path: join(folder, `${name}.png`) });
  await sheet.close();
}
