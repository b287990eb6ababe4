import { defineConfig } from '@playwright/test';
import { chromiumOptions } from './tests/browser/support/chromium.ts';

/** The fixtures in tests/browser/support start the server: each test has one of its own. */
export default defineConfig({
  testDir: 'tests/browser',
  testMatch: '*.spec.ts',
  outputDir: 'test-results',
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  // 100 tests took 13 minutes with two on two cores, 31 with one; every other bound is the same.
  workers: 2,
  // On busy cores a page can be too slow for a test; what passed only the second time is named in the end.
  retries: 1,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list'], ['json', { outputFile: 'test-results/results.json' }]],
  use: {
    actionTimeout: 30_000,
    browserName: 'chromium',
    viewport: { width: 1280, height: 800 },
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: chromiumOptions(),
  },
});
