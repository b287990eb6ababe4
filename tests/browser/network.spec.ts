import { once } from 'node:events';
import { createServer, request as call } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startServer } from '../support/server.ts';
import { launchPhone } from './support/phone.ts';
import { addCode } from './support/moving.ts';
import { openApp, setUpWithPhone, signInWithPassword, signOut } from './support/steps.ts';
import { expect, expectAccessibleInBothSchemes, test } from './support/test.ts';

/** The network goes away in the middle; another tab does something; a new version comes: nothing is lost, or done twice. */

test.setTimeout(240_000);

test('the reply is lost: the same answer is sent again, and counts once', async ({
  page,
  server,
  launch,
}) => {
  const phone = await launch();
  await setUpWithPhone(page, server, phone);
  await signOut(page);
  await signInWithPassword(page, 'olga');
  const bodies: string[] = [];
  let lost = 0;
  await phone.page.route('**/requests/*/answer', async (route) => {
    bodies.push(route.request().postData()!);
    if (lost === 0) {
      lost += 1;
      // The server got it; nobody hears its reply.
      await route.fetch();
      return route.abort();
    }
    return route.continue();
  });
  await phone.page.getByRole('button', { name: 'Approve' }).click();
  await expect(phone.page.getByRole('heading', { name: 'Approved', level: 2 })).toBeVisible();
  await expect(phone.page.getByText('You are being signed in to')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Hello, Olga Owner' })).toBeVisible();
  expect(bodies.length).toBe(2);
  expect(bodies[1]).toBe(bodies[0]);
});

test('the answer itself is lost: it is said, and sent again when the network is back', async ({
  page,
  server,
  launch,
}) => {
  const phone = await launch();
  await setUpWithPhone(page, server, phone);
  await signOut(page);
  await signInWithPassword(page, 'olga');
  await phone.page.route('**/requests/*/answer', (route) => route.abort());
  await phone.page.getByRole('button', { name: 'Deny' }).click();
  await expect(phone.page.getByText('The network is away. Your answer is sent again')).toBeVisible();
  await expectAccessibleInBothSchemes(phone.page);
  await phone.page.unroute('**/requests/*/answer');
  await expect(phone.page.getByRole('heading', { name: 'Denied', level: 2 })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Denied on your phone' })).toBeVisible();
});

test('the request ended while the network was away: that is said, and not that it was approved', async ({
  page,
  server,
  launch,
}) => {
  const phone = await launch();
  await setUpWithPhone(page, server, phone);
  await signOut(page);
  await signInWithPassword(page, 'olga');
  await phone.page.route('**/requests/*/answer', (route) => route.abort());
  await phone.page.getByRole('button', { name: 'Approve' }).click();
  await expect(phone.page.getByText('The network is away. Your answer is sent again')).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible();
  await phone.page.unroute('**/requests/*/answer');
  await expect(phone.page.getByRole('heading', { name: 'This request has ended', level: 2 })).toBeVisible();
  await expect(phone.page.getByRole('heading', { name: 'Approved' })).toHaveCount(0);
});

test('two tabs: what is answered or added in one shows in the other', async ({ page, server, launch }) => {
  const phone = await launch();
  await setUpWithPhone(page, server, phone);
  const other = await phone.page.context().newPage();
  await other.goto('/authenticator/');
  await expect(other.getByText('Push is on')).toBeVisible();
  await addCode(phone, 'Bank', 'JBSWY3DPEHPK3PXP');
  await expect(other.getByText('Bank')).toBeVisible();
  await phone.page.goto('/authenticator/#/');
  await signOut(page);
  await signInWithPassword(page, 'olga');
  await expect(other.getByRole('button', { name: 'Approve' })).toBeEnabled();
  await phone.page.getByRole('button', { name: 'Deny' }).click();
  await expect(phone.page.getByRole('heading', { name: 'Denied', level: 2 })).toBeVisible();
  await expect(other.getByRole('heading', { name: 'Denied', level: 2 })).toBeVisible();
  await other.goto('/authenticator/#/');
  await other.getByRole('link', { name: /Acme/ }).click();
  await other.getByRole('button', { name: 'Delete account' }).click();
  await other.getByRole('button', { name: 'Delete', exact: true }).click();
  await phone.page.goto('/authenticator/#/');
  await expect(phone.page.getByText('Bank')).toBeVisible();
  await expect(phone.page.getByText('Acme')).toHaveCount(0);
});

test('an account can be scanned without a connection, from the second opening on', async ({
  page,
  server,
  launch,
}) => {
  const phone = await launch();
  await openApp(phone);
  const kept = () =>
    phone.page.evaluate(async () => {
      const [name] = (await caches.keys()).filter((each) => each.startsWith('authenticator-'));
      const files = await (await caches.open(name!)).keys();
      return files.map(({ url }) => url).filter((url) => /\/(decode|zxing_reader)-/.test(url)).length;
    });
  await expect.poll(kept, { timeout: 60_000 }).toBe(2);
  await page.goto(server.url);
  await server.stop();
  await phone.page.reload();
  await phone.page.getByRole('button', { name: 'Add account' }).click();
  await expect(phone.page.getByText('Hold the code inside the frame')).toBeVisible();
});

test('a new version comes while a request is on the screen: the page stays until the person goes on', async ({
  page,
  push,
}) => {
  let version = '';
  const proxy = createServer((request, response) => {
    const { url = '/', method, headers } = request;
    const onward = call(`${server.at}${url}`, { method, headers }, (answer) => {
      const isWorker = url.endsWith('/sw.js') && version !== '';
      const { 'content-length': _length, etag: _tag, ...rest } = answer.headers;
      if (!isWorker) return void answer.pipe(response.writeHead(answer.statusCode!, answer.headers));
      response.writeHead(answer.statusCode!, rest);
      answer.on('end', () => response.end(`\n// ${version}\n`)).pipe(response, { end: false });
    });
    onward.on('error', () => response.destroy());
    // Whole and uncompressed, not "as you have it".
    if (url.endsWith('/sw.js')) {
      for (const name of ['accept-encoding', 'if-none-match', 'if-modified-since']) onward.removeHeader(name);
    }
    request.pipe(onward);
    response.on('close', () => onward.destroy());
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const origin = `http://localhost:${(proxy.address() as AddressInfo).port}`;
  await using server = await startServer({
    engine: 'sqlite',
    env: { COUNTERSIGN_URL: origin, COUNTERSIGN_FETCH_ALLOW: push.origin },
  });
  await using phone = await launchPhone({ url: origin, push });
  await setUpWithPhone(page, server, phone);
  await signOut(page);
  await signInWithPassword(page, 'olga');
  await expect(phone.page.getByRole('button', { name: 'Approve' })).toBeEnabled();
  await phone.page.evaluate(() => Object.assign(window, { samePage: true }));
  // One that is being left in this moment is not.
  const isSamePage = () => phone.page.evaluate(() => 'samePage' in window).catch(() => false);
  version = 'next';
  await phone.page.evaluate(async () => {
    let changed = false;
    navigator.serviceWorker.addEventListener('controllerchange', () => (changed = true), { once: true });
    const registration = await navigator.serviceWorker.ready;
    // One that the browser had begun by itself may have read the former version, and stands for ours then.
    // While the new one takes over, a further look is refused.
    for (; !changed; await new Promise((resolve) => setTimeout(resolve, 500)))
      await registration.update().catch(() => {});
  });
  await phone.page.waitForTimeout(1_000);
  expect(await isSamePage()).toBe(true);
  await phone.page.getByRole('button', { name: 'Approve' }).click();
  await expect(page.getByRole('heading', { name: 'Hello, Olga Owner' })).toBeVisible();
  expect(await isSamePage()).toBe(true);
  await phone.page.getByRole('button', { name: 'Back to accounts' }).click();
  await expect.poll(isSamePage).toBe(false);
  await expect(phone.page.getByText('Push is on')).toBeVisible();
  proxy.closeAllConnections();
  proxy.close();
});
