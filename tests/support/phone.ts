import {
  generatePresenceKey,
  sha256Base64url,
  signAnswer,
  signProof,
  signRegistration,
  type Decision,
} from '@countersign/protocol';
import type { ActivationLookup, PushRequest, PushSubscription } from '@countersign/protocol/wire';
import { readEvents, type Answer } from './browser.ts';
import { SoftwareVerificationKey } from './verification-key.ts';

/** A phone with the authenticator on it, as far as the server can tell: built on the protocol package's other half. */
export class Phone {
  /** The issuer. */
  readonly url: string;
  /** Where it connects to: the issuer, or one of the processes behind it. */
  at: string;
  readonly name: string;
  keys!: CryptoKeyPair;
  verificationKey: SoftwareVerificationKey | undefined;
  /** What this phone takes the time to be, in milliseconds since 1970. */
  now: () => number = Date.now;

  private constructor(url: string, name: string) {
    this.url = url;
    this.at = url;
    this.name = name;
  }

  static async create(url: string, name = 'Test phone', now: () => number = Date.now): Promise<Phone> {
    const phone = new Phone(url, name);
    phone.now = now;
    phone.keys = await generatePresenceKey();
    return phone;
  }

  private get relyingParty() {
    return { rpId: new URL(this.url).hostname, origin: this.url };
  }

  /** A call with its proof. `proof` replaces it (null: none). */
  async call(
    method: string,
    path: string,
    body?: unknown,
    { proof }: { proof?: string | null } = {},
  ): Promise<Answer> {
    const url = `${this.url}/authenticator/v1${path}`;
    const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
    const bytes = text === undefined ? undefined : new TextEncoder().encode(text);
    const header =
      proof === undefined ? await signProof({ method, url, body: bytes }, this.keys, this.now()) : proof;
    const response = await fetch(`${this.at}/authenticator/v1${path}`, {
      method,
      body: bytes,
      headers: {
        ...(header === null ? {} : { dpop: header }),
        ...(bytes ? { 'content-type': 'application/json' } : {}),
      },
    });
    const answer = await response.text();
    return { status: response.status, headers: response.headers, body: answer ? JSON.parse(answer) : '' };
  }

  lookUp = (code: string): Promise<Answer<ActivationLookup & { code: string }>> =>
    this.call('POST', '/activations/lookup', { code }, { proof: null });

  /** Registers with a verification key where the server offers one, unless `verification` is false. */
  async register(
    code: string,
    {
      verification = true,
      push_subscription = null,
      change = {},
    }: { verification?: boolean; push_subscription?: PushSubscription | null; change?: object } = {},
  ): Promise<Answer> {
    const { body: found } = await this.lookUp(code);
    const options = found.webauthn as { challenge: string } | null;
    let webauthn: object | null = null;
    if (options && verification) {
      this.verificationKey = new SoftwareVerificationKey();
      webauthn = this.verificationKey.register({ ...this.relyingParty, challenge: options.challenge });
    }
    const device = { name: this.name, platform: 'android' as const, app_version: '1.0.0' };
    const claims = { aud: found.issuer, nonce: found.nonce, device, push_subscription, webauthn, ...change };
    const registration = await signRegistration(claims, this.keys, this.now());
    return this.call('POST', '/activations', { code, registration }, { proof: null });
  }

  /** Registers, and answers the activation request as an app in the foreground does. */
  async activate(code: string, options?: Parameters<Phone['register']>[1]): Promise<Answer> {
    const registered = await this.register(code, options);
    if (registered.status !== 201) return registered;
    const [request] = await this.requests();
    await this.answer(request!, 'approve');
    return registered;
  }

  /** Asks to hand its account on, with its verification key's assertion; `key` asserts in its place. */
  async transfer({
    backup,
    key = this.verificationKey,
    ...ceremony
  }: {
    backup?: string;
    key?: SoftwareVerificationKey;
    challenge?: string;
    origin?: string;
    verified?: boolean;
  } = {}): Promise<Answer> {
    const options = await this.call('POST', '/me/transfer/options');
    if (options.status !== 200) return options;
    const { challenge } = options.body.webauthn as { challenge: string };
    const webauthn = key!.assert({ ...this.relyingParty, challenge, ...ceremony });
    return this.call('POST', '/me/transfer', { webauthn, ...(backup === undefined ? {} : { backup }) });
  }

  /** Adds a first verification key with a code of the portal. */
  async addVerificationKey(code: string, { verified = true } = {}): Promise<Answer> {
    const options = await this.call('POST', '/me/verification-key/options', { code });
    if (options.status !== 200) return options;
    const { challenge } = options.body.webauthn as { challenge: string };
    const key = new SoftwareVerificationKey();
    const webauthn = key.register({ ...this.relyingParty, challenge, verified });
    const added = await this.call('POST', '/me/verification-key', { webauthn, code });
    if (added.status === 200) this.verificationKey = key;
    return added;
  }

  async requests(): Promise<PushRequest[]> {
    return (await this.call('GET', '/requests')).body.requests as PushRequest[];
  }

  /** The pending request of a purpose. @throws Error where there is none. */
  async request(purpose: PushRequest['purpose'] = 'portal_login'): Promise<PushRequest> {
    const request = (await this.requests()).find((each) => each.purpose === purpose);
    if (!request) throw new Error(`no request of purpose ${purpose} is pending`);
    return request;
  }

  async answerBody(
    request: PushRequest,
    decision: Decision,
    {
      number,
      verified = true,
      verify = true,
    }: { number?: string; verified?: boolean; verify?: boolean } = {},
  ): Promise<{ answer: string; webauthn: object | null }> {
    const claims = { decision, ...(number === undefined ? {} : { number }) };
    const options = { issuer: this.url, privateKey: this.keys.privateKey, now: this.now() };
    const answer = await signAnswer(request, claims, options);
    const wanted = verify && decision === 'approve' && request.user_verification && this.verificationKey;
    const challenge = await sha256Base64url(answer);
    return {
      answer,
      webauthn: wanted ? wanted.assert({ ...this.relyingParty, challenge, verified }) : null,
    };
  }

  async answer(
    request: PushRequest,
    decision: Decision,
    options?: Parameters<Phone['answerBody']>[2],
  ): Promise<Answer> {
    return this.call(
      'POST',
      `/requests/${request.id}/answer`,
      await this.answerBody(request, decision, options),
    );
  }

  async *events(signal?: AbortSignal): AsyncGenerator<{ event: string; data: any }> {
    const url = `${this.url}/authenticator/v1/events`;
    const dpop = await signProof({ method: 'GET', url }, this.keys, this.now());
    yield* readEvents(await fetch(`${this.at}/authenticator/v1/events`, { headers: { dpop }, signal }));
  }
}
