import { test as base } from '@playwright/test';
import { startServer, type RunningServer } from '../../support/server.ts';

export { expect } from '@playwright/test';

interface Fixtures {
  /** A fresh server without an owner, whose address is the test's base URL. */
  server: RunningServer;
}

export const test = base.extend<Fixtures>({
  // Playwright reads what a fixture needs from this pattern.
  // oxlint-disable-next-line no-empty-pattern
  server: async ({}, use, testInfo) => {
    const server = await startServer({ engine: 'sqlite' });
    await use(server);
    if (testInfo.status !== testInfo.expectedStatus) {
      await testInfo.attach('server output', { body: server.output(), contentType: 'text/plain' });
    }
    await server[Symbol.asyncDispose]();
  },
  baseURL: async ({ server }, use) => use(server.url),
});
