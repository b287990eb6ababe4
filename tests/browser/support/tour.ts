import { expect, type Page } from '@playwright/test';
import { sealBackup } from '@countersign/protocol/backup';
import { writeOtpauthList } from '@countersign/protocol/migration';
import type { OtpAccount } from '@countersign/protocol/otp';
import type { RunningServer } from '../../support/server.ts';
import { addHost } from '../../support/host.ts';
import { chooseFile } from './codes.ts';
import { approveLogin, openHosts } from './hosts.ts';
import { secondOwner } from './moving.ts';
import type { PhoneBrowser } from './phone.ts';
import { enrolByCamera, lockByPasscode, setUp, signInWithPassword, signOut } from './steps.ts';

/**
 * Every screen of the authenticator, one after the other, as a person comes to it. `visit` is called on each with its
 * name; screens.spec.ts looks at them, and `npm run pictures` takes their pictures.
 */
export interface Tour {
  /** The browser in which the person signs in. */
  page: Page;
  phone: PhoneBrowser;
  server: RunningServer;
  visit: (name: string) => Promise<void>;
}

export async function tour(on: Tour): Promise<void> {
  await introduction(on);
  await enrolling(on);
  await codes(on);
  await comingAndGoing(on);
  await account(on);
  await more(on);
  // Before a request of the same kind is denied, which holds up the next.
  await hosts(on);
  await requests(on);
  await lock(on);
}

const screen = (page: Page, title: string | RegExp) => page.getByRole('heading', { name: title, level: 1 });

async function introduction({ phone: { page }, visit }: Tour): Promise<void> {
  await page.goto('/authenticator/');
  for (const name of ['introduction-1', 'introduction-2', 'introduction-3']) {
    await page.getByRole('button', { name: /Next|Get started/ }).waitFor();
    await visit(name);
    await page.getByRole('button', { name: /Next|Get started/ }).click();
  }
  await visit('introduction-ready');
  await page.getByRole('button', { name: /Continue|Not now/ }).click();
  await page.getByText('No accounts yet').waitFor();
  await visit('accounts-empty');
}

async function enrolling({ page, phone, server, visit }: Tour): Promise<void> {
  await setUp(page, server);
  await page.getByRole('button', { name: 'I have the app' }).click();
  await phone.page.getByRole('button', { name: 'Add account' }).click();
  await phone.page.getByText('Hold the code inside the frame').waitFor();
  await visit('add');
  await phone.page.getByRole('button', { name: 'Enter code instead' }).click();
  await visit('add-activation-code');
  await phone.page.getByLabel('Another service').check();
  await phone.page.getByText('Options').click();
  await visit('add-key');
  await phone.page.goto('/authenticator/#/');
  await page.reload();
  await page.getByRole('button', { name: 'I have the app' }).waitFor();
  await enrolByCamera(page, phone);
  await visit('activated');
  await page.getByRole('button', { name: 'Done', exact: true }).click();
  await phone.page.getByRole('button', { name: 'Done', exact: true }).click();
}

const exampleAccount = (issuer: string, label: string, seed: number): OtpAccount => ({
  type: 'totp',
  issuer,
  label,
  secret: new Uint8Array(20).map((_, i) => (i * 37 + seed * 101) % 256),
  algorithm: 'SHA-1',
  digits: 6,
  period: 30,
  counter: 0,
});

const accounts: OtpAccount[] = [
  exampleAccount('GitHub', 'ada@example.com', 1),
  exampleAccount('Proton Mail', 'ada.lovelace', 2),
  exampleAccount('Mastodon', '@ada@social.example', 3),
  exampleAccount('PayPal', 'ada@example.com', 4),
  { ...exampleAccount('City Library', '1815-1210', 5), type: 'hotp' },
  exampleAccount('GitLab', 'ada', 6),
  exampleAccount('Bitwarden', 'ada@example.com', 7),
  { ...exampleAccount('Payroll', 'ada.lovelace', 8), digits: 8, algorithm: 'SHA-256', period: 60 },
];

async function codes({ phone: { page }, visit }: Tour): Promise<void> {
  await page.goto('/authenticator/#/import');
  await screen(page, 'Bring in codes').waitFor();
  await visit('import');
  await chooseFile(page, writeOtpauthList(accounts), { name: 'codes.txt', mimeType: 'text/plain' });
  await page.getByText('8 accounts').first().waitFor();
  await visit('import-preview');
  await page.getByRole('button', { name: 'Add 8 accounts' }).click();
  await page.getByText('8 accounts were added.').waitFor();
  await visit('imported');
  await page.goto('/authenticator/#/');
  await page
    .getByRole('button', { name: /Copy the code/ })
    .first()
    .waitFor();
  await visit('accounts');
  await page.getByRole('searchbox').fill('git');
  await visit('accounts-search');
  await page.getByRole('searchbox').fill('');
  await page.getByRole('button', { name: 'Change the order' }).click();
  await visit('accounts-order');
  await page.getByRole('button', { name: 'Done', exact: true }).click();
  await page.getByRole('link', { name: /GitHub/ }).click();
  await screen(page, 'GitHub').waitFor();
  await visit('code');
  await page.getByRole('button', { name: 'Delete account' }).click();
  await visit('code-delete');
  await page.getByRole('button', { name: 'Cancel' }).click();
}

async function comingAndGoing({ phone: { page }, visit }: Tour): Promise<void> {
  await page.goto('/authenticator/#/settings/backup');
  await screen(page, 'Backup').waitFor();
  await visit('backup');
  await page.goto('/authenticator/#/import');
  const random = (bytes: number) => new Uint8Array(bytes).fill(7);
  const backup = await sealBackup(accounts.slice(0, 3), 'a good password', { now: Date.now(), random });
  await chooseFile(page, backup);
  await page.getByLabel('Password of the file').waitFor();
  await visit('import-password');
  await page.getByLabel('Password of the file').fill('a good password');
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await page.getByText('On this device already').first().waitFor();
  await visit('restore-preview');
}

async function account({ phone: { page }, visit }: Tour): Promise<void> {
  await page.goto('/authenticator/#/');
  await page.getByRole('link', { name: /Acme/ }).click();
  await screen(page, 'Acme').waitFor();
  await visit('account');
  await page.getByRole('link', { name: /Face, finger or passcode/ }).click();
  await screen(page, 'Face, finger or passcode').waitFor();
  await visit('verification');
  await page.getByRole('button', { name: 'Back', exact: true }).click();
  await page.getByRole('link', { name: /Move to a new phone/ }).click();
  await screen(page, 'Move to a new phone').waitFor();
  await visit('move');
  await page.getByRole('button', { name: 'Show the QR code' }).click();
  await page.getByRole('img', { name: 'QR code that moves this account' }).waitFor();
  await visit('move-code');
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByText('Stopped. Nothing was moved.').waitFor();
}

async function more({ phone: { page }, visit }: Tour): Promise<void> {
  for (const [name, path, title] of [
    ['more', '/more', 'More'],
    ['settings', '/settings', 'Settings'],
    ['security', '/settings/security', 'App lock'],
    ['privacy', '/settings/privacy', 'Privacy'],
    ['about', '/settings/about', 'About'],
    ['terms', '/settings/about/terms', 'Terms of use'],
    ['privacy-notice', '/settings/about/privacy', 'Privacy notice'],
    ['licences', '/settings/about/licences', 'Licences'],
    ['help', '/help', 'Help'],
    ['help-article', '/help/move', 'Moving to a new phone'],
  ] as const) {
    await page.goto(`/authenticator/#${path}`);
    await screen(page, title).waitFor();
    await visit(name);
  }
}

async function hosts({ phone, server, visit }: Tour): Promise<void> {
  const { host } = await addHost(server, await secondOwner(server), { name: 'web1.example.com' });
  const login = await host.login('olga', { service: 'sudo', tty: 'pts/3' });
  await phone.page.getByRole('group', { name: 'Number at the prompt' }).waitFor();
  await visit('request-host');
  await approveLogin(host, phone, login);
  await visit('approved-host');
  await phone.page.getByRole('button', { name: 'Back to accounts' }).click();
  await openHosts(phone.page);
  await phone.page.getByRole('button', { name: /Copy the code/ }).waitFor();
  await visit('hosts');
}

async function requests({ page, phone, server, visit }: Tour): Promise<void> {
  const app = phone.page;
  const back = async () => {
    await app.getByRole('button', { name: 'Back to accounts' }).click();
  };
  await app.goto('/authenticator/#/');
  await signOut(page);
  await signInWithPassword(page, 'olga');
  await app.getByRole('button', { name: 'Approve' }).waitFor();
  await visit('request');
  await app.getByRole('button', { name: 'Approve' }).click();
  await app.getByRole('heading', { name: 'Approved', level: 2 }).waitFor();
  await visit('approved');
  await back();
  // Another browser is not familiar: a number is asked for.
  const stranger = await page.context().browser()!.newContext({ baseURL: server.url });
  const other = await stranger.newPage();
  await other.goto('/');
  await signInWithPassword(other, 'olga');
  await app.getByRole('group', { name: 'Number on the sign-in page' }).waitFor();
  await visit('request-number');
  await app.getByRole('button', { name: 'Deny' }).click();
  await app.getByRole('heading', { name: 'Denied', level: 2 }).waitFor();
  await visit('denied');
  await stranger.close();
  await back();
}

async function lock({ phone: { page }, visit }: Tour): Promise<void> {
  await lockByPasscode(page, 'open sesame');
  await visit('security-on');
  await page.getByRole('button', { name: 'Lock now' }).click();
  await expect(page.getByRole('heading', { name: 'The app is locked' })).toBeVisible();
  await visit('locked');
}
