import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { isOpenToOthers, isWindows, makeWindowsFolder } from '../windows.ts';

/** Files of the agent: written whole or not at all, there after a power loss, and for nobody but root. */

/** A file that is not what the agent wrote. What depends on it is refused, and nothing is guessed. */
export class Damaged extends Error {
  readonly path: string;
  constructor(path: string, why: string) {
    super(`${path} ${why}`);
    this.path = path;
  }
}

const sizeLimit = 4 * 1024 * 1024;

/** Undefined where there is no such file. @throws Damaged */
export async function readOwnFile(path: string): Promise<string | undefined> {
  try {
    const { size, mode } = await stat(path);
    if (isOpenToOthers(mode, 0o077)) throw new Damaged(path, 'can be read by others: chmod 600');
    if (size > sizeLimit) throw new Damaged(path, 'is larger than anything that the agent writes');
    const file = await open(path, 'r');
    try {
      return await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (error instanceof Damaged) throw error;
    throw new Damaged(path, `cannot be read: ${code ?? (error as Error).message}`);
  }
}

export async function replaceFile(path: string, text: string): Promise<void> {
  const part = `${path}.${randomBytes(4).toString('hex')}.part`;
  try {
    const file = await open(part, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, path);
    // Windows opens no folder as a file, and has no other way to sync one.
    if (isWindows) return;
    const folder = await open(dirname(path), 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (error) {
    await rm(part, { force: true }).catch(() => {});
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(`${basename(path)} cannot be written: ${code ?? message}`, { cause: error });
  }
}

export async function makeFolder(path: string): Promise<void> {
  if (isWindows) return makeWindowsFolder(path);
  await mkdir(path, { recursive: true, mode: 0o700 });
}
