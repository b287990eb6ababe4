import type { Socket } from 'node:net';
import { lineLimit, readFromModule, writeFromAgent, type Asked, type LastWord } from './lines.ts';

/** A conversation as whoever holds it sees the module: the far end of one connection. */
export interface Caller {
  /** Rejects with {@link Gone}. */
  ask(echo: boolean, text: string): Promise<string>;
  tell(word: 'INFO' | 'ERROR', text: string): void;
  /** Aborted, with a {@link Gone}, when nobody is there any more. */
  gone: AbortSignal;
}

/** The module said CANCEL, died, or broke the rules: whatever would be answered, nobody hears it. */
export class Gone extends Error {}

export interface Connection extends Caller {
  /** What the module begins with. Rejects with {@link Gone}. */
  asked: Promise<Asked>;
  /** Says the last word, after which nothing is said or read. */
  end(word: LastWord): void;
}

/** Reads the lines of `socket`, each in its turn: what comes when nothing is awaited breaks the rules. */
export function connect(socket: Socket): Connection {
  const gone = new AbortController();
  let rest = '';
  let awaited: 'CSP1' | 'ANS' | undefined = 'CSP1';
  let greet: (asked: Asked) => void = () => {};
  let answer: (text: string) => void = () => {};
  let over = false;

  const leave = (reason: string) => {
    if (over) return;
    over = true;
    gone.abort(new Gone(reason));
    socket.destroy();
  };
  const say = (line: string) => {
    if (!over) socket.write(line);
  };

  function take(line: string): void {
    const said = readFromModule(line);
    if (said?.word === 'CANCEL' && awaited !== 'CSP1') return leave('it was cancelled (Ctrl-C)');
    if (said === undefined || said.word !== awaited) return leave('the module said what it must not say');
    awaited = undefined;
    if (said.word === 'CSP1') greet(said.asked);
    else answer(said.text);
  }

  socket.on('data', (chunk: Buffer) => {
    if (over) return;
    rest += chunk.toString('latin1');
    for (let at = rest.indexOf('\n'); at !== -1 && !over; at = rest.indexOf('\n')) {
      if (at >= lineLimit) break;
      const line = rest.slice(0, at);
      rest = rest.slice(at + 1);
      take(line);
    }
    if (rest.length >= lineLimit) leave('the module said a line that is too long');
  });
  socket.on('error', () => leave('the connection broke'));
  // Also where only its writing half is closed: the module never does that, so it is dead or none.
  socket.on('end', () => leave('the program that logs in has ended'));
  socket.on('close', () => leave('the program that logs in has ended'));

  const orGone = <T>(start: (resolve: (value: T) => void) => void) =>
    new Promise<T>((resolve, reject) => {
      if (gone.signal.aborted) return reject(gone.signal.reason as Gone);
      gone.signal.addEventListener('abort', () => reject(gone.signal.reason as Gone), { once: true });
      start(resolve);
    });

  return {
    gone: gone.signal,
    asked: orGone<Asked>((resolve) => (greet = resolve)),
    ask: (echo, text) =>
      orGone<string>((resolve) => {
        awaited = 'ANS';
        answer = resolve;
        say(writeFromAgent({ word: 'ASK', echo, text }));
      }),
    tell: (word, text) => say(writeFromAgent({ word, text })),
    end(word) {
      if (over) return;
      over = true;
      socket.end(writeFromAgent(word));
    },
  };
}
