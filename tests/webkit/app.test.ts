import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Browser } from '../support/browser.ts';
import { findProgram } from '../support/installed.ts';
import { addPerson, askPush, begin } from '../support/people.ts';
import { startServer, type RunningServer } from '../support/server.ts';
import { findWebKit, startWebKit, type WebKit } from './support/webkit.ts';

/**
 * The authenticator in WebKitGTK, the engine closest to Safari's that runs here. docs/browsers.md says what it cannot do:
 * it has no Web Push, no WebAuthn and no camera, so requests come while the app is open.
 */
const skip =
  (findWebKit() === undefined || findProgram('Xvfb') === undefined) &&
  'WebKitGTK and its driver, or Xvfb, are not installed';
const patience = 20_000; // ms

describe('the authenticator in WebKitGTK', { skip }, () => {
  let server: RunningServer;
  let webkit: WebKit;
  let browser: Browser;

  before(async () => {
    server = await startServer({ engine: 'sqlite' });
    webkit = await startWebKit();
  });
  after(async () => {
    await webkit?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  const shows = async (text: RegExp) => {
    for (const giveUp = Date.now() + patience; !text.test(await webkit.text()); await sleep(100))
      if (Date.now() > giveUp) throw new Error(`not shown: ${String(text)}\n${await webkit.text()}`);
  };
  const until = async (what: string, condition: () => Promise<boolean>) => {
    for (const giveUp = Date.now() + patience; !(await condition()); await sleep(100))
      if (Date.now() > giveUp) throw new Error(`in vain: ${what}\n${await webkit.text()}`);
  };

  test('it opens with the introduction, and is enrolled by its link', async () => {
    await addPerson(server, 'wanda');
    browser = new Browser(server.url);
    const { id } = (await begin(browser, 'wanda')) as { id: string };
    assert.equal((await browser.post(`/api/v1/authentications/${id}/complete`)).status, 200);
    const activation = await browser.post('/api/v1/me/activations');
    await webkit.go(`${server.url}/authenticator/`);
    await webkit.press('Skip');
    await shows(/Ready, without notifications|You are ready|Why notifications/);
    await webkit.press((await webkit.text()).includes('Not now') ? 'Not now' : 'Continue');
    await shows(/No accounts yet/);
    await webkit.go(activation.body.activation_uri as string);
    await webkit.press('Add this account');
    await shows(/This device is verified/);
    const { body } = await browser.get(`/api/v1/me/activations/${activation.body.id as string}`);
    assert.equal(body.state, 'active');
    await webkit.press('Done');
  });

  test('its presence key outlives a reload, and cannot be read', async () => {
    await webkit.reload();
    await shows(/Test wanda|wanda/);
    const extractable = await webkit.run<boolean[]>(`
      return (async () => {
        const names = (await indexedDB.databases()).map(({ name }) => name);
        const found = [];
        for (const name of names) {
          const database = await new Promise((resolve, reject) => {
            const opening = indexedDB.open(name);
            opening.onsuccess = () => resolve(opening.result);
            opening.onerror = () => reject(opening.error);
          });
          for (const store of database.objectStoreNames) {
            const rows = await new Promise((resolve) => {
              const reading = database.transaction(store).objectStore(store).getAll();
              reading.onsuccess = () => resolve(reading.result);
            });
            for (const row of rows) if (row && row.keys) found.push(row.keys.privateKey.extractable);
          }
          database.close();
        }
        return found;
      })()`);
    assert.deepEqual(extractable, [false]);
  });

  test('a request comes while the app is open: Approve signs in, Deny does not', async () => {
    for (const [button, state] of [
      ['Approve', 'ready'],
      ['Deny', 'denied'],
    ] as const) {
      await webkit.go(`${server.url}/authenticator/`);
      const { id } = (await begin(browser, 'wanda')) as { id: string };
      await askPush(browser, id);
      await webkit.press(button);
      await until(`the sign-in is ${state}`, async () => {
        const { body } = await browser.get(`/api/v1/authentications/${id}`);
        return body.state === state;
      });
    }
  });

  test('it opens with the server gone, and says so', async () => {
    await webkit.go(`${server.url}/authenticator/`);
    await shows(/wanda/);
    await until('the service worker has the page', () =>
      webkit.run<boolean>('return navigator.serviceWorker && navigator.serviceWorker.controller !== null'),
    );
    await server.stop();
    await webkit.reload();
    await shows(/cannot be reached/);
    await shows(/wanda/);
  });
});
