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
