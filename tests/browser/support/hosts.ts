import { decodeBase32, importOtpKey, totp } from '@countersign/protocol/otp';
import type { Page } from '@playwright/test';
import { addHost, type AskedLogin, type Host } from '../../support/host.ts';
import type { Browser } from '../../support/browser.ts';
import type { RunningServer } from '../../support/server.ts';
import { secondOwner } from './moving.ts';
import type { PhoneBrowser } from './phone.ts';
import { setUpWithPhone } from './steps.ts';
import { expect } from './test.ts';

/** Hosts that the app's person logs in on. */

/** Somebody with a phone, another who is an owner, and a host that has joined. */
export async function setUpWithHost(
  page: Page,
  server: RunningServer,
  phone: PhoneBrowser,
  name = 'web1.example.com',
): Promise<{ host: Host; owner: Browser }> {
  await setUpWithPhone(page, server, phone);
  const owner = await secondOwner(server);
  const { host } = await addHost(server, owner, { name });
  return { host, owner };
}

/** Types the number that the prompt shows. */
export async function typeNumber({ page }: Pick<PhoneBrowser, 'page'>, number: string): Promise<void> {
  for (const digit of number) await page.getByRole('button', { name: digit, exact: true }).click();
}

/** Types the number of a login and approves it; the host lets in. */
export async function approveLogin(
  host: Host,
  phone: PhoneBrowser,
  login: Awaited<ReturnType<Host['login']>>,
): Promise<void> {
  await expect(phone.page.getByRole('group', { name: 'Number at the prompt' })).toBeVisible();
  await typeNumber(phone, login.push!.number!);
  await phone.page.getByRole('button', { name: 'Approve' }).click();
  await expect(phone.page.getByRole('heading', { name: 'Approved', level: 2 })).toBeVisible();
  const { body } = await host.wait(login.id, { wait: 5, seen: login.version });
  expect(await host.judge(body, login.asked)).toMatchObject({ valid: true, user: 'olga' });
}

/** A login from begin to end; the app is then back at its list. */
export async function logIn(host: Host, phone: PhoneBrowser, more?: Partial<AskedLogin>): Promise<void> {
  await approveLogin(host, phone, await host.login('olga', more));
  await phone.page.getByRole('button', { name: 'Back to accounts' }).click();
}

/** What makes the codes that the host takes from olga, as its configuration of the server says: base32. */
export async function secretOnHost(host: Host): Promise<string> {
  const { offline } = await host.configure(['olga']);
  return offline!.users.find((user) => user.local_user === 'olga')!.secret;
}

type MakesCodes = (steps?: number) => Promise<string>;

/** Makes the present code, or others. */
export async function codesOfSecret(secret: string): Promise<MakesCodes> {
  const key = await importOtpKey(decodeBase32(secret)!, 'SHA-1');
  return (steps = 0) => totp(key, { digits: 8, period: 30 }, Date.now() + steps * 30_000);
}

export const codeOnHost = async (host: Host): Promise<MakesCodes> => codesOfSecret(await secretOnHost(host));

/** From the list to the codes for hosts of the account. */
export async function openHosts(page: Page): Promise<void> {
  await page.goto('/authenticator/#/');
  await page.getByRole('link', { name: /Acme/ }).click();
  await page.getByRole('link', { name: /Codes for hosts/ }).click();
  await expect(page.getByRole('heading', { name: 'Codes for hosts', level: 1 })).toBeVisible();
}

/** The code that stands beside the host is the one that it takes. */
export async function expectHostCode(page: Page, name: string, code: MakesCodes): Promise<void> {
  const row = page.getByRole('listitem').filter({ hasText: name });
  await expect
    .poll(async () => (await row.getByRole('button').textContent())?.replace(' ', '') === (await code()))
    .toBe(true);
}

/** How many hosts lie on the phone. */
export const storedHosts = (page: Page): Promise<number> =>
  page.evaluate(async () => {
    const opening = indexedDB.open('countersign-authenticator');
    const db = await new Promise<IDBDatabase>((resolve) =>
      opening.addEventListener('success', () => resolve(opening.result)),
    );
    const counting = db.transaction('hosts').objectStore('hosts').count();
    const hosts = await new Promise<number>((resolve) =>
      counting.addEventListener('success', () => resolve(counting.result)),
    );
    db.close();
    return hosts;
  });
