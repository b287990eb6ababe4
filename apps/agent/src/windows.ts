import { execFile } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PlainError } from './plain-error.ts';

/** What is another way on Windows: where the agent's things are, and who gets at them. */
export const isWindows = process.platform === 'win32';

export const usualPlaces = isWindows
  ? {
      state: join(process.env.ProgramData ?? 'C:\\ProgramData', 'countersign-agent'),
      socket: '\\\\.\\pipe\\countersign-agent',
    }
  : { state: '/var/lib/countersign-agent', socket: '/run/countersign/agent.sock' };

/** Whether the mode of a file lets others do that. On Windows it says nothing of them: the folder's access list does. */
export const isOpenToOthers = (mode: number, bits: number): boolean => !isWindows && (mode & bits) !== 0;

/**
 * A folder for SYSTEM and administrators. Everybody may make folders beside it, so one that is there may be somebody
 * else's, and what lies in it too.
 */
export async function makeWindowsFolder(path: string): Promise<void> {
  await mkdir(path).catch((error: NodeJS.ErrnoException) => {
    throw new PlainError(
      error.code === 'EEXIST'
        ? `${path} is there already, and may be somebody else's: remove it first.`
        : `${path} cannot be made: ${error.code}`,
    );
  });
  const icacls = join(process.env.SystemRoot ?? 'C:\\Windows', 'System32', 'icacls.exe');
  const [system, administrators] = ['*S-1-5-18:(OI)(CI)F', '*S-1-5-32-544:(OI)(CI)F'];
  await promisify(execFile)(icacls, [path, '/setowner', '*S-1-5-32-544']);
  await promisify(execFile)(icacls, [path, '/inheritance:r', '/grant:r', system, administrators]);
  if ((await readdir(path)).length > 0)
    throw new PlainError(`Somebody has put something into ${path}: remove it, and join again.`);
}
