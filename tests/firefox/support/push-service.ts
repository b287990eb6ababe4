import { createPublicKey, randomBytes, randomUUID, verify } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';

/**
 * A push service as Firefox knows it: browsers hold a WebSocket to it and register addresses, application servers post
 * messages there (RFC 8030), signed with the key that the browser subscribed for (RFC 8292). It cannot read them
 * (RFC 8291), and keeps them while the browser is away.
 */
export interface PushService extends AsyncDisposable {
  /** Where application servers post to. */
  readonly origin: string;
  /** Where browsers connect to. */
  readonly socket: string;
  /** How many messages were taken so far. */
  taken(): number;
  /** The status of every message that was refused so far. */
  readonly refused: number[];
  /** Addresses that are registered now. */
  endpoints(): string[];
}

interface Channel {
  id: string;
  browser: string;
  key: string | undefined;
}

interface Message {
  channelID: string;
  version: string;
  data: string;
  headers: { encoding: string };
}

export async function startPushService(): Promise<PushService> {
  const channels = new Map<string, Channel>();
  const connected = new Map<string, WebSocket>();
  /** Until the browser says that it has them. */
  const kept = new Map<string, Message[]>();
  const refused: number[] = [];
  let taken = 0;

  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const status = take(request, Buffer.concat(chunks));
      if (status !== 201) refused.push(status);
      response.writeHead(status, { location: `${origin}/message/${randomUUID()}` }).end();
    })();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;

  function take(request: IncomingMessage, body: Buffer): number {
    const channel = channels.get(request.url!.slice('/push/'.length));
    if (request.method !== 'POST' || !channel) return 410;
    if (request.headers['content-encoding'] !== 'aes128gcm' || request.headers.ttl === undefined) return 400;
    if (!isSigned(request.headers.authorization, channel.key, origin)) return 403;
    taken += 1;
    const message = {
      channelID: channel.id,
      version: randomUUID(),
      data: body.toString('base64url'),
      headers: { encoding: 'aes128gcm' },
    };
    kept.set(channel.browser, [...(kept.get(channel.browser) ?? []), message]);
    deliver(channel.browser);
    return 201;
  }

  function deliver(browser: string): void {
    const socket = connected.get(browser);
    for (const message of socket ? (kept.get(browser) ?? []) : [])
      socket!.send(JSON.stringify({ messageType: 'notification', ...message }));
  }

  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => {
    let browser = '';
    socket.on('message', (data) => {
      const text = (data as Buffer).toString();
      if (text === '{}') return socket.send('{}');
      const said = JSON.parse(text) as Record<string, string> & { updates?: { version: string }[] };
      const reply = (more: object) =>
        socket.send(JSON.stringify({ messageType: said.messageType, status: 200, ...more }));
      switch (said.messageType) {
        case 'hello':
          browser = said.uaid || randomBytes(16).toString('hex');
          connected.set(browser, socket);
          reply({ uaid: browser, use_webpush: true, broadcasts: {} });
          return deliver(browser);
        case 'register': {
          const token = randomBytes(16).toString('base64url');
          channels.set(token, { id: said.channelID!, browser, key: said.key });
          return reply({ channelID: said.channelID, pushEndpoint: `${origin}/push/${token}` });
        }
        case 'unregister':
          for (const [token, { id }] of channels) if (id === said.channelID) channels.delete(token);
          return reply({ channelID: said.channelID });
        case 'ack': {
          const read = new Set(said.updates?.map(({ version }) => version));
          kept.set(
            browser,
            (kept.get(browser) ?? []).filter(({ version }) => !read.has(version)),
          );
          return undefined;
        }
        default:
          return undefined;
      }
    });
    socket.on('close', () => connected.get(browser) === socket && connected.delete(browser));
  });

  return {
    origin,
    socket: `ws://localhost:${port}/`,
    taken: () => taken,
    refused,
    endpoints: () => [...channels.keys()].map((token) => `${origin}/push/${token}`),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** RFC 8292 sections 2 and 4.2: an ES256 JWT for this service, by the key that the browser subscribed for. */
function isSigned(authorization: string | undefined, key: string | undefined, audience: string): boolean {
  const [, jwt, k] = /^vapid t=([^,]+), ?k=(.+)$/.exec(authorization ?? '') ?? [];
  if (!jwt || !k || (key !== undefined && Buffer.compare(bytesOf(k), bytesOf(key)) !== 0)) return false;
  const [header, claims, signature] = jwt.split('.');
  const point = bytesOf(k);
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((half) => half.toString('base64url'));
  const publicKey = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: x!, y: y! }, format: 'jwk' });
  const signed = verify(
    'sha256',
    Buffer.from(`${header}.${claims}`),
    { key: publicKey, dsaEncoding: 'ieee-p1363' },
    bytesOf(signature!),
  );
  const { aud, exp, sub } = JSON.parse(bytesOf(claims!).toString()) as {
    aud: string;
    exp: number;
    sub: string;
  };
  const lifetime = exp - Date.now() / 1000;
  return signed && aud === audience && lifetime > 0 && lifetime <= 86_400 && /^(mailto|https):/.test(sub);
}

const bytesOf = (text: string): Buffer => Buffer.from(text, 'base64url');
