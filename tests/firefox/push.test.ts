import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'puppeteer-core';
import { Browser } from '../support/browser.ts';
import { findLibrary, findProgram } from '../support/installed.ts';
import { addPerson, askPush, begin } from '../support/people.ts';
import { startServer, type RunningServer } from '../support/server.ts';
import { startDesktop, type Desktop } from '../support/desktop.ts';
import { findFirefox, startFirefox, type Firefox } from './support/firefox.ts';
import { startPushService, type PushService } from './support/push-service.ts';

/**
 * Web Push as it really is: Firefox subscribes with a push service, the server encrypts for it and signs, Firefox
 * decrypts, the service worker shows a notification of the system, and a click on that answers.
 */
const skip =
  (findFirefox() === undefined && 'Firefox is not installed') ||
  (findProgram('dbus-daemon') === undefined && 'D-Bus is not installed') ||
  (findLibrary('libnotify') === undefined && 'libnotify is not installed');
const patience = 20_000; // ms

describe('Firefox, with real pushes', { skip }, () => {
  let push: PushService;
  let desktop: Desktop;
  let server: RunningServer;
  let firefox: Firefox;
  /** The browser that signs in. */
  let browser: Browser;

  before(async () => {
    push = await startPushService();
    desktop = await startDesktop();
    server = await startServer({ engine: 'sqlite', env: { COUNTERSIGN_FETCH_ALLOW: push.origin } });
    firefox = await startFirefox(push, desktop);
  });
  after(async () => {
    await firefox?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
    await desktop?.[Symbol.asyncDispose]();
    await push?.[Symbol.asyncDispose]();
  });

  const app = () => `${server.url}/authenticator/`;
  const until = async (what: string, condition: () => Promise<boolean> | boolean) => {
    for (const giveUp = Date.now() + patience; !(await condition()); await sleep(50))
      if (Date.now() > giveUp) throw new Error(`in vain: ${what}\n${await screen()}`);
  };
  const screen = async () =>
    (
      await Promise.all((await firefox.pages()).map(async (page) => `${page.url()}: ${await textOf(page)}`))
    ).join('\n');
  const textOf = (page: Page) => page.evaluate(() => document.body?.innerText ?? '').catch(() => '');
  const shows = (page: Page, text: string) =>
    until(`the page shows “${text}”`, async () => (await textOf(page)).includes(text));
  const press = async (page: Page, name: string) => {
    const button = page.locator(`button ::-p-text(${name})`).setTimeout(patience);
    await button.click();
  };
  const stateOf = async (id: string) =>
    (await browser.get(`/api/v1/authentications/${id}`)).body as { state: string; push: { state: string } };

  /** Begins a sign-in whose request wakes the phone. */
  async function ask(): Promise<{ id: string; request: string }> {
    const { id } = (await begin(browser, 'fritz')) as { id: string };
    const asked = (await askPush(browser, id)) as { push: { id: string; confirmation?: string } };
    return { id, request: asked.push.id };
  }

  test('the app is opened, and enrolled by its link; it subscribes, and the server knows where', async () => {
    await addPerson(server, 'fritz');
    browser = new Browser(server.url);
    const { id } = (await begin(browser, 'fritz')) as { id: string };
    assert.equal((await browser.post(`/api/v1/authentications/${id}/complete`)).status, 200);
    const activation = await browser.post('/api/v1/me/activations');
    const page = await firefox.open(app());
    await press(page, 'Skip');
    await press(page, 'Continue');
    await shows(page, 'No accounts yet');
    await page.goto(activation.body.activation_uri as string);
    await press(page, 'Add this account');
    await shows(page, 'This device is verified');
    await until('the activation is complete', async () => {
      const { body } = await browser.get(`/api/v1/me/activations/${activation.body.id as string}`);
      return body.state === 'active';
    });
    assert.equal(push.endpoints().length, 1, 'one subscription');
    const { body } = await browser.get('/api/v1/me/authenticators');
    assert.equal(body.items[0].push, 'ok');
    await press(page, 'Done');
  });

  test('a request reaches the closed app as a notification; a click opens it there, and Approve signs in', async () => {
    // Nothing but the push can tell it: no page is open.
    await firefox.page().goto('about:blank');
    const taken = push.taken();
    const { id, request } = await ask();
    const notification = await desktop.waitFor(/sign/i);
    assert.equal(push.taken(), taken + 1);
    assert.deepEqual(push.refused, []);
    desktop.click(notification);
    let opened: Page | undefined;
    await until('the request opens', async () => {
      opened = (await firefox.pages()).find((page) => page.url().includes(request));
      return opened !== undefined;
    });
    await press(opened!, 'Approve');
    await until('the browser may go on', async () => (await stateOf(id)).state === 'ready');
    assert.equal((await browser.post(`/api/v1/authentications/${id}/complete`)).status, 200);
    assert.equal((await browser.get('/api/v1/session')).body.user.login, 'fritz');
    await opened!.goto('about:blank');
  });

  test('Deny on the notification denies, without the app', async () => {
    const { id } = await ask();
    const notification = await desktop.waitFor(/sign/i);
    desktop.click(notification, 'Deny');
    await until('the sign-in is denied', async () => (await stateOf(id)).state === 'denied');
    assert.ok(
      !(await firefox.pages()).some((page) => page.url().startsWith(app())),
      'the app was not opened',
    );
  });

  test('what was sent while Firefox was closed is shown when it is there again', async () => {
    await firefox.close();
    // A denial cools down for a minute; another browser is another asker.
    const elsewhere = new Browser(server.url);
    const { id } = (await begin(elsewhere, 'fritz')) as { id: string };
    await askPush(elsewhere, id);
    await until('the push service has it', () => push.taken() >= 3);
    await firefox.restart();
    const notification = await desktop.waitFor(/sign/i);
    assert.ok(notification.buttons.size > 0);
    await elsewhere.delete(`/api/v1/authentications/${id}`);
  });

  test('after the subscription is given up the server is told 410, and takes the phone off the list of those it wakes', async () => {
    // From the portal, which is of the same origin: the app, when it is open, subscribes again by itself.
    const page = await firefox.open(server.url);
    await shows(page, 'Sign in');
    await page.evaluate(async () => {
      const registration = await navigator.serviceWorker.getRegistration('/authenticator/');
      await (await registration!.pushManager.getSubscription())!.unsubscribe();
    });
    await page.goto('about:blank');
    await until('the push service has forgotten it', () => push.endpoints().length === 0);
    assert.equal((await browser.get('/api/v1/me/authenticators')).body.items[0].push, 'ok');
    const third = new Browser(server.url);
    const { id } = (await begin(third, 'fritz')) as { id: string };
    await askPush(third, id);
    await until('the server knows', async () => {
      const { body } = await browser.get('/api/v1/me/authenticators');
      return body.items[0].push === 'unreachable';
    });
    assert.deepEqual(push.refused, [410]);
    // Opened again, it subscribes again by itself.
    await firefox.open(app());
    await until('it is reachable again', async () => {
      const { body } = await browser.get('/api/v1/me/authenticators');
      return body.items[0].push === 'ok';
    });
  });
});
