import { chromium } from '@playwright/test';
import { existsSync } from 'node:fs';
import { findProgram } from '../../support/installed.ts';

/** The system's Chromium or Chrome, else the one that `playwright install chromium` put there. */
export function findChromium(): string | undefined {
  const own = chromium.executablePath();
  return (
    findProgram('chromium', 'google-chrome-stable', 'google-chrome') ?? (existsSync(own) ? own : undefined)
  );
}

/**
 * Features that no test wants. The address bar's own pages run beside every window and were 40 % of what a browser costs
 * here, though nobody sees them. The rest is Playwright's list, which this one takes the place of.
 */
const withoutFeatures = [
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  'AimEnabled',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsFirstBalancedModeAutoEnable',
  'HttpsUpgrades',
  'LensOverlay',
  'MediaRouter',
  'NetworkTimeServiceQuerying',
  'OptimizationHints',
  'PaintHolding',
  'PreconnectToSearch',
  'ThirdPartyStoragePartitioning',
];

/** How every Chromium of the tests is started: nothing of it calls home. */
export const chromiumOptions = () => ({
  executablePath: findChromium(),
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    `--disable-features=${withoutFeatures.join()}`,
  ],
});
