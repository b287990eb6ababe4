import {
  encodeBase64url,
  exportPresenceJwk,
  generatePresenceKey,
  presenceThumbprint,
  signProof,
  type JsonValue,
  type PresenceJwk,
} from '@countersign/protocol';
import {
  isJoinMac,
  joinMac,
  readJoinToken,
  verifyConfiguration,
  verifyVerdict,
  type HostConfigurationClaims,
  type OfflineUsers,
  type VerdictVerification,
} from '@countersign/protocol/host';
import type { HostGroup, HostLogin } from '@countersign/protocol/wire';
import { compactDecrypt } from 'jose';
import assert from 'node:assert/strict';
import type { Answer, Browser } from './browser.ts';

/** What a host asks of one login, as the agent keeps it to compare the verdict with. */
export interface AskedLogin {
  nonce: string;
  local_user: string;
  service: string;
  rhost: string | null;
  tty: string | null;
  ruser: string | null;
  interactive: boolean;
}

/** No two active hosts of a server have one name. */
let named = 0;

type Place = { url: string; at?: string; now?: () => number };

/** A host with the agent on it, as far as the server can tell: built on the protocol package's other half. */
export class Host {
  /** The issuer. */
  readonly url: string;
  /** Where it connects to: the issuer, or one of the processes behind it. */
  at: string;
  id = '';
  readonly name: string;
  keys!: CryptoKeyPair;
  sealing!: CryptoKeyPair;
  /** Those that it knows. */
  verdictKeys: PresenceJwk[] = [];
  /** What this host takes the time to be, in milliseconds since 1970. */
  now: () => number;

  private constructor({ url, at = url, now = Date.now }: Place, name: string) {
    this.url = url;
    this.at = at;
    this.name = name;
    this.now = now;
  }

  /** With keys, and not joined. */
  static async create(place: Place, name = `host-${(named += 1)}`): Promise<Host> {
    const host = new Host(place, name);
    host.keys = await generatePresenceKey();
    host.sealing = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, false, [
      'deriveBits',
    ]);
    return host;
  }

  static async join(place: Place, token: string, name?: string): Promise<Host> {
    const host = await Host.create(place, name);
    const joined = await host.join(token);
    assert.equal(joined.status, 201, JSON.stringify(joined.body));
    return host;
  }

  /** `change` is put into the body before its MAC is made, `after` into it afterwards. */
  async join(token: string, change: Record<string, JsonValue> = {}, after: object = {}): Promise<Answer> {
    const key = (await readJoinToken(token))!;
    const body = {
      token_id: key.id,
      host_key: { ...(await exportPresenceJwk(this.keys.publicKey)) },
      sealing_key: { ...(await exportPresenceJwk(this.sealing.publicKey)) },
      name: this.name,
      os: 'Debian GNU/Linux 12',
      agent_version: '0.1.0',
      iat: Math.floor(this.now() / 1000),
      ...change,
    };
    const mac = await joinMac(body, key);
    const answer = await this.call('POST', '/join', { ...body, mac, ...after }, { proof: null });
    if (answer.status !== 201) return answer;
    const { mac: theirs, ...told } = answer.body;
    assert.ok(await isJoinMac(theirs, { request: mac, ...told }, key), 'the server knows the token');
    this.id = told.host.id;
    this.verdictKeys = told.verdict_keys;
    return answer;
  }

  /** A call with its proof. `proof` replaces it (null: none). */
  async call(
    method: string,
    path: string,
    body?: unknown,
    { proof }: { proof?: string | null } = {},
  ): Promise<Answer> {
    const bytes = body === undefined ? undefined : new TextEncoder().encode(JSON.stringify(body));
    const header = proof === undefined ? await this.proof(method, path, bytes) : proof;
    const response = await fetch(`${this.at}/host/v1${path}`, {
      method,
      body: bytes,
      headers: {
        ...(header === null ? {} : { dpop: header }),
        ...(bytes ? { 'content-type': 'application/json' } : {}),
      },
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : '' };
  }

  proof = (method: string, path: string, body?: Uint8Array<ArrayBuffer>): Promise<string> =>
    signProof({ method, url: `${this.url}/host/v1${path}`, body }, this.keys, this.now());

  /** Somebody logs in over ssh, unless `more` says otherwise. */
  async begin(
    local_user: string,
    more: Partial<AskedLogin> = {},
  ): Promise<Answer<HostLogin & { code: any }> & { asked: AskedLogin }> {
    const asked = {
      nonce: encodeBase64url(crypto.getRandomValues(new Uint8Array(16))),
      local_user,
      service: 'sshd',
      rhost: '203.0.113.9',
      tty: 'ssh',
      ruser: null,
      interactive: true,
      ...more,
    };
    return { ...(await this.call('POST', '/logins', asked)), asked };
  }

  /** One that has begun. */
  async login(local_user: string, more?: Partial<AskedLogin>): Promise<HostLogin & { asked: AskedLogin }> {
    const { status, body, asked } = await this.begin(local_user, more);
    assert.equal(status, 201, JSON.stringify(body));
    return { ...body, asked };
  }

  /** As soon as it is another than `seen`, after `wait` seconds at the latest. */
  wait = (
    id: string,
    { wait = 0, seen }: { wait?: number; seen?: string } = {},
  ): Promise<Answer<HostLogin>> =>
    this.call('GET', `/logins/${id}?wait=${wait}${seen === undefined ? '' : `&seen=${seen}`}`);

  code = (id: string, code: string): Promise<Answer> => this.call('POST', `/logins/${id}/code`, { code });
  cancel = (id: string): Promise<Answer> => this.call('DELETE', `/logins/${id}`);

  /** Whether the agent would let in on it. */
  judge = ({ id, verdict }: HostLogin, asked: AskedLogin): Promise<VerdictVerification> =>
    verifyVerdict(
      verdict ?? '',
      {
        iss: this.url,
        aud: this.id,
        sub: id,
        nonce: asked.nonce,
        local_user: asked.local_user,
        service: asked.service,
      },
      this.verdictKeys,
      this.now(),
    );

  /** Asks for its configuration, holds it to the keys that it knows, and takes over the ones that it names. */
  async configure(local_users: string[] = []): Promise<{
    claims: HostConfigurationClaims & { iat: number; exp: number };
    offline: OfflineUsers | null;
    text: string;
  }> {
    const known = await this.newestKey();
    const taken = await this.configureOnce(local_users);
    // As the agent does, so that the server learns that it has them.
    return (await this.newestKey()) === known ? taken : this.configureOnce(local_users);
  }

  /** Thumbprint. */
  newestKey = (): Promise<string> => presenceThumbprint(this.verdictKeys.at(-1)!);

  async askConfiguration(local_users: string[] = []): Promise<Answer> {
    const verdict_key = await this.newestKey();
    const about = { agent_version: '0.1.1', os: 'Debian GNU/Linux 13' };
    return this.call('POST', '/configuration', { ...about, local_users, verdict_key });
  }

  private async configureOnce(local_users: string[]): ReturnType<Host['configure']> {
    const { status, body } = await this.askConfiguration(local_users);
    assert.equal(status, 200, JSON.stringify(body));
    const text = body.configuration as string;
    const verified = await verifyConfiguration(
      text,
      { iss: this.url, aud: this.id },
      this.verdictKeys,
      this.now(),
    );
    if (!verified.valid) throw new Error(verified.reason);
    this.verdictKeys = verified.claims.verdict_keys;
    return { claims: verified.claims, offline: await this.open(verified.claims.offline), text };
  }

  private async open(offline: string | null): Promise<OfflineUsers | null> {
    if (offline === null) return null;
    const { plaintext } = await compactDecrypt(offline, this.sealing.privateKey);
    return JSON.parse(new TextDecoder().decode(plaintext)) as OfflineUsers;
  }
}

const adminApi = '/api/v1/admin';

/** An owner's browser adds a host group; everybody logs in as whoever has the same name, unless `more` says otherwise. */
export async function addHostGroup(owner: Browser, more: object = {}): Promise<HostGroup> {
  const name = `Group ${crypto.randomUUID()}`;
  const added = await owner.post(`${adminApi}/host-groups`, { name, match_login: true, ...more });
  assert.equal(added.status, 201, JSON.stringify(added.body));
  return added.body as HostGroup;
}

export async function joinToken(owner: Browser, groupId: string): Promise<string> {
  const made = await owner.post(`${adminApi}/host-groups/${groupId}/join-tokens`);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  return made.body.token as string;
}

/** A host that has joined a group, or one of its own. */
export async function addHost(
  place: Place,
  owner: Browser,
  { group, name }: { group?: HostGroup; name?: string } = {},
): Promise<{ host: Host; group: HostGroup }> {
  const its = group ?? (await addHostGroup(owner));
  return { host: await Host.join(place, await joinToken(owner, its.id), name), group: its };
}
