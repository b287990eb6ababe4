/** Who calls: a stranger, somebody signed in to the User Portal, an owner in the Admin Portal, an enrolled phone, a host. */
import {
  exportPresenceJwk,
  generatePresenceKey,
  signProof,
  signRegistration,
  type JsonValue,
} from '@countersign/protocol';
import { joinMac, readJoinToken } from '@countersign/protocol/host';
import { Browser } from '../../support/browser.ts';
import { addHost, type Host } from '../../support/host.ts';
import type { InProcess } from '../../support/in-process.ts';
import { enrol, signIn } from '../../support/people.ts';
import type { Phone } from '../../support/phone.ts';

export type Caller = 'stranger' | 'user' | 'owner' | 'phone' | 'host';

export class Callers {
  private readonly server: InProcess;
  private people = 0;
  readonly stranger: Browser;
  user!: Browser;
  owner!: Browser;
  phone!: Phone;
  host!: Host;
  /** Of the host, which matches logins. */
  private hostGroup = '';
  /** The newest activation code of the user, and the token of the newest invitation. */
  code = '';
  token = '';
  /** Of the verification codes that were set up last. */
  totpSecret = '';
  /** Of the newest link with which the user's password can be reset. */
  resetToken = '';
  /** Of the user and of the owner. */
  login = '';
  ownerLogin = '';

  constructor(server: InProcess) {
    this.server = server;
    this.stranger = new Browser(server.url);
  }

  /** Makes anew whoever was signed out, suspended or removed by what was called before. Returns whether anybody was. */
  async renew(): Promise<boolean> {
    const userAlive =
      this.user && // Reached only by a session that nothing more is demanded of.
      (await this.user.get('/api/v1/me/sessions')).status === 200;
    const phoneAlive = this.phone && (await this.phone.call('GET', '/me')).status === 200;
    const ownerAlive = this.owner && (await this.owner.get('/api/v1/admin/session')).status === 200;
    const hostAlive = this.host && (await this.host.wait('none')).status === 404;
    if (userAlive && phoneAlive && ownerAlive && hostAlive) return false;
    await this.restoreSettings();
    if (!userAlive || !phoneAlive) {
      const login = (this.login = await this.addPerson('user'));
      ({ browser: this.user, phone: this.phone } = await enrol(this.server, login));
      // A session of the higher level, so that calls which want one are reached.
      await signIn(this.user, this.phone, login);
    }
    if (!ownerAlive) {
      const login = (this.ownerLogin = await this.addPerson('owner'));
      const enrolled = await enrol(this.server, login);
      this.owner = enrolled.browser;
      await signIn(this.owner, enrolled.phone, login, 'admin_login');
    }
    if (!hostAlive) {
      // Past what one source may try.
      this.server.advance(2 * 60_000);
      const { host, group } = await addHost(this.server, this.owner);
      this.host = host;
      this.hostGroup = group.id;
    }
    return true;
  }

  /** Time went by: acts that want a fresh sign-in are reached again. */
  async freshen(): Promise<void> {
    await signIn(this.user, this.phone, this.login).catch(() => {});
  }

  restoreSettings = () =>
    this.server.patchSettings({
      organization: null,
      mfa: null,
      push: null,
      password_reset: null,
      telemetry: null,
    });

  private async addPerson(role: 'user' | 'owner'): Promise<string> {
    this.people += 1;
    const login = `${role}-${this.people}`;
    await this.server.addPerson(login, { role });
    return login;
  }

  /** The headers that a caller's app or browser would send. `path` with its query. */
  async headersOf(
    caller: Caller,
    { method, path, body }: { method: string; path: string; body?: Uint8Array<ArrayBuffer> },
  ): Promise<Record<string, string>> {
    const { url } = this.server;
    if (caller === 'phone' || caller === 'host') {
      // What fetch makes of the path is what is asked for.
      const proof = await signProof(
        { method, url: new URL(path, url).href, body },
        this[caller].keys,
        this.server.now(),
      );
      return { dpop: proof };
    }
    const { cookies } = this[caller];
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return { origin: url, 'user-agent': 'Mozilla/5.0 Firefox/153.0', ...(cookie ? { cookie } : {}) };
  }

  /** Keeps the cookies of an answer, as the caller's browser does. */
  keepCookies(caller: Caller, headers: Headers): void {
    if (caller === 'phone' || caller === 'host') return;
    for (const cookie of headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!;
      if (value === '') this[caller].cookies.delete(name!);
      else this[caller].cookies.set(name!, value!);
    }
  }

  /** A registration that would hold, by a new phone with the newest code; '' where there is no code. */
  async registration(): Promise<string> {
    const { body: found } = await this.phone.lookUp(this.code);
    if (typeof found.nonce !== 'string') return '';
    const device = { name: 'Fuzzed', platform: 'other' as const, app_version: '1' };
    const claims = { aud: found.issuer, nonce: found.nonce, device, push_subscription: null, webauthn: null };
    return signRegistration(claims, await generatePresenceKey(), this.server.now());
  }

  /** A join that would hold, by a new host, with what `body` has beside. Undefined where the group is gone. */
  async join(body: { [name: string]: JsonValue }): Promise<{ [name: string]: JsonValue } | undefined> {
    const made = await this.owner.post(`/api/v1/admin/host-groups/${this.hostGroup}/join-tokens`);
    const key = made.status === 201 ? await readJoinToken(made.body.token) : undefined;
    if (!key) return undefined;
    const { mac: _, ...rest } = body;
    const jwk = async () => ({ ...(await exportPresenceJwk((await generatePresenceKey()).publicKey)) });
    const claimed = {
      ...rest,
      token_id: key.id,
      host_key: await jwk(),
      sealing_key: await jwk(),
      iat: Math.floor(this.server.now() / 1000),
    };
    return { ...claimed, mac: await joinMac(claimed, key) };
  }

  /** What would let the phone hand its account on; an empty object where it may not. */
  async assertion(): Promise<object> {
    const { body } = await this.phone.call('POST', '/me/transfer/options');
    const challenge = (body.webauthn as { challenge?: string } | undefined)?.challenge;
    if (challenge === undefined || !this.phone.verificationKey) return {};
    const { url } = this.server;
    return this.phone.verificationKey.assert({ rpId: new URL(url).hostname, origin: url, challenge });
  }

  /** An answer that would hold, to the phone's newest request, and its id. */
  async answer(): Promise<{ id: string; answer: string } | undefined> {
    const [request] = (await this.phone.requests()) ?? [];
    if (!request) return undefined;
    const decision = (['approve', 'deny', 'report'] as const)[request.id.charCodeAt(0) % 3]!;
    const number = decision === 'approve' && request.confirmation.kind === 'number' ? '42' : undefined;
    return { id: request.id, answer: (await this.phone.answerBody(request, decision, { number })).answer };
  }
}
