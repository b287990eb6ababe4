import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../support/free-port.ts';
import { findProgram } from '../../support/installed.ts';

/** WebKitGTK by its own WebDriver (w3.org/TR/webdriver), on a display without a screen. */
export interface WebKit extends AsyncDisposable {
  go(url: string): Promise<void>;
  /** Runs the body of a function in the page; it may return a promise. */
  run<T>(script: string, ...args: unknown[]): Promise<T>;
  /** The text that the page shows. */
  text(): Promise<string>;
  /** Clicks the button or link of that name, as a person does; waits for it. */
  press(name: string): Promise<void>;
  reload(): Promise<void>;
}

const patience = 20_000; // ms
const elementKey = 'element-6066-11e4-a52e-4f735466cecf';

export const findWebKit = (): string | undefined => {
  const browser = globSync('/usr/lib/*/webkit2gtk-4*/MiniBrowser')[0];
  return findProgram('WebKitWebDriver') ? browser : undefined;
};

export async function startWebKit(): Promise<WebKit> {
  const home = await mkdtemp(join(tmpdir(), 'countersign-webkit-'));
  const display = await startDisplay();
  const port = await freePort();
  const env = {
    ...process.env,
    HOME: home,
    XDG_DATA_HOME: join(home, 'data'),
    XDG_CACHE_HOME: join(home, 'cache'),
    XDG_RUNTIME_DIR: home,
    DISPLAY: display.name,
    GDK_BACKEND: 'x11',
    // No graphics card, and no screen reader to talk to.
    WEBKIT_DISABLE_COMPOSITING_MODE: '1',
    WEBKIT_DISABLE_DMABUF_RENDERER: '1',
    LIBGL_ALWAYS_SOFTWARE: '1',
    NO_AT_BRIDGE: '1',
    GTK_A11Y: 'none',
  };
  const driver = spawn('WebKitWebDriver', [`--port=${port}`, '--host=127.0.0.1'], { env, stdio: 'ignore' });
  const base = `http://127.0.0.1:${port}`;

  async function call<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(base + path, { method, body: body && JSON.stringify(body) });
    const { value } = (await response.json()) as { value: T & { error?: string; message?: string } };
    if (!response.ok) throw new Error(`${value.error}: ${value.message}`);
    return value;
  }

  for (const giveUp = Date.now() + patience; ; await sleep(50)) {
    const ready = await call<{ ready: boolean }>('GET', '/status').catch(() => ({ ready: false }));
    if (ready.ready) break;
    if (Date.now() > giveUp) throw new Error('WebKitWebDriver did not start');
  }
  const { sessionId } = await call<{ sessionId: string }>('POST', '/session', {
    capabilities: {
      alwaysMatch: {
        'webkitgtk:browserOptions': { binary: findWebKit(), args: ['--automation'] },
        timeouts: { script: patience, pageLoad: patience },
      },
    },
  });
  const session = `/session/${sessionId}`;
  const run = <T>(script: string, ...args: unknown[]): Promise<T> =>
    call<T>('POST', `${session}/execute/sync`, { script, args });

  return {
    go: (url) => call('POST', `${session}/url`, { url }),
    run,
    text: () => run<string>('return document.body ? document.body.innerText : ""'),
    async press(name) {
      for (const giveUp = Date.now() + patience; ; await sleep(100)) {
        const [found] = await call<Record<string, string>[]>('POST', `${session}/elements`, {
          using: 'xpath',
          value: `//*[(self::button or self::a) and contains(normalize-space(.), "${name}") and not(@disabled)]`,
        });
        try {
          if (found) return await call('POST', `${session}/element/${found[elementKey]}/click`, {});
        } catch (error) {
          // React may have put another in its place.
          if (!/stale|not interactable|intercepted/.test(String(error))) throw error;
        }
        if (Date.now() > giveUp) throw new Error(`no button “${name}” to press`);
      }
    },
    reload: () => call('POST', `${session}/refresh`, {}),
    async [Symbol.asyncDispose]() {
      await call('DELETE', session).catch(() => {});
      await end(driver);
      await end(display.process);
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function startDisplay(): Promise<{ name: string; process: ChildProcess }> {
  for (let number = 90 + (process.pid % 400); ; number += 1) {
    if (existsSync(`/tmp/.X${number}-lock`)) continue;
    const server = spawn('Xvfb', [`:${number}`, '-screen', '0', '480x900x24', '-nolisten', 'tcp'], {
      stdio: 'ignore',
    });
    for (const giveUp = Date.now() + patience; server.exitCode === null; await sleep(50)) {
      if (existsSync(`/tmp/.X11-unix/X${number}`)) return { name: `:${number}`, process: server };
      if (Date.now() > giveUp) throw new Error('Xvfb did not start');
    }
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill();
  await ended;
}
