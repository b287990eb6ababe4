import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium, type Browser, type Page } from '@playwright/test';
import { chromiumOptions } from './chromium.ts';

/** A Chromium with a profile of its own that outlives it: it can be killed at any moment, and started again on it. */
export interface KillableBrowser extends AsyncDisposable {
  /** Starts it; the page is at about:blank. */
  start(): Promise<Page>;
  /** SIGKILL for the browser and all of its processes at once. Resolves when they are gone. */
  kill(): Promise<void>;
}

const startWithin = 30_000; // ms

export async function makeKillable(): Promise<KillableBrowser> {
  const profile = await mkdtemp(join(tmpdir(), 'countersign-profile-'));
  let child: ChildProcess | undefined;
  let browser: Browser | undefined;
  const kill = async () => {
    if (!child) return;
    const gone = once(child, 'exit');
    // A process group of its own, so that nothing of it is left that could still write.
    process.kill(-child.pid!, 'SIGKILL');
    await gone;
    child = undefined;
    await browser?.close().catch(() => {});
  };
  return {
    async start() {
      const { executablePath, args } = chromiumOptions();
      const portFile = join(profile, 'DevToolsActivePort');
      await rm(portFile, { force: true });
      child = spawn(
        executablePath!,
        [...args, '--headless=new', '--remote-debugging-port=0', `--user-data-dir=${profile}`, 'about:blank'],
        { detached: true, stdio: 'ignore' },
      );
      browser = await chromium.connectOverCDP(await addressIn(portFile));
      const [context] = browser.contexts();
      return context!.pages()[0] ?? (await context!.newPage());
    },
    kill,
    async [Symbol.asyncDispose]() {
      await kill();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** The browser writes there where it can be driven. */
async function addressIn(file: string): Promise<string> {
  for (const giveUp = Date.now() + startWithin; ; await sleep(50)) {
    const [port, path] = (await readFile(file, 'utf8').catch(() => '')).split('\n');
    if (port && path) return `ws://127.0.0.1:${port}${path}`;
    if (Date.now() > giveUp) throw new Error('Chromium did not start');
  }
}
