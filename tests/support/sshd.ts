import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.ts';
import { findProgram } from './installed.ts';
import type { PamService } from './pam-module.ts';
import { undo } from './undo.ts';

/** The machine's own OpenSSH server, on a port of the loopback, with a configuration and keys of the test's. */
export interface Sshd extends AsyncDisposable {
  readonly port: number;
  log(): string;
  /** A login by the machine's own client. `answers`: to the prompts, in their order. */
  login(user: string, options?: SshLogin): Promise<SshResult>;
  /** A new key that `user` may log in with: the path of its private half. */
  addKey(user: string): string;
}

interface SshLogin {
  answers?: string[];
  key?: string;
  method?: 'keyboard-interactive' | 'password';
  /** Kills the client, which somebody who thinks about the answer would not notice. */
  signal?: AbortSignal;
}

export interface SshResult {
  allowed: boolean;
  /** What somebody was asked, one prompt each. */
  prompts: string[];
  said: string;
  seconds: number;
}

export const findSshd = (): string | undefined =>
  findProgram('sshd') ?? (existsSync('/usr/sbin/sshd') ? '/usr/sbin/sshd' : undefined);

/** `methods`: of the directive AuthenticationMethods. `settings`: further lines, which come first and so count. */
export async function startSshd(
  service: PamService,
  methods: string,
  settings: string[] = [],
): Promise<Sshd> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-sshd-'));
  chmodSync(folder, 0o755);
  const port = await freePort();
  const file = join(folder, 'sshd_config');
  const makeKey = (name: string) => {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, name)]);
    return join(folder, name);
  };
  makeKey('host_key');
  writeFileSync(
    file,
    `${settings.join('\n')}
Port ${port}
ListenAddress 127.0.0.1
HostKey ${folder}/host_key
PidFile none
UsePAM yes
${namesItsService() ? `PAMServiceName ${service.name}` : ''}
AuthenticationMethods ${methods}
KbdInteractiveAuthentication yes
PasswordAuthentication ${methods.includes('password') ? 'yes' : 'no'}
AuthorizedKeysFile ${folder}/keys-%u
StrictModes no
MaxStartups 200
UseDNS no
PrintMotd no
LogLevel VERBOSE
`,
  );
  // Debian makes it when its service starts.
  mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  // Before 9.8 the PAM service is the name by which sshd was called.
  const program = join(folder, service.name);
  symlinkSync(findSshd()!, program);
  const child = spawn(program, ['-D', '-f', file, '-E', join(folder, 'log')], { stdio: 'ignore' });
  const log = () => (existsSync(join(folder, 'log')) ? readFileSync(join(folder, 'log'), 'utf8') : '');
  const kill = undo(() => child.kill('SIGTERM'));
  const stop = async () => {
    const ended = child.exitCode === null ? once(child, 'exit') : undefined;
    kill();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  for (let round = 0; !(await answers(port)); round += 1) {
    if (child.exitCode !== null || round > 100) {
      const said = log();
      await stop();
      throw new Error(`sshd does not start: ${said}`);
    }
    await sleep(100);
  }
  let logins = 0;
  return {
    port,
    log,
    addKey(user) {
      const key = makeKey(`key-${user}`);
      writeFileSync(join(folder, `keys-${user}`), readFileSync(`${key}.pub`));
      return key;
    },
    login: (user, options = {}) => login(join(folder, `login-${++logins}`), port, user, options),
    [Symbol.asyncDispose]: stop,
  };
}

async function login(folder: string, port: number, user: string, options: SshLogin): Promise<SshResult> {
  const { answers: typed = [], key, method = 'keyboard-interactive', signal } = options;
  mkdirSync(folder);
  const askpass = makeAskpass(folder, typed, signal !== undefined);
  const began = performance.now();
  const settings = [
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    'LogLevel=ERROR',
    'IdentitiesOnly=yes',
    'IdentityAgent=none',
    'KexAlgorithms=curve25519-sha256',
    `PreferredAuthentications=${key === undefined ? '' : 'publickey,'}${method}`,
    ...(key === undefined ? [] : [`IdentityFile=${key}`]),
  ];
  const child = spawn(
    'ssh',
    [
      ...['-F', 'none', '-p', String(port), ...settings.flatMap((setting) => ['-o', setting])],
      ...[`${user}@127.0.0.1`, 'echo "in as $(id -un)"'],
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
      killSignal: 'SIGKILL',
      env: { ...process.env, SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: 'force', DISPLAY: ':0' },
    },
  );
  child.on('error', () => undefined); // That it was killed, where the test wanted it.
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  const asked = join(folder, 'asked');
  return {
    allowed: code === 0 && stdout === `in as ${user}\n`,
    prompts: existsSync(asked) ? readFileSync(asked, 'utf8').split('\0').slice(0, -1) : [],
    said: stdout + stderr,
    seconds: (performance.now() - began) / 1000,
  };
}

/** The program that ssh asks by: it notes the prompt, and gives the next answer; Enter where there is none left. */
function makeAskpass(folder: string, typed: string[], thinks: boolean): string {
  typed.forEach((answer, index) => writeFileSync(join(folder, `answer-${index + 1}`), `${answer}\n`));
  const file = join(folder, 'askpass');
  writeFileSync(
    file,
    `#!/bin/sh
printf '%s\\0' "$1" >> ${folder}/asked
count=$(tr -cd '\\0' < ${folder}/asked | wc -c)
cat ${folder}/answer-$count 2>/dev/null || ${thinks ? 'sleep 3' : 'echo'}
`,
    { mode: 0o700 },
  );
  return file;
}

/** From 9.8 sshd has the directive PAMServiceName. */
function namesItsService(): boolean {
  const version = /OpenSSH_(\d+)\.(\d+)/.exec(spawnSync(findSshd()!, ['-V'], { encoding: 'utf8' }).stderr);
  return version !== null && Number(version[1]) * 100 + Number(version[2]) >= 908;
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  const first = await new Promise((resolve) => {
    socket.once('data', resolve);
    socket.once('close', resolve);
  });
  socket.destroy();
  return Buffer.isBuffer(first);
}
