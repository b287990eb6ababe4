import { decodeBase64url, isJsonObject } from '@countersign/protocol';

/** What every use of WebAuthn here shares (W3C Web Authentication Level 3). */

/** Loaded after the start (see main.ts), which does not wait for it: it is a tenth of all that the server loads. */
export const loadWebAuthn = () => import('@simplewebauthn/server');

/** RP id and origin: those of the server, which serves the portals and the authenticator app. */
export const relyingParty = (issuer: string) => ({ id: new URL(issuer).hostname, origin: issuer });

/** The challenge that a response claims to be over; what it is worth shows when it is verified. */
export function challengeIn(response: object): string {
  try {
    const { clientDataJSON } = (response as { response: { clientDataJSON: string } }).response;
    const { challenge } = JSON.parse(new TextDecoder().decode(decodeBase64url(clientDataJSON))) as {
      challenge: unknown;
    };
    return typeof challenge === 'string' ? challenge.slice(0, 200).replaceAll('\0', '') : '';
  } catch {
    return '';
  }
}

const binaryMembers = ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature'];

/** The library reads base64url laxly, with spaces and padding; here, as everywhere, a value has one spelling. */
export function isCanonical({ response }: { response?: unknown }): boolean {
  if (!isJsonObject(response)) return false;
  return binaryMembers.every((name) => {
    const value = response[name];
    return value === undefined || (typeof value === 'string' && decodeBase64url(value) !== undefined);
  });
}
