import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** An agent that says what the test wants it to, line by line (docs/hosts.md, "Between the module and the agent"). */
export interface FakeAgent extends AsyncDisposable {
  readonly socket: string;
  readonly conversations: Conversation[];
}

export class Conversation {
  /** What the module said, a line each. */
  readonly heard: string[] = [];
  ended = false;
  readonly #socket: Socket;
  #partial = '';
  #wake = Promise.withResolvers<void>();

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('utf8');
    socket.on('data', (piece: string) => {
      const lines = (this.#partial + piece).split('\n');
      this.#partial = lines.pop()!;
      this.heard.push(...lines);
      this.#stir();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.ended = true;
      this.#stir();
    });
  }

  #stir(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }

  say(bytes: string | Uint8Array): void {
    if (!this.#socket.destroyed) this.#socket.write(bytes);
  }

  hangUp(): void {
    this.#socket.end();
  }

  /** The next line of the module that begins with `word`, counted from `from`; undefined where it has hung up. */
  async hear(word: string, from = 0): Promise<string | undefined> {
    for (;;) {
      const line = this.heard.slice(from).find((each) => each.startsWith(word));
      if (line !== undefined || this.ended) return line;
      await this.#wake.promise;
    }
  }

  /** Asks, and resolves to the answer. */
  async ask(prompt: string, echo: 'on' | 'off' = 'on'): Promise<string | undefined> {
    const from = this.heard.length;
    this.say(`ASK ${echo} ${prompt}\n`);
    return (await this.hear('ANS ', from))?.slice('ANS '.length);
  }

  /** The values of the module's first line, decoded. */
  async request(): Promise<Record<string, string>> {
    const [, ...words] = (await this.hear('CSP1 '))!.split(' ');
    return Object.fromEntries(
      words.map((word) => {
        const [key, value] = word.split('=') as [string, string];
        return [key, decodeURIComponent(value)];
      }),
    );
  }
}

/** `talk`: its side of each conversation. `as`: the user that listens, where that is not the one of the test. */
export async function startFakeAgent(
  talk: (conversation: Conversation) => void | Promise<void>,
  { as }: { as?: number } = {},
): Promise<FakeAgent> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-agent-'));
  const socket = join(folder, 'agent.sock');
  const conversations: Conversation[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((connection) => {
    sockets.add(connection);
    connection.on('close', () => sockets.delete(connection));
    const conversation = new Conversation(connection);
    conversations.push(conversation);
    void talk(conversation);
  });
  await listen(server, socket, as);
  return {
    socket,
    conversations,
    async [Symbol.asyncDispose]() {
      server.close();
      for (const connection of sockets) connection.destroy();
      await sleep(0);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The credentials of a socket's peer are those of whoever called listen(2), which Node does before it returns. */
async function listen(server: Server, socket: string, as: number | undefined): Promise<void> {
  if (as !== undefined) {
    const { chownSync } = await import('node:fs');
    chownSync(join(socket, '..'), as, as);
    process.seteuid!(as);
  }
  server.listen(socket);
  if (as !== undefined) process.seteuid!(0);
  if (!server.listening) await once(server, 'listening');
}
