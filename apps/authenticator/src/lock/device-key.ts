import { VerificationError } from '../verification/verification-key.ts';

/** A wrapping key that the device gives out only after user verification (WebAuthn Level 3, section 10.1.4: PRF). */
export interface DeviceLock {
  kind: 'device';
  credentialId: Uint8Array<ArrayBuffer>;
  salt: Uint8Array<ArrayBuffer>;
}

/** This device or browser has no PRF extension. */
export class PrfMissing extends Error {}

interface PrfResults {
  prf?: { enabled?: boolean; results?: { first?: ArrayBuffer } };
}

const resultsOf = (credential: Credential | null): PrfResults =>
  (credential as PublicKeyCredential).getClientExtensionResults() as PrfResults;

/** False where it is known that there is none; elsewhere only trying tells. */
export async function mayHavePrf(): Promise<boolean> {
  if (typeof PublicKeyCredential === 'undefined') return false;
  try {
    if (!(await PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable())) return false;
    const capabilities = await (
      PublicKeyCredential as { getClientCapabilities?: () => Promise<Record<string, boolean>> }
    ).getClientCapabilities?.();
    return capabilities?.['extension:prf'] !== false;
  } catch {
    return false;
  }
}

/** A credential of this app's own, which no server knows. From a tap. @throws PrfMissing, VerificationError */
export async function makeDeviceKey(): Promise<{ lock: DeviceLock; key: CryptoKey }> {
  const salt = crypto.getRandomValues(new Uint8Array(32));
  let credential: PublicKeyCredential;
  try {
    credential = (await navigator.credentials.create({
      publicKey: {
        rp: { id: location.hostname, name: 'Countersign Authenticator' },
        user: {
          id: crypto.getRandomValues(new Uint8Array(16)),
          name: 'App lock',
          displayName: 'Countersign app lock',
        },
        challenge: crypto.getRandomValues(new Uint8Array(32)),
        pubKeyCredParams: [
          { type: 'public-key', alg: -7 },
          { type: 'public-key', alg: -257 },
        ],
        authenticatorSelection: {
          authenticatorAttachment: 'platform',
          userVerification: 'required',
          residentKey: 'preferred',
        },
        extensions: { prf: { eval: { first: salt } } },
      },
    })) as PublicKeyCredential;
  } catch (error) {
    throw new VerificationError(error);
  }
  const { prf } = resultsOf(credential);
  if (!prf?.enabled && !prf?.results) throw new PrfMissing();
  const lock: DeviceLock = { kind: 'device', credentialId: new Uint8Array(credential.rawId), salt };
  // Some devices give the result only when the key is used, not when it is made.
  const first = prf.results?.first;
  return { lock, key: first ? await wrappingKey(first) : await keyFromDevice(lock) };
}

/** From a tap. @throws PrfMissing, VerificationError */
export async function keyFromDevice({ credentialId, salt }: DeviceLock): Promise<CryptoKey> {
  let credential: Credential | null;
  try {
    credential = await navigator.credentials.get({
      publicKey: {
        challenge: crypto.getRandomValues(new Uint8Array(32)),
        rpId: location.hostname,
        allowCredentials: [{ type: 'public-key', id: credentialId, transports: ['internal'] }],
        userVerification: 'required',
        extensions: { prf: { eval: { first: salt } } },
      },
    });
  } catch (error) {
    throw new VerificationError(error);
  }
  const first = resultsOf(credential).prf?.results?.first;
  if (!first) throw new PrfMissing();
  return wrappingKey(first);
}

async function wrappingKey(secret: ArrayBuffer): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey']);
  return crypto.subtle.deriveKey(
    {
      name: 'HKDF',
      hash: 'SHA-256',
      salt: new Uint8Array(),
      info: new TextEncoder().encode('countersign app lock'),
    },
    material,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  );
}
