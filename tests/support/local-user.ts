import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { undo } from './undo.ts';

/** A local user of this machine for the time of a test. Only root can make one. */
export interface LocalUser extends Disposable {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

export function addLocalUser(): LocalUser {
  const name = `cst${randomBytes(4).toString('hex')}`;
  // `*`: no password is right, but the account is not locked, which sshd would refuse a key for.
  execFileSync('useradd', ['--create-home', '--shell', '/bin/sh', '--password', '*', name], {
    stdio: 'pipe',
  });
  const entry = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((line) => line.startsWith(`${name}:`))!;
  const [, , uid, gid, , home] = entry.split(':');
  return {
    name,
    uid: Number(uid),
    gid: Number(gid),
    home: home!,
    [Symbol.dispose]: undo(() => {
      execFileSync('userdel', ['--force', '--remove', name], { stdio: 'ignore' });
    }),
  };
}
