import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalUser } from './local-user.ts';
import type { PamService } from './pam-module.ts';
import { undo } from './undo.ts';

/** Lets `user`, and nobody else, run everything by sudo, which asks `service` each time. */
export function allowSudo(user: LocalUser, service: PamService): Disposable {
  const file = join('/etc/sudoers.d', service.name);
  const lines = [
    `Defaults:${user.name} pam_service=${service.name}, timestamp_timeout=0, lecture=never`,
    `${user.name} ALL=(root) ALL`,
  ];
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o440 });
  return { [Symbol.dispose]: undo(() => rmSync(file, { force: true })) };
}

export interface Terminal extends AsyncDisposable {
  /** What has been shown so far. */
  said(): string;
  /** Resolves once `text` has been shown. */
  until(text: string): Promise<void>;
  type(text: string): void;
  ended: Promise<number | null>;
}

/** `command` of a shell as `user`, in a terminal of its own (by `script`, which every Debian has). */
export function openTerminal(user: LocalUser, command: string): Terminal {
  const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    uid: user.uid,
    gid: user.gid,
    cwd: user.home,
    env: {
      PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
      HOME: user.home,
      SHELL: '/bin/sh',
      TERM: 'dumb',
      LC_ALL: 'C.UTF-8',
    },
  });
  let shown = '';
  let wake = Promise.withResolvers<void>();
  const ended = once(child, 'close').then(([code]) => code as number | null);
  child.stdin.on('error', () => undefined);
  for (const output of [child.stdout, child.stderr]) {
    output.on('data', (piece: Buffer) => {
      shown += piece.toString();
      wake.resolve();
      wake = Promise.withResolvers();
    });
  }
  return {
    said: () => shown,
    ended,
    type: (text) => void child.stdin.write(text),
    async until(text) {
      while (!shown.includes(text)) {
        if (child.exitCode !== null || child.signalCode !== null)
          throw new Error(`It ended before it showed ${text}: ${shown}`);
        await Promise.race([wake.promise, ended]);
      }
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null) child.kill('SIGTERM');
      await ended;
    },
  };
}
