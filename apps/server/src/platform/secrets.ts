import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFile, replaceFile } from './replace-file.ts';

/**
 * The secrets of the process: the one of today first, then those that only open what was sealed under them. Asked anew
 * each time, since a file of them may change while servers run.
 */
export type Secrets = () => readonly string[];

/** Beside the embedded store, made at first start: a secret a line, the one of today first. */
export const secretFile = (dataFolder: string): string => join(dataFolder, 'secret');

export const newSecret = (): string => randomBytes(32).toString('base64url');

/** Reads the file when it has changed, and makes it where it is not there. */
export function secretsOfFile(path: string): Secrets {
  if (!existsSync(path)) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    // Of two processes starting at once, one makes it and the other reads it. It must last: what is sealed under it does.
    makeFile(path, `${newSecret()}\n`);
  }
  let read: { version: string; secrets: string[] } | undefined;
  return () => {
    const found = statSync(path, { throwIfNoEntry: false });
    // Somebody took it away under a running server, which goes on with what it has.
    if (!found && read) return read.secrets;
    // A file that replaced another has another number.
    const version = `${found?.ino} ${found?.mtimeMs}`;
    if (read?.version !== version) read = { version, secrets: linesOf(readFileSync(path, 'utf8')) };
    return read.secrets;
  };
}

/** Whoever reads the file meanwhile finds the old secrets or the new ones, whole. */
export function writeSecrets(path: string, secrets: readonly string[]): void {
  replaceFile(path, `${secrets.join('\n')}\n`);
}

export const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
