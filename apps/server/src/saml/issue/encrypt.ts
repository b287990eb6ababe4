import { constants, createCipheriv, publicEncrypt, type KeyObject } from 'node:crypto';
import { SamlRefusal } from '../refusal.ts';
import { algorithms, namespaces } from '../names.ts';

/** XML Encryption of one element: its text under a fresh key, that key under the service provider's. */

const contentEncryptions = {
  'aes256-gcm': { uri: 'http://www.w3.org/2009/xmlenc11#aes256-gcm', keyBytes: 32 },
  'aes128-gcm': { uri: 'http://www.w3.org/2009/xmlenc11#aes128-gcm', keyBytes: 16 },
  // Not authenticated: only for a service provider that can do nothing else.
  'aes256-cbc': { uri: 'http://www.w3.org/2001/04/xmlenc#aes256-cbc', keyBytes: 32 },
  'aes128-cbc': { uri: 'http://www.w3.org/2001/04/xmlenc#aes128-cbc', keyBytes: 16 },
} as const;

export type ContentEncryption = keyof typeof contentEncryptions;

export interface Encryption {
  /** The service provider's: a public RSA key. */
  key: KeyObject;
  /** AES-256-GCM where it is not given. */
  algorithm?: ContentEncryption;
}

const keyTransport = 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p';

/** EncryptedAssertion, as canonical text (Core, section 2.3.4). @throws SamlRefusal `key_unsuitable`. */
export function encryptedAssertion(
  assertion: string,
  { key, algorithm = 'aes256-gcm' }: Encryption,
  random: (bytes: number) => Uint8Array,
): string {
  if (key.asymmetricKeyType !== 'rsa')
    throw new SamlRefusal(
      'key_unsuitable',
      `The service provider's key for encryption is of type ${key.asymmetricKeyType}; RSA was expected.`,
    );
  const { uri, keyBytes } = contentEncryptions[algorithm];
  const contentKey = random(keyBytes);
  const content = encrypt(assertion, algorithm, contentKey, random).toString('base64');
  // Both hashes of OAEP are SHA-1 by the name of this algorithm, where no weakness of SHA-1 counts.
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  const wrapped = publicEncrypt({ key, padding, oaepHash: 'sha1' }, contentKey).toString('base64');
  return (
    `<saml:EncryptedAssertion xmlns:saml="${namespaces.assertion}">` +
    `<xenc:EncryptedData xmlns:xenc="${namespaces.encryption}" Type="${namespaces.encryption}Element">` +
    `<xenc:EncryptionMethod Algorithm="${uri}"></xenc:EncryptionMethod>` +
    `<ds:KeyInfo xmlns:ds="${namespaces.signature}"><xenc:EncryptedKey>` +
    `<xenc:EncryptionMethod Algorithm="${keyTransport}">` +
    `<ds:DigestMethod Algorithm="${algorithms.sha1}"></ds:DigestMethod></xenc:EncryptionMethod>` +
    `<xenc:CipherData><xenc:CipherValue>${wrapped}</xenc:CipherValue></xenc:CipherData>` +
    `</xenc:EncryptedKey></ds:KeyInfo>` +
    `<xenc:CipherData><xenc:CipherValue>${content}</xenc:CipherValue></xenc:CipherData>` +
    `</xenc:EncryptedData></saml:EncryptedAssertion>`
  );
}

function encrypt(
  text: string,
  algorithm: ContentEncryption,
  key: Uint8Array,
  random: (bytes: number) => Uint8Array,
): Buffer {
  const bits = key.length * 8;
  if (algorithm.endsWith('gcm')) {
    // XML Encryption 1.1, section 5.2.4: a nonce of 96 bits in front, a tag of 128 bits behind.
    const nonce = random(12);
    const cipher = createCipheriv(bits === 256 ? 'aes-256-gcm' : 'aes-128-gcm', key, nonce);
    return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  }
  // Section 5.2: only the last byte of the padding has a meaning, so that of PKCS #7 is one of those allowed.
  const vector = random(16);
  const cipher = createCipheriv(`aes-${bits}-cbc`, key, vector);
  return Buffer.concat([vector, cipher.update(text, 'utf8'), cipher.final()]);
}
