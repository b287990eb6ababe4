import { hash, sign, type KeyObject } from 'node:crypto';
import { algorithms, namespaces } from '../names.ts';

/**
 * Signatures over texts that are written canonical in the first place (Exclusive XML Canonicalization 1.0), so that
 * each costs one digest and one RSA operation, and no parser.
 */
export interface Signer {
  /** A private RSA key: not PEM, whose parsing costs twice the signature. */
  key: KeyObject;
  /** Its certificate, DER in base64 without line breaks. */
  certificate: string;
}

/** Canonical text in two halves; between them, right after Issuer, is the place of the signature (Core, section 5.4). */
export interface Unsigned {
  id: string;
  head: string;
  tail: string;
}

export const withoutSignature = ({ head, tail }: Unsigned): string => head + tail;

export function signed({ id, head, tail }: Unsigned, { key, certificate }: Signer): string {
  // Taken out by the enveloped-signature transform: what is digested is the text without the signature.
  const digest = hash('sha256', head + tail, 'base64');
  const content =
    `<ds:CanonicalizationMethod Algorithm="${algorithms.exclusiveC14n}"></ds:CanonicalizationMethod>` +
    `<ds:SignatureMethod Algorithm="${algorithms.rsaSha256}"></ds:SignatureMethod>` +
    `<ds:Reference URI="#${id}"><ds:Transforms>` +
    `<ds:Transform Algorithm="${algorithms.envelopedSignature}"></ds:Transform>` +
    `<ds:Transform Algorithm="${algorithms.exclusiveC14n}"></ds:Transform></ds:Transforms>` +
    `<ds:DigestMethod Algorithm="${algorithms.sha256}"></ds:DigestMethod>` +
    `<ds:DigestValue>${digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>`;
  // By itself SignedInfo declares its prefix; within Signature, which declares it, it may not: that would not be
  // canonical, and an outer signature over it would not verify.
  const signature = signBytes(`<ds:SignedInfo xmlns:ds="${namespaces.signature}">${content}`, key);
  return (
    `${head}<ds:Signature xmlns:ds="${namespaces.signature}"><ds:SignedInfo>${content}` +
    `<ds:SignatureValue>${signature}</ds:SignatureValue><ds:KeyInfo><ds:X509Data>` +
    `<ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>${tail}`
  );
}

/** RSA-SHA256 in base64. */
export const signBytes = (text: string, key: KeyObject): string =>
  sign('sha256', Buffer.from(text), key).toString('base64');
