import { chmodSync, lstatSync, unlinkSync } from 'node:fs';
import { connect as dial, createServer, type Server, type Socket } from 'node:net';
import type { Log } from '../log.ts';
import { PlainError } from '../plain-error.ts';
import { connect, Gone, type Caller } from './caller.ts';
import { isWindows } from '../windows.ts';
import type { Asked, LastWord } from './lines.ts';

/**
 * The socket that PAM modules connect to. Only root gets there (mode 0600): a module asks in the name of whoever it likes.
 * On Windows it is a named pipe, which by its default access list only SYSTEM and administrators can write to, and which
 * goes with the process that made it.
 */

/** As many logins at once as one host may see; past it they are refused, since "unavailable" might let somebody in. */
const connectionLimit = 256;
const greetWithin = 5_000; // ms

export interface Relay {
  close(): Promise<void>;
}

export async function openRelay(
  path: string,
  converse: (asked: Asked, caller: Caller) => Promise<LastWord>,
  log: Log,
  { limit = connectionLimit } = {},
): Promise<Relay> {
  await clear(path);
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    void hold(socket, open.size > limit);
  });

  async function hold(socket: Socket, isTooMany: boolean): Promise<void> {
    const connection = connect(socket);
    let isKnown = false;
    const impatience = setTimeout(() => socket.destroy(), greetWithin);
    try {
      const asked = await connection.asked;
      clearTimeout(impatience);
      isKnown = true;
      if (isTooMany) log('error', `refused: ${limit} logins are going on at once`);
      connection.end(
        isTooMany
          ? { word: 'DENY', text: 'Too many logins are going on here. Try again.' }
          : await converse(asked, connection),
      );
    } catch (error) {
      if (error instanceof Gone) {
        // Whoever holds the conversation has said so, and of whom.
        if (!isKnown) log('notice', `given up before it began: ${error.message}`);
        return;
      }
      log('error', `refused: this is a defect of the agent: ${(error as Error).stack ?? String(error)}`);
      connection.end({ word: 'DENY', text: 'Something went wrong on this host. Its log says what.' });
    } finally {
      clearTimeout(impatience);
    }
  }

  await listen(server, path);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

/** Takes away what an agent that died left behind, and nothing else. */
async function clear(path: string): Promise<void> {
  if (isWindows) return;
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return;
  if (!found.isSocket()) throw new PlainError(`${path} is there and no socket: remove it.`);
  const isHeard = await new Promise<boolean>((resolve) => {
    const probe = dial(path, () => resolve(true)).on('error', () => resolve(false));
    probe.on('connect', () => probe.destroy());
  });
  if (isHeard) throw new PlainError(`Another agent listens on ${path}.`);
  unlinkSync(path);
}

async function listen(server: Server, path: string): Promise<void> {
  // The mode is right from the first moment: between listening and a chmod anybody could connect.
  const before = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) =>
        reject(new PlainError(`Cannot listen on ${path}: ${error.code ?? error.message}.`)),
      );
      server.listen(path, resolve);
    });
  } finally {
    process.umask(before);
  }
  if (!isWindows) chmodSync(path, 0o600);
}
