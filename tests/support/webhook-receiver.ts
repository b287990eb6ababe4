import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** Somebody else's server that is told of events, and looks at the signature as the specification says. */
export interface Received {
  id: string;
  type: string;
  timestamp: string;
  data: any;
  headers: IncomingHttpHeaders;
  body: string;
  path: string;
}

export async function startReceiver() {
  const received: Received[] = [];
  /** What it answers; `hang` never does. */
  let answer: (message: Received) => number | 'hang' | 'redirect' = () => 204;
  const server = createServer((request, response) => void answerTo(request, response));
  async function answerTo(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const message = {
      ...JSON.parse(body),
      id: String(request.headers['webhook-id']),
      headers: request.headers,
      body,
      path: request.url!,
    } as Received;
    received.push(message);
    const status = answer(message);
    if (status === 'hang') return;
    if (status === 'redirect') response.writeHead(302, { location: '/elsewhere' }).end();
    else response.writeHead(status).end();
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    received,
    answerWith: (next: typeof answer) => void (answer = next),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Written anew from the specification, so that the server's own code is not asked whether it is right. */
export function holds({ headers, body }: Pick<Received, 'headers' | 'body'>, secret: string): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const content = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  const expected = createHmac('sha256', key).update(content).digest();
  const [version, signature] = String(headers['webhook-signature']).split(',');
  const given = Buffer.from(signature ?? '', 'base64');
  return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
}
