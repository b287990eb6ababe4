import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createPushDevice, type PushDevice } from '../../support/push-device.ts';

/** A push service for one device: takes the server's real RFC 8030 message and decrypts it (RFC 8291). */
export interface PushService extends AsyncDisposable {
  readonly origin: string;
  readonly subscription: PushDevice['subscription'];
  /** The server's public key that signed the last message (RFC 8292). */
  signedBy(): string | undefined;
  /** The next decrypted payload; waits for it. */
  next(): Promise<string>;
}

export async function startPushService(): Promise<PushService> {
  const messages: string[] = [];
  const waiting: ((message: string) => void)[] = [];
  let signedBy: string | undefined;
  const server = createServer((request, response) => {
    signedBy = /k=(.+)$/.exec(request.headers.authorization ?? '')?.[1];
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = device.decrypt(Buffer.concat(chunks));
      const taker = waiting.shift();
      if (taker) taker(text);
      else messages.push(text);
      response.writeHead(201).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const device = createPushDevice(`${origin}/device`);
  return {
    origin,
    subscription: device.subscription,
    signedBy: () => signedBy,
    next: () => {
      const message = messages.shift();
      return message === undefined
        ? new Promise((resolve) => waiting.push(resolve))
        : Promise.resolve(message);
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
