import { decodeBase32, encodeBase32 } from '@countersign/protocol/otp';
import type { Page } from '@playwright/test';
import {
  approveLogin,
  codeOnHost,
  codesOfSecret,
  expectHostCode,
  logIn,
  openHosts,
  secretOnHost,
  setUpWithHost,
  storedHosts,
  typeNumber,
} from './support/hosts.ts';
import { storedText } from './support/codes.ts';
import { notificationsOf } from './support/phone.ts';
import { lockByPasscode } from './support/steps.ts';
import { expect, expectAccessibleInBothSchemes, test } from './support/test.ts';

/** Logins on hosts, as the phone shows them, and the codes for hosts that cannot reach the server. */

const name = 'web1.example.com';
const fact = (page: Page, term: string) =>
  page.getByRole('term').filter({ hasText: term }).locator('xpath=following-sibling::dd[1]');
/** The browser takes a push without a word; its worker shows it a moment later. */
const expectNotification = (page: Page, id: string, expected: Record<string, unknown>) =>
  expect
    .poll(async () => (await notificationsOf(page)).find(({ tag }) => tag === id))
    .toMatchObject(expected);
const runningOver = (page: Page) =>
  page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll('.content')]
      .filter((each) => each.scrollWidth > each.clientWidth)
      .map((each) => `${each.localName} ${each.className}`),
  );

test('a login on a host: the phone shows what asks, as whom and from where; the number lets in, a later one is familiar', async ({
  page,
  server,
  launch,
}) => {
  const phone = await launch();
  const { host } = await setUpWithHost(page, server, phone);
  const app = phone.page;
  await phone.deliverPush();
  const login = await host.login('olga', { service: 'sudo', tty: '/dev/pts/3' });
  const { id } = await phone.deliverPush();
  await expect(app.getByRole('heading', { name: 'Are you logging in?' })).toBeVisible();
  await expect(app.getByText(name, { exact: true })).toBeVisible();
  await expect(app.getByText('Host · olga')).toBeVisible();
  await expect(fact(app, 'Service')).toHaveText('sudo (pts/3)');
  await expect(fact(app, 'Log in as')).toHaveText('olga');
  await expect(fact(app, 'From')).toHaveText('203.0.113.9');
  await expect(app.getByText('You have not logged in on this host from there before.')).toBeVisible();
  await expect(app.getByText('Type the number that the prompt shows')).toBeVisible();
  await expectNotification(app, id, {
    title: `Log in on ${name}?`,
    body: 'Not used before: sudo (pts/3) · as olga · 203.0.113.9',
    actions: ['deny'],
  });
  await expectAccessibleInBothSchemes(app);
  await app.setViewportSize({ width: 320, height: 640 });
  await expect.poll(() => runningOver(app)).toEqual([]);
  await app.setViewportSize({ width: 412, height: 839 });

  await approveLogin(host, phone, login);
  await expect(app.getByText(`${name} lets you in.`)).toBeVisible();
  await app.getByRole('button', { name: 'Back to accounts' }).click();

  const again = await host.login('olga');
  expect(again.push!.number).toBeNull();
  await expect(app.getByText('Nothing unusual: a place that you have used before.')).toBeVisible();
  await expect(fact(app, 'Service')).toHaveText('ssh');
  await app.getByRole('button', { name: 'Deny' }).click();
  await expect(app.getByText('Nobody was let in.')).toBeVisible();
  expect((await host.wait(again.id)).body.state).toBe('denied');
  await app.getByRole('button', { name: 'Back to accounts' }).click();
  await app.getByRole('link', { name: /Acme/ }).click();
  await expect(app.getByText('sudo (pts/3)')).toBeVisible();
});

test('the wrong number ends a login on a host; one that was given up, and one that was reported, say so in its words', async ({
  page,
  server,
  launch,
}) => {
  const phone = await launch();
  const { host } = await setUpWithHost(page, server, phone);
  const app = phone.page;
  const login = await host.login('olga');
  await expect(app.getByRole('group', { name: 'Number at the prompt' })).toBeVisible();
  await typeNumber(phone, login.push!.number === '11' ? '12' : '11');
  await app.getByRole('button', { name: 'Approve' }).click();
  await expect(app.getByText('If it was you, log in once more and type the new number.')).toBeVisible();
  await expectAccessibleInBothSchemes(app);
  await app.getByRole('button', { name: 'Back to accounts' }).click();

  const second = await host.login('olga');
  await expect(app.getByRole('group', { name: 'Number at the prompt' })).toBeVisible();
  await host.cancel(second.id);
  await expect(app.getByRole('heading', { name: 'This request has ended', level: 2 })).toBeVisible();
  await app.getByRole('button', { name: 'Back to accounts' }).click();

  await host.login('olga', { rhost: null, tty: 'tty1', service: 'login' });
  await expect(fact(app, 'Service')).toHaveText('login (tty1)');
  await expect(app.getByRole('term').filter({ hasText: 'From' })).toHaveCount(0);
  await app.getByRole('button', { name: 'This wasn’t me' }).or(app.getByText("This wasn't me")).click();
  await expect(app.getByText('change the password now, and replace the key')).toBeVisible();
});

test('codes for hosts: the phone’s is the one that the host takes, with no server, and is copied by a tap', async ({
  page,
  server,
  launch,
}) => {
  const phone = await launch();
  const app = phone.page;
  await app.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.url });
  const { host } = await setUpWithHost(page, server, phone);
  await app.getByRole('link', { name: /Acme/ }).click();
  await expect(app.getByRole('heading', { name: 'Last sign-ins' })).toBeVisible();
  await expect(app.getByText('Codes for hosts')).toHaveCount(0);
  await logIn(host, phone);
  const code = await codeOnHost(host);
  await openHosts(app);
  await expectHostCode(app, name, code);
  await expect(app.getByRole('timer')).toBeVisible();
  await expect(app.getByText('each is good once, and only there')).toBeVisible();
  await expectAccessibleInBothSchemes(app);
  await app.setViewportSize({ width: 320, height: 640 });
  await expect.poll(() => runningOver(app)).toEqual([]);

  await server.stop();
  await app.reload();
  await expectHostCode(app, name, code);
  await app.getByRole('button', { name: /Copy the code [\d ]+ of web1/ }).click();
  await expect(app.getByText('Code copied')).toBeVisible();
  const copied = await app.evaluate(() => navigator.clipboard.readText());
  expect(copied).toMatch(/^\d{8}$/);
  await expectHostTakes(copied, code);
  await app.goto('/authenticator/#/help/hosts');
  await expect(app.getByText('They are in no backup and come along to no other phone')).toBeVisible();
  await app.goto('/authenticator/#/settings/backup');
  await expect(app.getByText('There are no codes on this device yet.')).toBeVisible();
});

/** It was copied in this half minute or at the end of the one before. */
const expectHostTakes = async (copied: string, code: Awaited<ReturnType<typeof codeOnHost>>) =>
  expect([await code(), await code(-1)]).toContain(copied);

test('codes for hosts lie sealed under the app lock: a locked app shows none, an unlocked one those of before', async ({
  page,
  server,
  launch,
}) => {
  const phone = await launch();
  const app = phone.page;
  const { host } = await setUpWithHost(page, server, phone);
  await logIn(host, phone);
  const secret = await secretOnHost(host);
  const code = await codesOfSecret(secret);
  await openHosts(app);
  await expectHostCode(app, name, code);
  const stored = await storedText(app);
  expect(stored).toContain(name);
  for (const clear of [secret, String.fromCharCode(...decodeBase32(secret)!)])
    expect(stored).not.toContain(clear);
  await lockByPasscode(app, 'open sesame');
  await server.stop();
  await openHosts(app);
  await expectHostCode(app, name, code);
  await app.reload();
  await expect(app.getByRole('heading', { name: 'The app is locked' })).toBeVisible();
  await expect(app.getByText(name)).toHaveCount(0);
  await app.getByLabel('Passcode').fill('open sesame');
  await app.getByRole('button', { name: 'Unlock' }).click();
  await expectHostCode(app, name, code);
  await app.goto('/authenticator/#/settings/security');
  await app.getByRole('button', { name: 'Turn off the app lock' }).click();
  await expect(app.getByText('The app lock is off.')).toBeVisible();
  await openHosts(app);
  await expectHostCode(app, name, code);
});

test('a host that the server no longer lists goes; all of them go with an account that it refuses, and come back with it', async ({
  page,
  server,
  launch,
}) => {
  const phone = await launch();
  const app = phone.page;
  const { host, owner } = await setUpWithHost(page, server, phone);
  const act = async (path: string) => {
    const answer = await owner.post(`/api/v1/admin/${path}`);
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
  };
  const { items } = (await owner.get('/api/v1/admin/users?q=olga')).body;
  await logIn(host, phone);
  await openHosts(app);
  await expect(app.getByText(name)).toBeVisible();
  expect(await storedHosts(app)).toBe(1);
  await act(`users/${items[0].id}/suspend`);
  await expect.poll(() => storedHosts(app), { timeout: 30_000 }).toBe(0);
  await act(`users/${items[0].id}/activate`);
  await app.reload();
  await expect(app.getByText(name)).toBeVisible();
  await act(`hosts/${host.id}/revoke`);
  await app.reload();
  await expect(app.getByText('You have logged in on no host in the last 90 days.')).toBeVisible();
  await expectAccessibleInBothSchemes(app);
  expect(await storedHosts(app)).toBe(0);
});

test('where the server gives another secret, as after another phone of the person was removed, its code is shown at once', async ({
  page,
  server,
  launch,
}) => {
  const phone = await launch();
  const app = phone.page;
  const { host } = await setUpWithHost(page, server, phone);
  await logIn(host, phone);
  await openHosts(app);
  await expectHostCode(app, name, await codeOnHost(host));
  const secret = encodeBase32(new Uint8Array(20).fill(7));
  await app.route('**/authenticator/v1/hosts', (route) =>
    route.fulfill({ json: { items: [{ id: host.id, name: 'web1 renamed', secret }] } }),
  );
  // Kept as it is while the app is away, and asked for when it comes back, on whatever screen.
  await app.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await expectHostCode(app, 'web1 renamed', await codesOfSecret(secret));
  expect(await storedHosts(app)).toBe(1);
});

test('the codes for hosts go with the account that is deleted here', async ({ page, server, launch }) => {
  const phone = await launch();
  const app = phone.page;
  const { host } = await setUpWithHost(page, server, phone);
  await logIn(host, phone);
  await openHosts(app);
  await expect(app.getByText(name)).toBeVisible();
  await app.getByRole('button', { name: 'Back', exact: true }).click();
  await app.getByRole('button', { name: 'Delete account' }).click();
  await app.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(app.getByText('No accounts yet')).toBeVisible();
  expect(await storedHosts(app)).toBe(0);
});

test('a login on a host, its notification and the codes, in German', async ({ page, server, launch }) => {
  const phone = await launch();
  const app = phone.page;
  const { host } = await setUpWithHost(page, server, phone);
  await phone.deliverPush();
  await logIn(host, phone, { rhost: '198.51.100.1' });
  await phone.deliverPush();
  await app.goto('/authenticator/#/settings');
  await app.getByLabel('Language').selectOption({ label: 'Deutsch' });
  await expect(app.getByRole('heading', { name: 'Einstellungen', level: 1 })).toBeVisible();
  const login = await host.login('olga', { service: 'sudo', tty: 'pts/3' });
  const { id } = await phone.deliverPush();
  await expect(app.getByRole('heading', { name: 'Melden Sie sich gerade an?' })).toBeVisible();
  await expect(app.getByText('Rechner · olga')).toBeVisible();
  await expect(fact(app, 'Anmelden als')).toHaveText('olga');
  await expect(app.getByRole('group', { name: 'Zahl in der Eingabezeile' })).toBeVisible();
  await expectNotification(app, id, {
    title: `Auf ${name} anmelden?`,
    body: 'Noch nie benutzt: sudo (pts/3) · als olga · 203.0.113.9',
  });
  await app.setViewportSize({ width: 320, height: 640 });
  await expect.poll(() => runningOver(app)).toEqual([]);
  await typeNumber(phone, login.push!.number!);
  await app.getByRole('button', { name: 'Bestätigen' }).click();
  await expect(app.getByText(`${name} lässt Sie ein.`)).toBeVisible();
  await app.goto('/authenticator/#/');
  await app.getByRole('link', { name: /Acme/ }).click();
  await app.getByRole('link', { name: /Codes für Rechner/ }).click();
  await expect(app.getByRole('button', { name: /von web1/ })).toBeVisible();
  await expect.poll(() => runningOver(app)).toEqual([]);
  await expectAccessibleInBothSchemes(app);
});
