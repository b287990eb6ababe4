import { X509Certificate, type KeyObject } from 'node:crypto';
import { SamlRefusal, quoted } from '../refusal.ts';
import { base64Bytes } from '../xml/values.ts';

/** A certificate in metadata is a key with a time of validity and no more: nobody's authority stands behind it. */
export interface Certificate {
  /** DER in base64, without line breaks. */
  text: string;
  key: KeyObject;
  subject: string;
  /** Ms since 1970, both included. */
  validFrom: number;
  validTo: number;
  /** SHA-256 of the DER, as openssl writes it: what an administrator compares. */
  fingerprint: string;
}

const leastRsaBits = 2048;
const curves = ['prime256v1', 'secp384r1', 'secp521r1'];

/** From base64, with or without line breaks. @throws SamlRefusal `certificate_unreadable`, `key_unsuitable`. */
export function readCertificate(text: string): Certificate {
  const der = base64Bytes(text);
  let read: X509Certificate;
  let key: KeyObject;
  try {
    read = new X509Certificate(der!);
    key = read.publicKey;
    // Times may be malformed in what is well-formed otherwise.
    if (Number.isNaN(timeOf(read.validFrom) + timeOf(read.validTo))) throw new RangeError();
  } catch {
    throw new SamlRefusal(
      'certificate_unreadable',
      `An X509Certificate that begins with ${quoted(text.trim().slice(0, 24))} is no certificate in base64.`,
    );
  }
  demandSuitable(key);
  return {
    // What was read, which may be less than what was given.
    text: read.raw.toString('base64'),
    key,
    subject: read.subject.replaceAll('\n', ', '),
    validFrom: timeOf(read.validFrom),
    validTo: timeOf(read.validTo),
    fingerprint: read.fingerprint256,
  };
}

/** Not by `validFromDate`, which for a malformed time is any date at all in Node 24; the text is "Bad time value" then. */
const timeOf = (text: string): number => Date.parse(text);

/** @throws SamlRefusal `key_unsuitable`. */
function demandSuitable({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): void {
  if (type === 'rsa' && (details?.modulusLength ?? 0) >= leastRsaBits) return;
  if (type === 'ec' && curves.includes(details?.namedCurve ?? '')) return;
  const size = details?.modulusLength ?? details?.namedCurve;
  throw new SamlRefusal(
    'key_unsuitable',
    `A certificate has a key of type ${type}${size === undefined ? '' : ` (${size})`}; RSA of at least ${leastRsaBits} bits or an EC key on P-256, P-384 or P-521 was expected.`,
  );
}

const isValidAt = ({ validFrom, validTo }: Certificate, now: number): boolean =>
  validFrom <= now && now <= validTo;

/** Those that count now. @throws SamlRefusal `certificate_expired` where there are some and none counts. */
export function validOf(certificates: readonly Certificate[], now: number): Certificate[] {
  const valid = certificates.filter((certificate) => isValidAt(certificate, now));
  const [first] = certificates;
  if (first && valid.length === 0)
    throw new SamlRefusal(
      'certificate_expired',
      `No certificate is valid now; that of ${quoted(first.subject)} is from ${dayOf(first.validFrom)} to ${dayOf(first.validTo)}.`,
    );
  return valid;
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
