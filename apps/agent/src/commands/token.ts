import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { PlainError } from '../plain-error.ts';

/** The join token from the standard input, so that it stands neither in the shell's history nor in the list of processes. */

/** Characters; a token has 47. */
const longest = 1000;

/** Asks on the terminal without showing what is typed, or reads the first line of what is piped in. */
export const readToken = (): Promise<string> => (process.stdin.isTTY ? askHidden() : readLine());

function askHidden(): Promise<string> {
  // In the raw mode of readline the terminal echoes nothing itself, and what readline would draw goes nowhere.
  const nowhere = new Writable({ write: (_piece, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true, historySize: 0 });
  // Not before: what is typed until then is shown.
  process.stderr.write('Join token (it is not shown): ');
  return new Promise((resolve, reject) => {
    terminal.once('line', (line) => {
      resolve(line);
      terminal.close();
    });
    // Ctrl-C, and Ctrl-D; nothing happens where a line came before.
    terminal.once('SIGINT', () => terminal.close());
    terminal.once('close', () => {
      process.stderr.write('\n');
      reject(new PlainError('No token was typed: this host has not joined.'));
    });
  });
}

/** Not to its end: whoever writes it may keep it open. */
async function readLine(): Promise<string> {
  let text = '';
  for await (const piece of process.stdin.setEncoding('utf8')) {
    text += piece as string;
    if (text.includes('\n') || text.length > longest) break;
  }
  const line = text.split('\n', 1)[0]!.trim();
  if (line === '') throw new PlainError('There is no join token on the standard input.');
  return line;
}
