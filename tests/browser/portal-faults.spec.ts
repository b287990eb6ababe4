import type { BrowserContext, Page } from '@playwright/test';
import type { Browser as HttpBrowser } from '../support/browser.ts';
import { startMailServer } from '../support/mail-server.ts';
import { Phone } from '../support/phone.ts';
import { startServer, type RunningServer } from '../support/server.ts';
import { totpCode } from '../support/totp.ts';
import { secondOwner } from './support/moving.ts';
import { addPlatformAuthenticator } from './support/phone.ts';
import {
  approve,
  askForStepUp,
  personWithEverything,
  setUp,
  setUpWithTotp,
  signInWithPassword,
  signOut,
} from './support/steps.ts';
import { expect, expectAccessible, test } from './support/test.ts';

/** What people and browsers do in the middle of something: Back, reload, other tabs, other windows, wrong clocks. */

test.setTimeout(120_000);

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const field = (page: Page, name: string) => page.getByRole('textbox', { name, exact: true });
const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true });
const card = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const number = (page: Page) => page.getByTestId('push-number');
const stepUp = (page: Page) => page.getByRole('dialog', { name: 'Confirm that it is you' });
const nextCode = (secret: string) => totpCode(secret, Date.now(), 1);
const totpQr = (page: Page) =>
  page.getByRole('img', { name: 'QR code with your key for the authenticator app' });

/** Reloads; then goes back, away from the portal, and forward again. What `there` expects stands after each. */
async function disturb(page: Page, there: () => Promise<void>): Promise<void> {
  await there();
  await page.reload();
  await there();
  await page.goBack();
  await page.goForward();
  await there();
}

/** Another page first, so that there is something to go back to. */
async function openFresh(page: Page, path: string): Promise<void> {
  await page.goto('/health/live');
  await page.goto(path);
}

async function useAnotherWay(page: Page, way: string): Promise<void> {
  await button(page, 'Use another way').click();
  await button(page, way).click();
}

/** A call of the API as the page makes it: its status and the code of its refusal. */
const callOf = (page: Page, method: string, path: string, body?: object) =>
  page.evaluate(
    async ([verb, address, data]) => {
      const answer = await fetch(address, {
        method: verb,
        headers: { 'content-type': 'application/json' },
        body: data,
      });
      const text = await answer.text();
      return { status: answer.status, code: text ? (JSON.parse(text) as { code?: string }).code : undefined };
    },
    [method, path, body && JSON.stringify(body)] as [string, string, string | undefined],
  );

test('Back and reload keep a sign-in where it is: at the phone, at the code, at the recovery code', async ({
  page,
  server,
}) => {
  const { phone, codes } = await personWithEverything(server, 'nina');
  await openFresh(page, '/');
  await signInWithPassword(page, 'nina');
  await useAnotherWay(page, 'Approve on Phone of nina');
  const shown = (await number(page).textContent())!;
  await disturb(page, () => expect(number(page)).toHaveText(shown));
  await useAnotherWay(page, 'Code from your authenticator app');
  await disturb(page, () => expect(field(page, 'Verification code')).toBeFocused());
  await useAnotherWay(page, 'Recovery code');
  await disturb(page, () => expect(field(page, 'Recovery code')).toBeFocused());
  // However often the page was opened, the phone was asked once.
  expect(await phone.requests()).toHaveLength(1);
  await field(page, 'Recovery code').fill(codes[0]!);
  await button(page, 'Continue').click();
  await disturb(page, () => expect(heading(page, 'Hello, Test nina')).toBeVisible());
  expect(await phone.requests()).toHaveLength(0);
});

test('after the password alone no address, no tab and no call of the API goes on', async ({
  page,
  server,
}) => {
  await personWithEverything(server, 'nina');
  await page.goto('/');
  const begun = page.waitForResponse('**/api/v1/authentications');
  await signInWithPassword(page, 'nina');
  const { id } = (await (await begun).json()) as { id: string };
  await expect(button(page, 'Use another way')).toBeVisible();
  const other = await page.context().newPage();
  for (const path of ['/', '/security', '/activate']) {
    await other.goto(path);
    await expect(heading(other, 'Sign in')).toBeVisible();
  }
  const complete = `/api/v1/authentications/${id}/complete`;
  expect(await callOf(page, 'POST', complete)).toEqual({ status: 409, code: 'not_ready' });
  expect(await callOf(page, 'GET', '/api/v1/me')).toEqual({ status: 401, code: 'no_session' });
  expect(await callOf(page, 'GET', '/api/v1/session')).toEqual({ status: 401, code: 'no_session' });
});

test('a reload while the server is away loses no sign-in', async ({ page, server }) => {
  const { secret } = await personWithEverything(server, 'nina');
  await page.goto('/');
  await signInWithPassword(page, 'nina');
  await useAnotherWay(page, 'Code from your authenticator app');
  await page.route('**/api/v1/authentications/*', (route) => route.abort());
  await page.reload();
  await expect(page.getByRole('alert')).toContainText('The server cannot be reached.');
  await expectAccessible(page);
  await page.unroute('**/api/v1/authentications/*');
  await button(page, 'Try again').click();
  await field(page, 'Verification code').fill(nextCode(secret));
  await expect(heading(page, 'Hello, Test nina')).toBeVisible();
});

test('S7: the first enrolment is skipped by no address, no tab and no call; a reload keeps what was chosen', async ({
  page,
  server,
}) => {
  await setUp(page, server);
  await openFresh(page, '/');
  await expect(heading(page, 'Set up your phone')).toBeVisible();
  await button(page, 'Use an authenticator app instead').click();
  await disturb(page, () => expect(heading(page, 'Set up your authenticator app')).toBeVisible());

  const other = await page.context().newPage();
  for (const path of ['/', '/security', '/activate']) {
    await other.goto(path);
    await expect(heading(other, 'Set up your phone')).toBeVisible();
    await expect(other.getByRole('link', { name: 'Security' })).toHaveCount(0);
  }
  const closed: [string, string, object?][] = [
    ['GET', '/api/v1/me'],
    ['GET', '/api/v1/me/applications'],
    ['GET', '/api/v1/me/sessions'],
    ['GET', '/api/v1/me/activity'],
    ['POST', '/api/v1/me/recovery-codes', {}],
    ['POST', '/api/v1/authentications', { purpose: 'step_up', resource: 'act:factors' }],
  ];
  for (const [method, path, body] of closed) {
    expect(await callOf(page, method, path, body), path).toEqual({
      status: 403,
      code: 'enrollment_required',
    });
  }

  await expect(totpQr(page)).toBeVisible();
  const key = (await page.locator('code').textContent())!.replaceAll(' ', '');
  await page.getByLabel('Enter the code that the app shows').fill(totpCode(key, Date.now()));
  await button(page, 'Submit').click();
  await button(page, 'Done').click();
  await expect(heading(page, 'Hello, Olga Owner')).toBeVisible();
  // The other tab goes on by itself.
  await expect(heading(other, 'Hello, Olga Owner')).toBeVisible();
  await page.goBack();
  await page.goForward();
  await expect(heading(page, 'Hello, Olga Owner')).toBeVisible();
});

test('a reload while the phone finishes its enrolment finds it again', async ({ page, server }) => {
  await setUp(page, server);
  await button(page, 'I have the app').click();
  await button(page, 'Enter code instead').click();
  const code = (await page.getByText(/^([0-9A-Z]{5}-){3}[0-9A-Z]{5}$/).textContent())!;
  const phone = await Phone.create(server.url, 'Slow phone');
  expect((await phone.register(code)).status).toBe(201);
  await expect(heading(page, 'Finish on your phone')).toBeVisible();
  await page.reload();
  await expect(heading(page, 'Finish on your phone')).toBeVisible();
  await phone.answer(await phone.request('activation'), 'approve');
  await expect(heading(page, 'Your phone is enrolled')).toBeVisible();
  await button(page, 'Done').click();
  await expect(heading(page, 'Hello, Olga Owner')).toBeVisible();
  // The next phone is another one.
  await page.goto('/activate');
  await expect(button(page, 'I have the app')).toBeVisible();
});

test('leaving in the middle of adding a code or a passkey adds nothing, and it can be begun again', async ({
  page,
  server,
}) => {
  await setUpWithTotp(page, server);
  await addPlatformAuthenticator(page);
  await page.goto('/security');
  for (const leave of [
    () => page.reload(),
    async () => {
      await page.goBack();
      await expect(heading(page, 'Hello, Olga Owner')).toBeVisible();
      await page.goForward();
    },
  ]) {
    await button(page, 'Add a passkey').click();
    await expect(button(page, 'Add passkey')).toBeVisible();
    await leave();
    await expect(heading(page, 'Security')).toBeVisible();
    await expect(button(page, 'Add a passkey')).toBeVisible();
    await expect(card(page, 'Passkeys').getByText('Not set up')).toBeVisible();
  }
  await card(page, 'Verification code').getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove codes' }).click();
  for (const leave of [() => page.reload(), () => page.goBack().then(() => page.goForward())]) {
    await card(page, 'Verification code').getByRole('button', { name: 'Set up' }).click();
    await expect(totpQr(page)).toBeVisible();
    await leave();
    await expect(card(page, 'Verification code').getByRole('button', { name: 'Set up' })).toBeVisible();
    await expect(card(page, 'Verification code').getByText('Not set up')).toBeVisible();
  }
});

const next = 'a new passphrase of mine';

/** A server with real mail, a person of it, and the link of a reset that they asked for. */
async function askedForReset(context: BrowserContext, server: RunningServer, links: () => string[]) {
  const person = await personWithEverything(server, 'nina');
  const page = await context.newPage();
  await page.goto(`${server.url}/reset`);
  await page.getByLabel('Company e-mail address').fill('nina@example.com');
  await button(page, 'Send reset request').click();
  await expect.poll(() => links().length).toBe(1);
  return { ...person, page, link: links()[0]! };
}

async function chooseNext(page: Page): Promise<void> {
  await page.getByLabel('New password', { exact: true }).fill(next);
  await page.getByLabel('New password again').fill(next);
  await button(page, 'Reset password').click();
}

/** Whether that is the password, as a browser that is no part of the test finds out. */
const holds = async ({ browser }: { browser: HttpBrowser }, password: string): Promise<boolean> => {
  const body = { purpose: 'portal_login', login: 'nina', password };
  return (await browser.post('/api/v1/authentications', body)).status === 201;
};

test('Back and reload keep a reset where it is: at the new password, at the choice, at the phone', async ({
  context,
  push,
}) => {
  await using mail = await startMailServer();
  await using server = await startServer({
    engine: 'sqlite',
    env: { COUNTERSIGN_FETCH_ALLOW: push.origin, SMTP_URL: mail.url },
  });
  const person = await askedForReset(context, server, () => mail.links('/reset'));
  const { page, link, phone } = person;
  await page.goto(`${server.url}/health/live`);
  await page.goto(link);
  await disturb(page, () => expect(page.getByText('For the account nina.')).toBeVisible());
  expect(page.url()).toBe(`${server.url}/reset`);
  await chooseNext(page);
  const send = button(page, 'Send password reset request to mobile device');
  await disturb(page, () => expect(send).toBeVisible());
  expect(await phone.requests()).toHaveLength(0);
  await send.click();
  const shown = (await number(page).textContent())!;
  await disturb(page, () => expect(number(page)).toHaveText(shown));
  // Nothing but the phone changes the password.
  expect(await holds(person, next)).toBe(false);
  await approve(page, phone, 'password_reset');
  await disturb(page, () => expect(heading(page, 'Your password was changed')).toBeVisible());
  expect(await holds(person, next)).toBe(true);
  // Another visit has nothing of it.
  await button(page, 'Go to the sign-in page').click();
  await page.getByRole('link', { name: 'Reset user password' }).click();
  await expect(page.getByLabel('Company e-mail address')).toBeVisible();
});

test('the links of the set-up and of an invitation outlast a reload and Back too, and are in no address', async ({
  page,
  server,
}) => {
  await page.goto('/health/live');
  await page.goto(server.setupLink!);
  await disturb(page, () => expect(page.getByLabel('Name of your organisation')).toBeVisible());
  expect(page.url()).toBe(`${server.url}/setup`);

  const owner = await secondOwner(server);
  const person = { login: 'nina', email: 'nina@example.com', name: 'Nina', invite: true };
  expect((await owner.post('/api/v1/admin/users', person)).status).toBe(201);
  const outbox = (await owner.get('/api/v1/admin/outbox')).body as object;
  const [link] = /https?:[^\s"\\<]+\/invite#token=[\w-]+/.exec(JSON.stringify(outbox))!;
  await page.goto(link);
  await disturb(page, () => expect(page.getByText('Nina, choose a password')).toBeVisible());
  expect(page.url()).toBe(`${server.url}/invite`);
});

test('a reset link in two tabs: the newest try counts, the other says so, and one of them changes the password', async ({
  context,
  push,
}) => {
  await using mail = await startMailServer();
  await using server = await startServer({
    engine: 'sqlite',
    env: { COUNTERSIGN_FETCH_ALLOW: push.origin, SMTP_URL: mail.url },
  });
  const { page: first, link, phone } = await askedForReset(context, server, () => mail.links('/reset'));
  const [second, third] = [await context.newPage(), await context.newPage()];
  await first.goto('about:blank');
  for (const page of [first, second, third]) await page.goto(link);
  await chooseNext(first);
  await button(first, 'Send password reset request to mobile device').click();
  await expect(heading(first, 'Approve on your phone')).toBeVisible();
  await chooseNext(second);
  await expect(heading(first, 'This reset has ended')).toBeVisible();
  await expectAccessible(first);
  expect(await phone.requests()).toHaveLength(0);
  // The link is good still: nobody has to ask for another mail.
  await button(first, 'Start again').click();
  await expect(first.getByText('For the account nina.')).toBeVisible();
  await chooseNext(first);
  await expect(heading(second, 'This reset has ended')).toBeVisible();
  await button(first, 'Send password reset request to mobile device').click();
  await approve(first, phone, 'password_reset');
  await expect(heading(first, 'Your password was changed')).toBeVisible();
  await chooseNext(third);
  await expect(third.getByRole('alert')).toHaveText('This link has been used.');
  await button(second, 'Start again').click();
  await expect(second.getByRole('alert')).toHaveText('This link has been used.');
  await second.getByRole('link', { name: 'Ask for a new link' }).click();
  await expect(second.getByLabel('Company e-mail address')).toBeVisible();
});

test('a sign-in in one tab is one in every tab that waits, at the password and at the factor', async ({
  context,
  page,
  server,
}) => {
  const { phone, secret } = await personWithEverything(server, 'nina');
  const atPassword = page;
  const [atPhone, signingIn] = [await context.newPage(), await context.newPage()];
  await atPassword.goto('/security');
  await atPassword.getByLabel('Login name or e-mail address').fill('nina');
  await atPhone.goto('/');
  await signInWithPassword(atPhone, 'nina');
  await useAnotherWay(atPhone, 'Approve on Phone of nina');
  await expect(number(atPhone)).toBeVisible();
  await signingIn.goto('/');
  await signInWithPassword(signingIn, 'nina');
  await useAnotherWay(signingIn, 'Code from your authenticator app');
  await field(signingIn, 'Verification code').fill(nextCode(secret));
  await expect(heading(signingIn, 'Hello, Test nina')).toBeVisible();
  await expect(heading(atPassword, 'Security')).toBeVisible();
  await expect(heading(atPhone, 'Hello, Test nina')).toBeVisible();
  await expect.poll(() => phone.requests()).toHaveLength(0);
  // What was begun in the other tab is over, too: signing out leads to the password.
  await signOut(atPhone);
  await expect(field(atPhone, 'Login name or e-mail address')).toBeVisible();
  await expect(heading(signingIn, 'Sign in')).toBeVisible();
});

test('signing out in one tab is told in the other at once, and signing in again leads both back', async ({
  context,
  page,
  server,
}) => {
  const secret = await setUpWithTotp(page, server);
  await page.goto('/security');
  await expect(heading(page, 'Security')).toBeVisible();
  const other = await context.newPage();
  await other.goto('/');
  await signOut(other);
  await expect(page.getByRole('status')).toHaveText('You have been signed out. Sign in again to go on.');
  await expect(other.getByText('You have been signed out.')).toHaveCount(0);
  await signInWithPassword(other, 'olga');
  await field(other, 'Verification code').fill(nextCode(secret));
  await expect(heading(other, 'Hello, Olga Owner')).toBeVisible();
  await expect(heading(page, 'Security')).toBeVisible();
});

test('a page that comes back to the front, or out of the browser’s memory, shows what holds now', async ({
  context,
  page,
  server,
}) => {
  await setUpWithTotp(page, server);
  const cookies = await context.cookies();
  const session = cookies.find(({ name }) => name.includes('session'))!;
  // Nothing on this page asks the server by itself.
  await page.goto('/activate');
  await expect(button(page, 'I have the app')).toBeVisible();
  // Signed out and in again where no other tab of the portal tells.
  await context.clearCookies({ name: session.name });
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
  await expect(page.getByRole('status')).toHaveText('You have been signed out. Sign in again to go on.');
  await context.addCookies([session]);
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await expect(button(page, 'I have the app')).toBeVisible();
});

/** Something happens after a click and before its call has arrived: what the page reads by itself is not quicker then. */
const meanwhile = (page: Page, path: string, happens: () => Promise<void>) =>
  page.route(
    path,
    async (route) => {
      await happens();
      await route.continue();
    },
    { times: 1 },
  );

test('ended from another browser: the next act says so, and signing in leads back to where one was', async ({
  page,
  server,
}) => {
  const { browser, phone } = await personWithEverything(server, 'nina');
  await page.goto('/');
  await signInWithPassword(page, 'nina');
  await approve(page, phone);
  await expect(heading(page, 'Hello, Test nina')).toBeVisible();

  const signOutEverywhere = async () => {
    const { items } = (await browser.get('/api/v1/me/sessions')).body as {
      items: { id: string; current: boolean }[];
    };
    const others = items.filter(({ current }) => !current);
    expect(others.length).toBeGreaterThan(0);
    for (const { id } of others) await browser.delete(`/api/v1/me/sessions/${id}`);
  };
  const ended = page.getByText('You have been signed out. Sign in again to go on.');
  const signInAgain = async () => {
    await expect(ended).toBeVisible();
    await expectAccessible(page);
    await signInWithPassword(page, 'nina');
    await approve(page, phone);
  };

  // Nothing on this page asks the server by itself.
  await page.goto('/activate');
  await button(page, 'Send the link by mail').click();
  await meanwhile(page, '**/mail-link', signOutEverywhere);
  await button(page, 'Send the link to my e-mail address').click();
  await signInAgain();
  await expect(button(page, 'I have the app')).toBeVisible();

  await page.goto('/security');
  await button(page, 'Change password').click();
  await page.getByLabel('Present password').fill('correct horse battery staple');
  await page.getByLabel('New password', { exact: true }).fill(next);
  await page.getByLabel('New password again').fill(next);
  await meanwhile(page, '**/api/v1/me/password', signOutEverywhere);
  await button(page, 'Save password').click();
  await signInAgain();
  await expect(heading(page, 'Security')).toBeVisible();
});

test('suspended by an administrator: told at the next act, not let in, and back where one was when that is over', async ({
  page,
  server,
}) => {
  const { phone } = await personWithEverything(server, 'nina');
  const owner = await secondOwner(server);
  const { items } = (await owner.get('/api/v1/admin/users?q=nina')).body as { items: { id: string }[] };
  const act = async (what: string) => {
    const answer = await owner.post(`/api/v1/admin/users/${items[0]!.id}/${what}`);
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  };
  await page.goto('/security');
  await signInWithPassword(page, 'nina');
  await approve(page, phone);
  await expect(heading(page, 'Security')).toBeVisible();
  await meanwhile(page, '**/api/v1/me/authenticators/*/test', () => act('suspend'));
  await button(page, 'Send a test').click();
  await expect(page.getByText('You have been signed out. Sign in again to go on.')).toBeVisible();
  await signInWithPassword(page, 'nina');
  await expect(page.getByRole('alert')).toHaveText('The login name or the password is wrong.');
  await act('activate');
  await signInWithPassword(page, 'nina');
  await approve(page, phone);
  await expect(heading(page, 'Security')).toBeVisible();
});

for (const hours of [-7, 7]) {
  test(`a computer whose clock is ${Math.abs(hours)} hours ${hours < 0 ? 'slow' : 'fast'} signs in, counts down and sets up codes as any other`, async ({
    page,
    server,
  }) => {
    const { phone } = await personWithEverything(server, 'nina');
    await page.clock.install({ time: Date.now() + hours * 3_600_000 });
    await page.goto('/');
    await signInWithPassword(page, 'nina');
    await expect(heading(page, 'Approve on your phone')).toBeVisible();
    const left = async () => Number(await page.getByRole('timer').textContent());
    expect(await left()).toBeGreaterThan(45);
    expect(await left()).toBeLessThanOrEqual(60);
    const before = await left();
    await expect.poll(left).toBeLessThan(before);
    await page.reload();
    await expect(heading(page, 'Approve on your phone')).toBeVisible();
    expect(await left()).toBeGreaterThan(30);
    await approve(page, phone);
    await expect(heading(page, 'Hello, Test nina')).toBeVisible();

    await page.goto('/activate');
    await button(page, 'I have the app').click();
    await expect(page.getByText(/(10:00|9:[345]\d)/)).toBeVisible();
    await page.goto('/security');
    await card(page, 'Verification code').getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove codes' }).click();
    await card(page, 'Verification code').getByRole('button', { name: 'Set up' }).click();
    await expect(totpQr(page)).toBeVisible();
    const key = (await page.locator('code').textContent())!.replaceAll(' ', '');
    await page.getByLabel('Enter the code that the app shows').fill(totpCode(key, Date.now()));
    await button(page, 'Submit').click();
    await expect(heading(page, 'Verification codes are set up')).toBeVisible();
    await button(page, 'Done').click();
    await signOut(page);
    await signInWithPassword(page, 'nina');
    await useAnotherWay(page, 'Code from your authenticator app');
    await field(page, 'Verification code').fill(nextCode(key));
    await expect(heading(page, 'Hello, Test nina')).toBeVisible();
  });
}

test('without a phone, an act is confirmed by a verification code, or by a recovery code', async ({
  page,
  server,
}) => {
  const secret = await setUpWithTotp(page, server);
  await page.goto('/security');
  await button(page, 'Make new codes').click();
  const shown = page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem');
  await expect(shown).toHaveCount(10);
  const codes = await shown.allTextContents();
  await button(page, 'I have kept them').click();

  await askForStepUp(page, '**/api/v1/me/recovery-codes');
  await button(page, 'Make new codes').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Make new codes' }).click();
  await useAnotherWay(page, 'Recovery code');
  await expectAccessible(page);
  await stepUp(page).getByLabel('Recovery code').fill(codes[0]!);
  await stepUp(page).getByRole('button', { name: 'Continue' }).click();
  await expect(heading(page, 'Your recovery codes')).toBeVisible();
  await button(page, 'I have kept them').click();

  await addPlatformAuthenticator(page);
  await askForStepUp(page, '**/api/v1/me/passkeys/options');
  await button(page, 'Add a passkey').click();
  await expect(stepUp(page).getByLabel('Verification code')).toBeFocused();
  await expectAccessible(page);
  await stepUp(page).getByLabel('Verification code').fill(nextCode(secret));
  await button(page, 'Add passkey').click();
  await expect(heading(page, 'Your passkey is added')).toBeVisible();
});

test('cancelling the confirmation closes no form and loses nothing that was typed', async ({
  page,
  server,
}) => {
  const secret = await setUpWithTotp(page, server);
  await addPlatformAuthenticator(page);
  await page.goto('/security');
  const cancel = async () => {
    await expect(stepUp(page)).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(stepUp(page)).toHaveCount(0);
  };

  await button(page, 'Change password').click();
  const typed = ['correct horse battery staple', next, next];
  const fields = ['Present password', 'New password', 'New password again'].map((label) =>
    page.getByLabel(label, { exact: true }),
  );
  for (const [index, each] of fields.entries()) await each.fill(typed[index]!);
  await askForStepUp(page, '**/api/v1/me/password');
  await button(page, 'Save password').click();
  await cancel();
  for (const [index, each] of fields.entries()) await expect(each).toHaveValue(typed[index]!);
  await button(page, 'Save password').click();
  await expect(page.getByText('Your password was changed.')).toBeVisible();

  const codes = card(page, 'Verification code');
  await codes.getByRole('button', { name: 'Reset TOTP' }).click();
  await field(page, 'Verification code').fill(nextCode(secret));
  await askForStepUp(page, '**/api/v1/me/totp');
  await button(page, 'Clear TOTP settings').click();
  await cancel();
  await expect(codes.getByRole('alert')).toHaveText('Confirm that it is you, then try again.');
  await expectAccessible(page);
  await codes.getByRole('button', { name: 'Try again' }).click();
  await expect(totpQr(page)).toBeVisible();
  const key = await page.locator('code').textContent();
  const code = page.getByLabel('Enter the code that the app shows');
  await code.fill(totpCode(key!.replaceAll(' ', ''), Date.now()));
  await askForStepUp(page, '**/api/v1/me/totp/*/confirm');
  await button(page, 'Submit').click();
  await cancel();
  await expect(page.locator('code')).toHaveText(key!);
  await expect(code).not.toHaveValue('');
  await button(page, 'Submit').click();
  await expect(heading(page, 'Verification codes are set up')).toBeVisible();
  await button(page, 'Done').click();

  // Before the form, and at its end.
  await askForStepUp(page, '**/api/v1/me/passkeys/options');
  await button(page, 'Add a passkey').click();
  await cancel();
  await expect(page.getByRole('alert')).toHaveText('Confirm that it is you, then try again.');
  await expectAccessible(page);
  const name = page.getByLabel('Name', { exact: true });
  await name.fill('Office computer');
  await page.evaluate(() => {
    const { credentials } = navigator;
    const create = credentials.create.bind(credentials);
    credentials.create = (options) => {
      document.body.dataset.made = `${Number(document.body.dataset.made ?? 0) + 1}`;
      return create(options);
    };
  });
  await askForStepUp(page, '**/api/v1/me/passkeys');
  await button(page, 'Add passkey').click();
  await cancel();
  await expect(name).toHaveValue('Office computer');
  // The device has made it by now, and is not asked for another.
  await button(page, 'Add passkey').click();
  await expect(heading(page, 'Your passkey is added')).toBeVisible();
  await expect(page.locator('body')).toHaveAttribute('data-made', '1');
  await button(page, 'Done').click();
  await expect(card(page, 'Passkeys').getByText('Office computer')).toHaveCount(1);
});

test('recovery codes are copied and printed; another language, another page and Back do not lose them', async ({
  context,
  page,
  server,
}) => {
  await setUpWithTotp(page, server);
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.url });
  await page.addInitScript(() => {
    window.print = () => {
      document.title = `printed ${getComputedStyle(document.querySelector('.print-sheet')!).display}`;
    };
  });
  await page.goto('/security');
  await button(page, 'Make new codes').click();
  const list = (name: string) => page.getByRole('list', { name }).getByRole('listitem');
  await expect(list('Recovery codes')).toHaveCount(10);
  const codes = await list('Recovery codes').allTextContents();

  await card(page, 'Recovery codes').getByRole('button', { name: 'Copy', exact: true }).click();
  await expect(button(page, 'Copied')).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(codes.join('\n'));
  await button(page, 'Print').click();
  await expect(page).toHaveTitle(/^printed/);
  // On paper there are the codes, whose they are, and nothing else.
  await page.emulateMedia({ media: 'print' });
  const paper = await page.locator('body').innerText();
  expect(paper).toContain('Recovery codes of olga at Acme');
  for (const code of codes) expect(paper.split(code)).toHaveLength(2);
  expect(paper).not.toContain('Security');
  await page.emulateMedia({ media: 'screen' });

  await page.getByRole('button', { name: /Account of/ }).click();
  await page.getByRole('menuitem', { name: 'Profile and language' }).click();
  await page.getByRole('combobox', { name: 'Language' }).selectOption({ label: 'Deutsch' });
  await page.getByRole('link', { name: 'Sicherheit', exact: true }).click();
  await expect(heading(page, 'Ihre Wiederherstellungscodes')).toBeVisible();
  expect(await list('Wiederherstellungscodes').allTextContents()).toEqual(codes);
  await page.getByRole('link', { name: 'Start', exact: true }).click();
  await expect(heading(page, 'Guten Tag, Olga Owner')).toBeVisible();
  await page.goBack();
  expect(await list('Wiederherstellungscodes').allTextContents()).toEqual(codes);

  // Where they would be gone for good, the browser asks first.
  const asked: string[] = [];
  page.on('dialog', (dialog) => {
    asked.push(dialog.type());
    void dialog.dismiss();
  });
  await page.evaluate(() => location.reload());
  await expect.poll(() => asked).toEqual(['beforeunload']);
  expect(await list('Wiederherstellungscodes').allTextContents()).toEqual(codes);
  await button(page, 'Ich habe sie aufbewahrt').click();
  await expect(page.getByText('10 Codes sind übrig')).toBeVisible();
  for (const code of codes) await expect(page.getByText(code)).toHaveCount(0);
  await page.reload();
  expect(asked).toHaveLength(1);
});

test('recovery codes that were not kept are gone with the session', async ({ page, server }) => {
  const secret = await setUpWithTotp(page, server);
  await page.goto('/security');
  await button(page, 'Make new codes').click();
  await expect(heading(page, 'Your recovery codes')).toBeVisible();
  const codes = await page
    .getByRole('list', { name: 'Recovery codes' })
    .getByRole('listitem')
    .allTextContents();
  await signOut(page);
  await signInWithPassword(page, 'olga');
  await field(page, 'Verification code').fill(nextCode(secret));
  await page.getByRole('link', { name: 'Security', exact: true }).click();
  await expect(page.getByText('10 codes are left')).toBeVisible();
  for (const code of codes) await expect(page.getByText(code)).toHaveCount(0);
});

test('where mobile push is not allowed, the first enrolment begins with what is', async ({
  browser,
  page,
  server,
}) => {
  await setUp(page, server);
  // Switched off while somebody looks at the way that has gone.
  const admin = await browser.newContext({ baseURL: server.url });
  const { cookies } = await secondOwner(server);
  await admin.addCookies([...cookies].map(([name, value]) => ({ name, value, url: server.url })));
  const settings = await admin.newPage();
  await settings.goto('/admin/settings');
  await settings.getByRole('checkbox', { name: 'Mobile push', exact: true }).uncheck();
  await button(settings, 'Save changes').click();
  await button(settings, 'Switch push off').click();
  await expect(settings.getByText('The settings were saved.')).toBeVisible();
  await page.route('**/api/v1/me/factors', async (route) => {
    const answer = await route.fetch();
    const factors = (await answer.json()) as { allowed: string[] };
    await route.fulfill({ json: { ...factors, allowed: ['push', ...factors.allowed] } });
  });
  await page.reload();
  await expect(page.getByRole('alert')).toContainText('Mobile push is not enabled');
  await expectAccessible(page);
  await button(page, 'Use an authenticator app instead').click();
  await expect(totpQr(page)).toBeVisible();
  await page.unroute('**/api/v1/me/factors');

  await page.evaluate(() => sessionStorage.clear());
  await page.reload();
  await expect(heading(page, 'Set up your authenticator app')).toBeVisible();
  await expectAccessible(page);
  await expect(page.getByRole('button', { name: /phone instead/ })).toHaveCount(0);
  const key = (await page.locator('code').textContent())!.replaceAll(' ', '');
  await page.getByLabel('Enter the code that the app shows').fill(totpCode(key, Date.now()));
  await button(page, 'Submit').click();
  await button(page, 'Done').click();
  await expect(heading(page, 'Hello, Olga Owner')).toBeVisible();
});
