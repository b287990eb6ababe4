import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/** One HTTP call, bounded in time and size. No redirect is followed, and nothing of an answer is believed here. */

export interface Sent {
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: Uint8Array;
  /** Milliseconds for all of it. */
  within: number;
  signal?: AbortSignal;
}
export interface Received {
  status: number;
  headers: IncomingMessage['headers'];
  body: Uint8Array;
}
export interface Transport {
  /** Rejects with an Error whose `code` names what happened, as Node does. */
  send(call: Sent): Promise<Received>;
  close(): void;
}

/** A configuration with 200 sealed users is 60 KB. */
const bodyLimit = 512 * 1024;
/** One for each login that waits, and some. */
const maxSockets = 300;

/** What came is none of this protocol's answers. */
export class NoAnswer extends Error {}
class TooSlow extends Error {}

export function createTransport({ ca }: { ca?: string }): Transport {
  const options = { keepAlive: true, maxSockets, maxFreeSockets: 4 };
  const plain = new HttpAgent(options);
  const secure = new HttpsAgent({ ...options, ...(ca === undefined ? {} : { ca }), minVersion: 'TLSv1.2' });

  const once = ({ method, url, headers, body, within, signal }: Sent) =>
    new Promise<Received & { reused: boolean }>((resolve, reject) => {
      const isSecure = url.startsWith('https:');
      const request = (isSecure ? httpsRequest : httpRequest)(url, {
        method,
        agent: isSecure ? secure : plain,
        headers: { ...headers, ...(body ? { 'content-length': String(body.length) } : {}) },
        signal,
      });
      // A request whose connection is no longer its own says nothing when it is destroyed.
      const timer = setTimeout(() => {
        const slow = new TooSlow(`no answer within ${Math.ceil(within / 1000)} seconds`);
        fail(slow);
        request.destroy(slow);
      }, within);
      const fail = (error: Error) => {
        clearTimeout(timer);
        reject(Object.assign(error, { reused: request.reusedSocket }));
      };
      request.on('error', fail);
      request.on('close', () =>
        fail(Object.assign(new Error('closed before the answer had ended'), { code: 'ECONNRESET' })),
      );
      request.on('upgrade', ({ statusCode }, socket) => {
        socket.destroy();
        fail(new NoAnswer(`it answers ${statusCode}, to speak another protocol`));
      });
      request.on('response', (response) => {
        const pieces: Buffer[] = [];
        let size = 0;
        response.on('data', (piece: Buffer) => {
          pieces.push(piece);
          size += piece.length;
          if (size > bodyLimit) request.destroy(new NoAnswer(`the answer is larger than ${bodyLimit} bytes`));
        });
        response.on('error', fail);
        response.on('end', () => {
          clearTimeout(timer);
          resolve({
            status: response.statusCode!,
            headers: response.headers,
            body: Buffer.concat(pieces),
            reused: request.reusedSocket,
          });
        });
      });
      request.end(body);
    });

  return {
    send: once,
    close() {
      plain.destroy();
      secure.destroy();
    },
  };
}
