import {
  createServer as createHttp,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttps } from 'node:https';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { CompactEncrypt } from 'jose';
import {
  encodeBase64url,
  exportPresenceJwk,
  generateCode,
  generatePresenceKey,
  verifyProof,
  type PresenceJwk,
} from '@countersign/protocol';
import {
  isJoinMac,
  joinMac,
  joinTokenShape,
  readJoinToken,
  signConfiguration,
  signVerdict,
  type HostConfigurationClaims,
  type JudgedLogin,
  type VerdictKey,
} from '@countersign/protocol/host';
import type { BeginHostLogin, HostLogin, JoinHost, OfflineLogins } from '@countersign/protocol/wire';

/** A server that speaks docs/hosts.md over HTTP, with a store of two maps, and does wrong where a test wants it to. */

export interface Reply {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
  /** Sent as it is, in the place of `body`. */
  raw?: string | Uint8Array;
}
export interface Call {
  method: string;
  path: string;
  body: any;
}
export interface FakeLogin {
  login: HostLogin;
  asked: BeginHostLogin;
}

export const newKey = async (): Promise<VerdictKey> => {
  const pair = await generatePresenceKey();
  return { jwk: await exportPresenceJwk(pair.publicKey), privateKey: pair.privateKey };
};

export class FakeServer {
  issuer = '';
  hostId = 'host_1';
  readonly token = generateCode((bytes) => crypto.getRandomValues(new Uint8Array(bytes)), joinTokenShape);
  keys: VerdictKey[] = [];
  now: () => number = Date.now;
  readonly calls: Call[] = [];
  readonly logins = new Map<string, FakeLogin>();
  readonly entries: OfflineLogins['entries'] = [];
  code = '123456';
  push: { number: string | null } | null = { number: null };
  settings: Partial<HostConfigurationClaims> = {};
  users: { local_user: string; login: string; secret: string }[] = [];
  sealedFor = 7 * 24 * 3600;
  /** Answers in the place of the server, or changes what it answers. */
  instead: (call: Call) => Reply | 'hang' | 'cut' | undefined | Promise<Reply | 'hang' | 'cut' | undefined> =
    () => undefined;
  change: (reply: Reply, call: Call) => Reply | Promise<Reply> = (reply) => reply;
  /** What a login has, to begin with. */
  begun: (login: FakeLogin) => void | Promise<void> = () => {};

  private server: Server | undefined;
  private hostKey: PresenceJwk | undefined;
  private sealingKey: PresenceJwk | undefined;
  private readonly jtis = new Set<string>();
  private waiting = new Set<() => void>();
  private port = 0;
  private readonly tls: { key: string; cert: string; name?: string } | undefined;

  private constructor(tls?: { key: string; cert: string; name?: string }) {
    this.tls = tls;
  }

  static async start(tls?: { key: string; cert: string; name?: string }): Promise<FakeServer> {
    const fake = new FakeServer(tls);
    fake.keys = [await newKey(), await newKey()];
    await fake.up();
    const name = tls?.name ?? 'localhost';
    fake.issuer = `${tls ? 'https' : 'http'}://${name}:${fake.port}`;
    return fake;
  }

  /** On the same port again. */
  async up(): Promise<void> {
    const answer = (request: IncomingMessage, response: ServerResponse) =>
      void this.answer(request, response);
    this.server = this.tls ? createHttps(this.tls, answer) : createHttp(answer);
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  async down(): Promise<void> {
    const server = this.server;
    this.server = undefined;
    for (const wake of this.waiting) wake();
    if (!server) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  [Symbol.asyncDispose] = () => this.down();

  /** How often a path was called. */
  count = (method: string, path: RegExp) =>
    this.calls.filter((call) => call.method === method && path.test(call.path)).length;

  /** The only login, or the last. */
  last(): FakeLogin {
    return [...this.logins.values()].at(-1)!;
  }

  async set(fake: FakeLogin, change: Partial<HostLogin>): Promise<void> {
    const version = String(Number(fake.login.version) + 1);
    const next = { ...fake.login, ...change, version };
    if (next.state === 'allowed' && change.verdict === undefined) next.verdict = await this.verdict(fake);
    fake.login = next;
    for (const wake of this.waiting) wake();
  }
  approve = (fake = this.last()) => this.set(fake, { state: 'allowed' });
  deny = (fake = this.last()) =>
    this.set(fake, {
      state: 'denied',
      push: { ...fake.login.push!, state: 'denied' },
      reason: 'The request was denied on the phone.',
    });
  expire = (fake = this.last()) =>
    this.set(fake, { push: { ...fake.login.push!, state: 'expired' }, reason: 'The request has expired.' });

  verdict(
    { login, asked }: FakeLogin,
    change: Partial<JudgedLogin> = {},
    key = this.keys[0]!,
    now = this.now(),
  ) {
    const { nonce, local_user, service } = asked;
    const claims = { iss: this.issuer, aud: this.hostId, sub: login.id, nonce, local_user, service };
    return signVerdict({ ...claims, user: 'alice', amr: ['pop'], ...change }, key, now);
  }

  async configuration(change: Partial<HostConfigurationClaims> = {}, key = this.keys[0]!, now = this.now()) {
    const rule = { factors: ['push' as const, 'totp' as const], first_factor: true, deny: false };
    return signConfiguration(
      {
        iss: this.issuer,
        aud: this.hostId,
        host: { id: this.hostId, name: 'web-1' },
        verdict_keys: this.keys.map(({ jwk }) => jwk),
        services: { '*': rule },
        outage: 'offline_codes',
        break_glass: null,
        offline: await this.sealed(now),
        ...this.settings,
        ...change,
      },
      key,
      now,
    );
  }

  private async sealed(now: number): Promise<string | null> {
    if (!this.sealingKey) return null;
    const exp = Math.floor(now / 1000) + this.sealedFor;
    const text = new TextEncoder().encode(JSON.stringify({ users: this.users, exp }));
    const key = await crypto.subtle.importKey(
      'jwk',
      { ...this.sealingKey },
      { name: 'ECDH', namedCurve: 'P-256' },
      false,
      [],
    );
    return new CompactEncrypt(text).setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM' }).encrypt(key);
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const bytes = Buffer.concat(pieces);
    const url = new URL(request.url!, this.issuer);
    const call: Call = {
      method: request.method!,
      path: url.pathname.replace('/host/v1', ''),
      body: bytes.length ? JSON.parse(bytes.toString()) : undefined,
    };
    this.calls.push(call);
    const instead = await this.instead(call);
    if (instead === 'hang') return;
    if (instead === 'cut') return void request.socket.destroy();
    const reply = instead ?? (await this.change(await this.reply(call, url, bytes, request), call));
    if (response.destroyed) return;
    response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
    response.end(reply.raw ?? (reply.body === undefined ? undefined : JSON.stringify(reply.body)));
  }

  refuse = (status: number, code: string, more: object = {}): Reply => ({
    status,
    body: {
      type: 'about:blank',
      title: code,
      status,
      detail: `Refused: ${code}.`,
      code,
      server_time: new Date(this.now()).toISOString(),
      ...more,
    },
  });

  private async reply(call: Call, url: URL, bytes: Uint8Array, request: IncomingMessage): Promise<Reply> {
    if (call.path === '/join') return this.join(call.body as JoinHost);
    const proven = await verifyProof(
      String(request.headers.dpop),
      { method: call.method, url: this.issuer + url.pathname, body: new Uint8Array(bytes) },
      this.now(),
    );
    if (!proven.valid || this.jtis.has(proven.jti) || proven.key.x !== this.hostKey?.x)
      return this.refuse(401, 'invalid_proof');
    this.jtis.add(proven.jti);
    const route = `${call.method} ${call.path.replace(/\/login_[^/]+/, '/ID')}`;
    const fake = this.logins.get(/login_[^/]+/.exec(call.path)?.[0] ?? '');
    if (route === 'POST /configuration')
      return { status: 200, body: { configuration: await this.configuration() } };
    if (route === 'POST /offline-logins') {
      this.entries.push(...(call.body as OfflineLogins).entries);
      return { status: 204 };
    }
    if (route === 'DELETE /self') return { status: 204 };
    if (route === 'POST /logins') return this.begin(call.body as BeginHostLogin);
    if (!fake) return this.refuse(404, 'not_found');
    if (route === 'DELETE /logins/ID') {
      await this.set(fake, { state: 'expired' });
      return { status: 204 };
    }
    if (route === 'GET /logins/ID') {
      const until = Date.now() + Number(url.searchParams.get('wait') ?? 0) * 1000;
      while (fake.login.version === url.searchParams.get('seen') && Date.now() < until && this.server) {
        await new Promise<void>((resolve) => {
          const wake = () => {
            clearTimeout(timer);
            this.waiting.delete(wake);
            resolve();
          };
          const timer = setTimeout(wake, until - Date.now());
          this.waiting.add(wake);
        });
      }
      return { status: 200, body: fake.login };
    }
    if (route === 'POST /logins/ID/code') {
      if (fake.login.state !== 'challenge') return this.refuse(409, 'authentication_over');
      if ((call.body as { code: string }).code !== this.code)
        return this.refuse(422, 'wrong_code', { detail: 'The code is wrong.', tries_left: 2 });
      await this.approve(fake);
      return { status: 200, body: fake.login };
    }
    return this.refuse(404, 'not_found');
  }

  private async begin(asked: BeginHostLogin): Promise<Reply> {
    const id = `login_${encodeBase64url(crypto.getRandomValues(new Uint8Array(9)))}`;
    const expires_at = new Date(this.now() + 60_000).toISOString();
    const fake: FakeLogin = {
      asked,
      login: {
        id,
        version: '1',
        state: 'challenge',
        user: { login: 'alice', name: 'Alice' },
        code: true,
        push: this.push && { state: 'pending', number: this.push.number, seen: false, expires_at },
        reason: this.push ? null : 'Requests are not sent just now.',
        expires_at,
        verdict: null,
      },
    };
    this.logins.set(id, fake);
    await this.begun(fake);
    return { status: 201, body: fake.login };
  }

  private async join(body: JoinHost): Promise<Reply> {
    const key = (await readJoinToken(this.token))!;
    const { mac, ...message } = body;
    if (body.token_id !== key.id || !(await isJoinMac(mac, message, key)))
      return this.refuse(404, 'join_token_not_found');
    if (Math.abs(body.iat - this.now() / 1000) > 60) return this.refuse(401, 'clock_skew');
    this.hostKey = body.host_key;
    this.sealingKey = body.sealing_key;
    const answer = {
      host: { id: this.hostId, name: body.name },
      group: { name: 'Servers' },
      verdict_keys: this.keys.map(({ jwk }) => ({ ...jwk })),
    };
    return { status: 201, body: { ...answer, mac: await joinMac({ request: mac, ...answer }, key) } };
  }
}
