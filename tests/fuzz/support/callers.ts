/** Who calls: a stranger, somebody signed in to the User Portal, an owner in the Admin Portal, and an enrolled phone. */
import { generatePresenceKey, signProof, signRegistration } from '@countersign/protocol';
import { Browser } from '../../support/browser.ts';
import type { InProcess } from '../../support/in-process.ts';
import { enrol, signIn } from '../../support/people.ts';
import type { Phone } from '../../support/phone.ts';

export type Caller = 'stranger' | 'user' | 'owner' | 'phone';

export class Callers {
  private readonly server: InProcess;
  private people = 0;
  readonly stranger: Browser;
  user!: Browser;
  owner!: Browser;
  phone!: Phone;
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
    if (userAlive && phoneAlive && ownerAlive) return false;
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
    if (caller === 'phone') {
      // What fetch makes of the path is what is asked for.
      const proof = await signProof(
        { method, url: new URL(path, url).href, body },
        this.phone.keys,
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
    if (caller === 'phone') return;
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
