import { createPublicKey, sign, type KeyObject } from 'node:crypto';

/**
 * A certificate of a key by itself (RFC 5280), which is how metadata carries a key (Metadata, section 2.4.1.1). It
 * proves nothing more: service providers pin it.
 */
export interface SelfSigning {
  /** A private RSA key. */
  key: KeyObject;
  /** Shown as the holder and the issuer. */
  commonName: string;
  /** Ms since 1970; whole seconds are kept. */
  validFrom: number;
  validTo: number;
  random: (bytes: number) => Uint8Array;
}

/** DER in base64, without line breaks. */
export function selfSignedCertificate({ key, commonName, validFrom, validTo, random }: SelfSigning): string {
  const sha256WithRsa = sequence(objectId('2a864886f70d01010b'), der(0x05));
  const name = sequence(der(0x31, sequence(objectId('550403'), der(0x0c, Buffer.from(commonName, 'utf8')))));
  // Section 4.1.2.2: positive, and without a leading zero; so the first byte is from 0x40 to 0x7f.
  const serial = Buffer.from(random(16));
  serial[0] = (serial[0]! & 0x3f) | 0x40;
  const notForAuthority = sequence(
    objectId('551d13'),
    der(0x01, Buffer.of(0xff)),
    der(0x04, sequence()), // basicConstraints, critical: cA is FALSE by default
  );
  const content = sequence(
    der(0xa0, der(0x02, Buffer.of(2))), // version 3
    der(0x02, serial),
    sha256WithRsa,
    name,
    sequence(time(validFrom), time(validTo)),
    name,
    createPublicKey(key).export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(notForAuthority)),
  );
  const signature = sign('sha256', content, key);
  return sequence(content, sha256WithRsa, der(0x03, Buffer.of(0), signature)).toString('base64');
}

/** X.690: tag, length, content. */
function der(tag: number, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  if (body.length < 0x80) return Buffer.concat([Buffer.of(tag, body.length), body]);
  const digits = body.length.toString(16);
  const length = Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex');
  return Buffer.concat([Buffer.of(tag, 0x80 | length.length), length, body]);
}

const sequence = (...content: Buffer[]): Buffer => der(0x30, ...content);
const objectId = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));

/** Section 4.1.2.5: UTCTime until 2049, GeneralizedTime after that. */
function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/\.[0-9]+|[-:T]/g, '');
  return new Date(ms).getUTCFullYear() < 2050
    ? der(0x17, Buffer.from(digits.slice(2)))
    : der(0x18, Buffer.from(digits));
}
