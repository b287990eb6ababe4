import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { readFromAgent, writeFromModule, type Asked, type FromAgent } from '../../src/relay/lines.ts';

/** The PAM module's side of a conversation, over the real socket. */

export const login: Asked = {
  local_user: 'alice',
  service: 'sshd',
  rhost: '203.0.113.9',
  tty: 'ssh',
  ruser: null,
  uid: 0,
  pid: 4711,
  timeout: 20,
  interactive: true,
};

export interface Outcome {
  /** OK, DENY, STOP, UNAVAIL; undefined where the agent hung up without. */
  last: string | undefined;
  text: string;
  lines: FromAgent[];
  prompts: string[];
  ms: number;
}

/** Answers each prompt by `answers` in their order; a function is called when its prompt is there. */
export async function ask(
  path: string,
  change: Partial<Asked> = {},
  answers: (
    string | ((module: FakeModule, prompt: string) => string | undefined | Promise<string | undefined>)
  )[] = [],
): Promise<Outcome> {
  const module = await FakeModule.connect(path);
  const began = performance.now();
  module.write(writeFromModule({ word: 'CSP1', asked: { ...login, ...change } }));
  const lines: FromAgent[] = [];
  const prompts: string[] = [];
  for await (const line of module.lines()) {
    lines.push(line);
    if (line.word !== 'ASK') continue;
    prompts.push(line.text);
    const answer = answers[prompts.length - 1];
    const text = typeof answer === 'function' ? await answer(module, line.text) : answer;
    if (text !== undefined) module.write(writeFromModule({ word: 'ANS', text }));
  }
  const end = lines.at(-1);
  const isLast = end !== undefined && ['OK', 'DENY', 'STOP', 'UNAVAIL'].includes(end.word);
  return {
    last: isLast ? end.word : undefined,
    text: isLast && 'text' in end ? end.text : '',
    lines,
    prompts,
    ms: performance.now() - began,
  };
}

export class FakeModule {
  readonly socket: Socket;
  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => {});
  }
  static async connect(path: string): Promise<FakeModule> {
    const socket = connect(path);
    await once(socket, 'connect');
    return new FakeModule(socket);
  }
  write(text: string | Uint8Array): void {
    if (!this.socket.destroyed) this.socket.write(text);
  }
  /** As if the program that logs somebody in were killed. */
  die(): void {
    this.socket.destroy();
  }
  async *lines(): AsyncGenerator<FromAgent> {
    let rest = '';
    try {
      for await (const chunk of this.socket) {
        rest += (chunk as Buffer).toString('latin1');
        for (let at = rest.indexOf('\n'); at !== -1; at = rest.indexOf('\n')) {
          const line = readFromAgent(rest.slice(0, at));
          if (!line) throw new Error(`the agent said ${JSON.stringify(rest.slice(0, at))}`);
          rest = rest.slice(at + 1);
          yield line;
        }
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
    }
    if (rest) throw new Error(`the agent hung up within ${JSON.stringify(rest)}`);
  }
}
