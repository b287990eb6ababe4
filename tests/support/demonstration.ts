import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Browser } from './browser.ts';
import { freePort } from './free-port.ts';
import { enrol, password, signIn } from './people.ts';

export interface Demonstration extends AsyncDisposable {
  url: string;
  /** All that it printed. */
  said: string;
  /** Where all its files are. */
  folder: string;
  /** An owner who came as it says, and is signed in at the User Portal. */
  visitor: Browser;
  /** The same person, signed in at the Admin Portal. */
  owner: Browser;
  /** Ends it as Ctrl-C does, and resolves to the code that it ends with. */
  end(): Promise<number | null>;
}

/** `npm run demo` as whoever types it gets it. */
export async function startDemonstration(): Promise<Demonstration> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-demo-'));
  const env = { PATH: process.env.PATH ?? '', TMPDIR: folder, PORT: String(await freePort()) };
  const demo = spawn(process.execPath, ['tools/demo.ts'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((resolve) => void demo.once('exit', resolve));
  const end = () => {
    demo.kill('SIGINT');
    return ended;
  };
  let said = '';
  for await (const piece of demo.stdout.setEncoding('utf8')) {
    said += piece as string;
    if (said.includes('enrol anew')) break;
  }
  const url = /User Portal +(http:\S+)\//.exec(said)?.[1];
  const login = /^ +(\S+) +owner$/m.exec(said)?.[1];
  if (!url || !login) throw new Error(`the demonstration says of no owner: ${said}`);
  const { browser, phone } = await enrol({ url }, login);
  const change = { current: password, new: 'another good passphrase' };
  const changed = await browser.post('/api/v1/me/password', change);
  if (changed.status >= 300) throw new Error(JSON.stringify(changed.body));
  await browser.post('/api/v1/me/password', { current: change.new, new: password });
  const owner = new Browser(url);
  await signIn(owner, phone, login, 'admin_login');
  return {
    url,
    said,
    folder,
    visitor: browser,
    owner,
    end,
    async [Symbol.asyncDispose]() {
      await end();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
