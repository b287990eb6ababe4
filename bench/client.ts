import { Agent, request, type IncomingMessage } from 'node:http';

/** HTTP as cheaply as Node has it, so that the client takes little of what is measured. */

export interface Reply {
  status: number;
  body: string;
  cookies: string[];
  /** Of a redirect. */
  location: string | undefined;
}

export function createClient(at: string, { sockets = 64 } = {}) {
  const agent = new Agent({ keepAlive: true, maxSockets: sockets });
  const { hostname, port } = new URL(at);
  return {
    call(method: string, path: string, headers: Record<string, string>, body?: string): Promise<Reply> {
      return new Promise((resolve, reject) => {
        const more =
          body === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
        const sent = request(
          { agent, hostname, port, method, path, headers: { ...more, ...headers } },
          (response) => {
            let text = '';
            response.setEncoding('utf8');
            response.on('data', (piece: string) => (text += piece));
            response.on('end', () =>
              resolve({
                status: response.statusCode!,
                body: text,
                cookies: response.headers['set-cookie'] ?? [],
                location: response.headers.location,
              }),
            );
            response.on('error', reject);
          },
        );
        sent.on('error', reject);
        sent.end(body);
      });
    },
    /** A stream of server-sent events; `onData` is called with each piece. Resolves with the first piece. */
    follow(
      path: string,
      headers: Record<string, string>,
      onData: (text: string) => void,
    ): Promise<IncomingMessage> {
      return new Promise((resolve, reject) => {
        const sent = request({ agent: false, hostname, port, path, headers }, (response) => {
          if (response.statusCode !== 200) return reject(new Error(`${path}: ${response.statusCode}`));
          response.setEncoding('utf8');
          response.on('data', (piece: string) => {
            onData(piece);
            resolve(response);
          });
          // The server goes, or the reader does.
          response.on('error', () => {});
        });
        sent.on('error', reject);
        sent.end();
      });
    },
    close: () => agent.destroy(),
  };
}

/** Runs `work` over all items, so many at once. */
export async function inParallel<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < items.length) await work(items[next++]!);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
