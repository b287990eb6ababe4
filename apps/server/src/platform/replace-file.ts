import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Where a file is written before it gets its name: beside it, so that the renaming is one step. */
export const partOf = (path: string): string => `${path}.${randomBytes(4).toString('hex')}.part`;

/** Gives a finished file its name, and makes that last over a power loss. */
export function settle(part: string, path: string): void {
  renameSync(part, path);
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Writes a file whole or not at all, for nobody but the account of the process. */
export function replaceFile(path: string, text: string): void {
  const part = partOf(path);
  const file = openSync(part, 'wx', 0o600);
  try {
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    settle(part, path);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}
