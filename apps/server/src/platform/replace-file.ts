import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Where a file is written before it gets its name: beside it, so that the renaming is one step. */
export const partOf = (path: string): string => `${path}.${randomBytes(4).toString('hex')}.part`;

/** Gives a finished file its name, and makes that last over a power loss. */
export function settle(part: string, path: string): void {
  renameSync(part, path);
  syncFolder(dirname(path));
}

/** Writes a file whole or not at all, for nobody but the account of the process. */
export function replaceFile(path: string, text: string): void {
  withPart(path, text, (part) => settle(part, path));
}

/**
 * The same where there is no such file yet, and it is then there for good. False where somebody else made it first, which
 * is left as it is.
 */
export function makeFile(path: string, text: string): boolean {
  return withPart(path, text, (part) => {
    try {
      // Unlike a renaming it never takes the place of another file.
      linkSync(part, path);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      return false;
    } finally {
      rmSync(part, { force: true });
      syncFolder(dirname(path));
    }
  });
}

function withPart<T>(path: string, text: string, use: (part: string) => T): T {
  const part = partOf(path);
  const file = openSync(part, 'wx', 0o600);
  try {
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    return use(part);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}

function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
