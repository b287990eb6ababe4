import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { findProgram } from '../../support/installed.ts';
import type { Desktop } from '../../support/desktop.ts';
import type { PushService } from './push-service.ts';

export const findFirefox = (): string | undefined => findProgram('firefox-esr', 'firefox');

/** Firefox with a profile that outlives it, a push service and a desktop of the test's own. */
export interface Firefox extends AsyncDisposable {
  page(): Page;
  /** Every page of the app that is open. */
  pages(): Promise<Page[]>;
  open(url: string): Promise<Page>;
  close(): Promise<void>;
  /** Starts it again with the same profile. */
  restart(): Promise<void>;
}

export async function startFirefox(push: PushService, desktop: Desktop): Promise<Firefox> {
  const profile = await mkdtemp(join(tmpdir(), 'countersign-firefox-'));
  let browser: Browser | undefined;
  let current: Page | undefined;
  const close = async () => {
    await browser?.close();
    browser = undefined;
  };
  const restart = async () => {
    await close();
    browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath: findFirefox(),
      headless: true,
      userDataDir: profile,
      env: { ...process.env, ...desktop.env, HOME: profile, MOZ_DISABLE_CONTENT_SANDBOX: '1' },
      extraPrefsFirefox: {
        'dom.push.enabled': true,
        'dom.push.connection.enabled': true,
        'dom.push.serverURL': push.socket,
        'dom.push.testing.allowInsecureServerURL': true,
        'dom.push.testing.ignorePermission': true,
        'permissions.default.desktop-notification': 1,
        'alerts.useSystemBackend': true,
        'dom.webnotifications.actions.enabled': true,
        // Nothing of it calls home.
        'app.update.enabled': false,
        'datareporting.policy.dataSubmissionEnabled': false,
        'network.captive-portal-service.enabled': false,
        'network.connectivity-service.enabled': false,
        'browser.safebrowsing.malware.enabled': false,
        'browser.safebrowsing.phishing.enabled': false,
      },
    });
    current = (await browser.pages())[0];
  };
  await restart();
  return {
    page: () => current!,
    pages: () => browser!.pages(),
    async open(url) {
      current = await browser!.newPage();
      await current.goto(url);
      return current;
    },
    close,
    restart,
    async [Symbol.asyncDispose]() {
      await close();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
