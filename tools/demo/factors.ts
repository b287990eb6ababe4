import assert from 'node:assert/strict';
import type { Browser } from '../../tests/support/browser.ts';
import { begin, password } from '../../tests/support/people.ts';
import { totpCode } from '../../tests/support/totp.ts';
import { SoftwareVerificationKey } from '../../tests/support/verification-key.ts';
import { demand } from './demand.ts';

/** What the people of the demonstration have beside their phone, and how they sign in with it. */

interface Place {
  url: string;
  now: () => number;
}

/** Signs in with whatever it is. */
export type SignIn = (browser: Browser, login: string) => Promise<void>;

const complete = (browser: Browser, id: string) =>
  demand(browser.post(`/api/v1/authentications/${id}/complete`));

/** An authenticator app with codes, as of whoever has just signed in in that browser. */
export async function addCodes(browser: Browser, { now }: Place) {
  const { id, secret } = await demand(browser.post('/api/v1/me/totp'));
  await demand(browser.post(`/api/v1/me/totp/${id}/confirm`, { code: totpCode(secret, now()) }));
  const typed = (attempt: string, code: string, by: Browser) =>
    by.post(`/api/v1/authentications/${attempt}/totp`, { code });
  const signIn: SignIn = async (by, login) => {
    const attempt = await begin(by, login);
    await demand(typed(attempt.id, totpCode(secret, now()), by));
    await complete(by, attempt.id);
  };
  const mistypes: SignIn = async (by, login) => {
    const attempt = await begin(by, login);
    const right = totpCode(secret, now());
    const wrong = right.replace(/./, (digit) => String((Number(digit) + 1) % 10));
    assert.equal((await typed(attempt.id, wrong, by)).status, 422);
    await demand(typed(attempt.id, right, by));
    await complete(by, attempt.id);
  };
  return { signIn, mistypes };
}

/** A passkey, which signs in by itself, without the password. */
export async function addPasskey(browser: Browser, { url }: Place): Promise<SignIn> {
  const key = new SoftwareVerificationKey();
  const ceremony = { rpId: new URL(url).hostname, origin: url };
  const asked = await demand(browser.post('/api/v1/me/passkeys/options'));
  const registered = key.register({ ...ceremony, challenge: asked.webauthn.challenge });
  await demand(browser.post('/api/v1/me/passkeys', { name: 'Laptop', webauthn: registered }));
  return async (by) => {
    const { webauthn } = await demand(by.post('/api/v1/authentications/passkey-options'));
    const passkey = key.assert({ ...ceremony, challenge: webauthn.challenge });
    const { id } = await demand(by.post('/api/v1/authentications', { purpose: 'portal_login', passkey }));
    await complete(by, id);
  };
}

/** Recovery codes on paper, of which one is used each time. */
export async function addRecoveryCodes(browser: Browser): Promise<SignIn> {
  const { codes } = (await demand(browser.post('/api/v1/me/recovery-codes'))) as { codes: string[] };
  return async (by, login) => {
    const attempt = await demand(
      by.post('/api/v1/authentications', { purpose: 'portal_login', login, password }),
    );
    const code = codes.shift();
    await demand(by.post(`/api/v1/authentications/${attempt.id}/recovery-code`, { code }));
    await complete(by, attempt.id);
  };
}
