/** AES-256-GCM (NIST SP 800-38D) with a tag of 128 bits at the end of the ciphertext. */

export type AesKey = CryptoKey;

/** A key of 32 bytes. */
export const importAesKey = async (bytes: Uint8Array<ArrayBuffer>): Promise<AesKey> =>
  crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);

export const encrypt = async (
  key: AesKey,
  iv: Uint8Array<ArrayBuffer>,
  plaintext: Uint8Array<ArrayBuffer>,
  additionalData: Uint8Array<ArrayBuffer> = new Uint8Array(),
): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData }, key, plaintext));

/** Undefined where the key is another one, or anything was changed. `iv` has 12 bytes in every format that we read. */
export async function decrypt(
  key: AesKey,
  iv: Uint8Array<ArrayBuffer>,
  ciphertext: Uint8Array<ArrayBuffer>,
  additionalData: Uint8Array<ArrayBuffer> = new Uint8Array(),
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (iv.length !== 12) return undefined;
  try {
    const plaintext = await crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData }, key, ciphertext);
    return new Uint8Array(plaintext);
  } catch {
    return undefined;
  }
}
