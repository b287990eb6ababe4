import type { DeviceCode, Provider } from 'oidc-provider';
import type { DeviceInteraction } from '@countersign/protocol/wire';
import { logoUri } from '../applications/applications.ts';
import { findApplication } from '../applications/store.ts';
import { sourceOf } from '../platform/http/asker.ts';
import { Refusal } from '../platform/http/refusal.ts';
import { minute, second, type Platform } from '../platform/platform.ts';
import { randomId } from '../platform/random-text.ts';
import { countCall, type Window } from '../platform/rate-limits/window.ts';
import type { LiveSession } from '../sessions/sessions.ts';
import { statedAcr, type Proof } from '../sso/assurance.ts';
import { parkInteraction } from '../sso/interactions.ts';
import { takeUpInteraction } from '../sso/store.ts';
import { applicationOfClient } from './lifetimes.ts';
import { claimDevice, insertDeviceInteraction } from './store.ts';
import { namedIn, wantedByParams } from './what-is-wanted.ts';

/**
 * The device grant (RFC 8628): a device without a browser shows a code, the person types it in theirs, and signs in there.
 * From the code on it is an interaction like any other, whose answer is fetched by the device.
 */

/** Codes that are typed, right or wrong: the source's, and the browser's whose address changes (section 5.1). */
const typedBySource: Window = { most: 30, length: minute };
const typedByBrowser: Window = { most: 10, length: 5 * minute };

/** Where the person learns how it ended. */
const pageAfter = (how: 'done' | 'cancelled'): string => `/device#${how}`;

export const isOpen = (code: DeviceCode | undefined): code is DeviceCode =>
  code !== undefined &&
  code.accountId === undefined &&
  code.error === undefined &&
  code.consumed === undefined;

/** Read without regard to case and hyphens. */
const normalized = (typed: string): string => typed.toUpperCase().replace(/[^A-Z]/g, '');

/**
 * Finds the device that shows this code; from here on this browser goes on with it.
 * @throws Refusal 422 `wrong_code`, 429 past the limits.
 */
export async function beginDevice(
  typed: string,
  { browserHash, ip }: { browserHash: string; ip: string },
  provider: Provider,
  { store, now, random, issuer }: Platform,
): Promise<DeviceInteraction> {
  await countCall(store, `device:source:${sourceOf(ip)}`, typedBySource, now());
  await countCall(store, `device:browser:${browserHash}`, typedByBrowser, now());
  const user_code = normalized(typed);
  const code = await provider.DeviceCode.findByUserCode(user_code);
  const client = isOpen(code) ? await provider.Client.find(code.clientId!) : undefined;
  const of = client && applicationOfClient(client);
  const application = of && (await findApplication.get(store, { id: of.id }));
  if (!isOpen(code) || !application) throw new Refusal('wrong_code');
  const id = randomId(random);
  const wanted = wantedByParams(code.params, application, now());
  await store.transaction(async (transaction) => {
    await parkInteraction(transaction, { id, applicationId: application.id, wanted }, now());
    // This browser's at once: nobody is led to a page that signs somebody else's device in.
    await takeUpInteraction.get(transaction, { id, browser_hash: browserHash, now: now() });
    await insertDeviceInteraction.run(transaction, { interaction_id: id, user_code });
  });
  return {
    interaction: id,
    user_code: `${user_code.slice(0, 4)}-${user_code.slice(4)}`,
    application: { id: application.id, name: application.name, logo_uri: logoUri(application, issuer) },
  };
}

/** Of several browsers that were given one code, one goes on. @throws Refusal 404 where it is over. */
async function claim(id: string, provider: Provider, { store }: Platform): Promise<DeviceCode> {
  const [claimed] = await claimDevice.all(store, { interaction_id: id });
  const code = claimed && (await provider.DeviceCode.findByUserCode(claimed.user_code));
  if (!isOpen(code)) throw new Refusal('not_found');
  return code;
}

/** The device has its tokens at its next poll. Resolves to where the browser goes. @throws Refusal 404 */
export async function approveDevice(
  id: string,
  session: LiveSession,
  proof: Proof,
  provider: Provider,
  platform: Platform,
): Promise<string> {
  const code = await claim(id, provider, platform);
  const { scope = 'openid' } = code.params as { scope?: string };
  const grant = new provider.Grant({ accountId: session.user_id, clientId: code.clientId! });
  grant.addOIDCScope(scope);
  Object.assign(code, {
    accountId: session.user_id,
    acr: statedAcr(proof.acr, namedIn(code.params)),
    amr: [...proof.amr],
    authTime: Math.floor(proof.at / second),
    grantId: await grant.save(),
    scope,
  });
  await code.save();
  return pageAfter('done');
}

/** The device is told that the person would not. @throws Refusal 404 */
export async function refuseDevice(id: string, provider: Provider, platform: Platform): Promise<string> {
  const code = await claim(id, provider, platform);
  Object.assign(code, { error: 'access_denied', errorDescription: 'the person did not go on' });
  await code.save();
  return pageAfter('cancelled');
}
