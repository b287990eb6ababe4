import type { Page } from '@playwright/test';
import { expect } from './test.ts';
import type { PhoneBrowser } from './phone.ts';
import { addPerson, enrol } from '../../support/people.ts';
import type { Phone } from '../../support/phone.ts';
import type { RunningServer } from '../../support/server.ts';
import { totpCode } from '../../support/totp.ts';

/** Steps that several tests begin with. */

const password = 'correct horse battery staple';

export async function signInWithPassword(page: Page, login: string): Promise<void> {
  await page.getByLabel('Login name or e-mail address').fill(login);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** Makes the owner by the form of the set-up link; the page is then in the activation wizard. */
export async function setUpByForm(page: Page, server: RunningServer): Promise<void> {
  await page.goto(server.setupLink!);
  await page.getByLabel('Name of your organisation').fill('Acme');
  await page.getByLabel('Your name').fill('Olga Owner');
  await page.getByLabel('Login name').fill('olga');
  await page.getByLabel('E-mail address').fill('olga@example.com');
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Create the organisation' }).click();
  await expect(page.getByRole('heading', { name: 'Set up your phone' })).toBeVisible();
}

/** The same without the form, for the tests that are about something else. */
export async function setUp(page: Page, server: RunningServer): Promise<void> {
  const token = new URLSearchParams(new URL(server.setupLink!).hash.slice(1)).get('token');
  const owner = { name: 'Olga Owner', login: 'olga', email: 'olga@example.com', password };
  await post(page, server, '/api/v1/setup', {
    token,
    organization: { name: 'Acme' },
    owner,
    push_enabled: true,
  });
  const purpose = 'portal_login';
  const { id } = await post(page, server, '/api/v1/authentications', { purpose, login: 'olga', password });
  await post(page, server, `/api/v1/authentications/${id}/complete`);
  await page.goto(at(server, '/').href);
  await expect(page.getByRole('heading', { name: 'Set up your phone' })).toBeVisible();
}

/** Where people reach the server, which may be through a proxy. */
const at = (server: RunningServer, path: string) => new URL(path, server.setupLink);

/** Calls the API as the page would. */
async function post(page: Page, server: RunningServer, path: string, data: object = {}) {
  const { origin, href } = at(server, path);
  const answer = await page.request.post(href, { data, headers: { origin } });
  const text = await answer.text();
  expect(answer.ok(), `${path}: ${text}`).toBe(true);
  return (text ? JSON.parse(text) : {}) as Record<string, string>;
}

/** Opens the app for the first time and skips the introduction. */
export async function openApp(phone: Pick<PhoneBrowser, 'page'>): Promise<void> {
  await phone.page.goto('/authenticator/');
  await phone.page.getByRole('button', { name: 'Skip' }).click();
  const ready = phone.page.getByRole('button', { name: /Continue|Not now/ });
  await ready.click();
  await expect(phone.page.getByRole('heading', { name: 'Accounts', level: 1 })).toBeVisible();
}

/** From the wizard's first step to the green check on both sides. */
export async function enrolByCamera(page: Page, phone: PhoneBrowser): Promise<void> {
  await page.getByRole('button', { name: 'I have the app' }).click();
  const code = page.getByRole('img', { name: 'QR code with your activation code' });
  await expect(code).toBeVisible();
  await phone.show(page.locator('.qr'));
  await phone.page.getByRole('button', { name: 'Add account' }).click();
  await phone.page.getByRole('button', { name: 'Add this account' }).click();
  await expect(phone.page.getByRole('heading', { name: 'This device is verified' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Your phone is enrolled' })).toBeVisible();
  await phone.cover();
}

/** A whole organisation of one: owner, signed in, with a phone that was enrolled by the link. */
export async function setUpWithPhone(page: Page, server: RunningServer, phone: PhoneBrowser): Promise<void> {
  await setUp(page, server);
  await openApp(phone);
  const { activation_uri: link } = await post(page, server, '/api/v1/me/activations');
  await phone.page.goto(link!);
  await phone.page.getByRole('button', { name: 'Add this account' }).click();
  await expect(phone.page.getByRole('heading', { name: 'This device is verified' })).toBeVisible();
  await phone.page.getByRole('button', { name: 'Done', exact: true }).click();
  await page.goto(at(server, '/').href);
  await expect(page.getByRole('heading', { name: 'Hello, Olga Owner' })).toBeVisible();
}

/** The same with verification codes instead of a phone. Returns their key; the code of this half minute is spent. */
export async function setUpWithTotp(page: Page, server: RunningServer): Promise<string> {
  await setUp(page, server);
  const { secret } = await addTotp(page, server);
  await page.goto(at(server, '/').href);
  await expect(page.getByRole('heading', { name: 'Hello, Olga Owner' })).toBeVisible();
  return secret;
}

/** Sets up verification codes without the form, for whoever is signed in. Returns their key, and the code that is spent. */
export async function addTotp(
  page: Page,
  server: RunningServer,
): Promise<{ secret: string; spentCode: string }> {
  const { id, secret } = await post(page, server, '/api/v1/me/totp');
  const spentCode = totpCode(secret!, Date.now());
  await post(page, server, `/api/v1/me/totp/${id}/confirm`, { code: spentCode });
  return { secret: secret!, spentCode };
}

export async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: /Account of/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
}

/**
 * Somebody with a phone, verification codes and recovery codes, all set up in a browser that is no part of the test: for
 * tests of what the portal does around a sign-in. The phone is one without a screen.
 */
export async function personWithEverything(server: RunningServer, login: string) {
  await addPerson(server, login);
  const { browser, phone } = await enrol(server, login);
  const make = async (path: string, body?: object) => {
    const answer = await browser.post(path, body);
    expect(answer.status, `${path}: ${JSON.stringify(answer.body)}`).toBeLessThan(300);
    return answer.body as { id: string; secret: string; codes: string[] };
  };
  const { id, secret } = await make('/api/v1/me/totp');
  await make(`/api/v1/me/totp/${id}/confirm`, { code: totpCode(secret, Date.now()) });
  const { codes } = await make('/api/v1/me/recovery-codes');
  return { browser, phone, secret, codes };
}

/** Approves what the page is waiting for, typing the number that it shows. */
export async function approve(
  page: Page,
  phone: Phone,
  purpose: Parameters<Phone['request']>[0] = 'portal_login',
): Promise<void> {
  await expect(page.getByRole('heading', { name: 'Approve on your phone' })).toBeVisible();
  const shown = page.getByTestId('push-number');
  const number = (await shown.isVisible()) ? (await shown.textContent())! : undefined;
  const answered = await phone.answer(await phone.request(purpose), 'approve', { number });
  expect(answered.status, JSON.stringify(answered.body)).toBe(200);
}

/** As if the last sign-in were longer ago: the server asks, once, to confirm it first. What follows is the real thing. */
export async function askForStepUp(page: Page, path: string, resource = 'act:factors'): Promise<void> {
  const problem = {
    type: 'urn:countersign:error:step_up_required',
    title: 'Confirm that it is you, then try again.',
    status: 403,
    detail: 'Confirm that it is you, then try again.',
    code: 'step_up_required',
    server_time: new Date().toISOString(),
    resource,
  };
  await page.route(
    path,
    (route) =>
      route.request().method() === 'POST'
        ? route.fulfill({
            status: 403,
            contentType: 'application/problem+json',
            body: JSON.stringify(problem),
          })
        : route.fallback(),
    { times: 1 },
  );
}

/** Adds an account of another service by typing its key; ends at the list. */
export async function addKey(
  page: Page,
  { issuer, label = '', key }: { issuer: string; label?: string; key: string },
): Promise<void> {
  await page.goto('/authenticator/#/add');
  await page.getByRole('button', { name: 'Enter code instead' }).click();
  await page.getByLabel('Another service').check();
  await page.getByLabel('Service', { exact: true }).fill(issuer);
  await page.getByLabel('Account', { exact: true }).fill(label);
  await page.getByLabel('Key', { exact: true }).fill(key);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Add this account' }).click();
  await expect(page.getByRole('heading', { name: 'Account added' })).toBeVisible();
  await page.getByRole('button', { name: 'Done', exact: true }).click();
}

/** Turns the app lock on with a passcode, whatever the phone can do. */
export async function lockByPasscode(page: Page, passcode: string): Promise<void> {
  await page.goto('/authenticator/#/settings/security');
  await page
    .getByLabel('With a passcode for this app')
    .or(page.getByLabel('Passcode', { exact: true }))
    .first()
    .waitFor();
  const byPasscode = page.getByLabel(/With a passcode for this app/);
  if (await byPasscode.isVisible()) await byPasscode.check();
  await page.getByLabel('Passcode', { exact: true }).fill(passcode);
  await page.getByLabel('The same again').fill(passcode);
  await page.getByRole('button', { name: 'Turn on the app lock' }).click();
  await expect(page.getByText('The app lock is on.')).toBeVisible();
}
