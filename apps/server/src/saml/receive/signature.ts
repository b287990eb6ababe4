import { hash, type KeyObject } from 'node:crypto';
import type * as xmldom from '@xmldom/xmldom';
import { createRequire } from 'node:module';
import type * as xmlCrypto from 'xml-crypto';
import { algorithms, namespaces } from '../names.ts';
import { SamlRefusal, quoted } from '../refusal.ts';
import { readXml, type XmlElement } from '../xml/read.ts';
import {
  attributeIn,
  base64Bytes,
  elementsIn,
  everyElementOf,
  isElement,
  trimmedTextIn,
} from '../xml/values.ts';
import { digestAlgorithms, isSignedByOneOf, signatureAlgorithmNames } from './algorithms.ts';
import { messageLimits } from './open.ts';

/**
 * The enveloped signature of a message of the POST binding. Its form is checked here, before any cryptography, and only
 * the one form that SAML allows is taken (Core, section 5.4): so nothing is left to wrap. Then xml-crypto verifies, and
 * what it digested is read again: values come from there and from nowhere else.
 */
export interface Verification {
  /** Of the registered metadata: a KeyInfo in the message is for nobody. */
  keys: readonly KeyObject[];
  /** Digests of SHA-1, for a service provider that can make no others. */
  allowSha1Digests: boolean;
}

/** Loaded with the first signed form that comes: whoever has no such application has nothing of them in memory. */
const load = createRequire(import.meta.url);
const library = () => load('xml-crypto') as typeof xmlCrypto;
const parser = () => load('@xmldom/xmldom') as typeof xmldom;

/** Whether there is a signature anywhere. */
export const hasSignature = (root: XmlElement): boolean => signaturesIn(root).length > 0;

const signaturesIn = (root: XmlElement): XmlElement[] =>
  [...everyElementOf(root)].filter((element) => isElement(element, namespaces.signature, 'Signature'));

/**
 * The root element as it was signed, without the signature.
 * @throws SamlRefusal with a reason of the group `signature_…`.
 */
export function verifyEnveloped(xml: string, root: XmlElement, verification: Verification): XmlElement {
  const signature = theSignature(root);
  const form = readForm(signature, root, verification);
  const text = signedText(xml, form, verification);
  const signed = readXml(text, messageLimits);
  if (!isElement(signed, root.namespace, root.name) || attributeIn(signed, 'ID') !== form.id)
    throw new SamlRefusal('signature_reference', 'What was signed is not the message.');
  return signed;
}

/** The only one, right after Issuer, a child of the root. */
function theSignature(root: XmlElement): XmlElement {
  const found = signaturesIn(root);
  if (found.length === 0) throw new SamlRefusal('signature_missing', `${root.name} is not signed.`);
  if (found.length > 1)
    throw new SamlRefusal(
      'signature_several',
      `${root.name} has ${found.length} signatures; one may be there.`,
    );
  const [first, second] = elementsIn(root);
  if (!first || !isElement(first, namespaces.assertion, 'Issuer') || second !== found[0])
    throw new SamlRefusal(
      'signature_misplaced',
      `The signature is not right after the Issuer of ${root.name}.`,
    );
  return second!;
}

interface Form {
  id: string;
  signatureAlgorithm: string;
  signatureValue: Buffer;
}

function readForm(signature: XmlElement, root: XmlElement, { allowSha1Digests }: Verification): Form {
  const [info, value, keyInfo] = elementsIn(signature);
  if (elementsIn(signature).length > 3 || (keyInfo && !isDs(keyInfo, 'KeyInfo')))
    refuseForm('beside SignedInfo, SignatureValue and KeyInfo nothing may be in a signature');
  const [method, algorithm, reference, ...more] = elementsIn(demand(info, 'SignedInfo'));
  const canonicalization = attributeIn(
    demandPrefixesOnly(demand(method, 'CanonicalizationMethod')),
    'Algorithm',
  );
  if (canonicalization !== algorithms.exclusiveC14n)
    throw new SamlRefusal(
      'signature_transform',
      `SignedInfo is canonicalized by ${quoted(canonicalization ?? '')}; ${algorithms.exclusiveC14n} was expected.`,
    );
  const signatureAlgorithm =
    attributeIn(demandEmpty(demand(algorithm, 'SignatureMethod')), 'Algorithm') ?? '';
  demandAlgorithm(signatureAlgorithm, signatureAlgorithmNames);
  if (more.length > 0)
    throw new SamlRefusal('signature_reference', 'SignedInfo has more than one Reference.');
  const id = attributeIn(root, 'ID') ?? '';
  demandReference(demand(reference, 'Reference'), id, allowSha1Digests);
  const signatureValue = base64Bytes(trimmedTextIn(demand(value, 'SignatureValue')));
  return {
    id,
    signatureAlgorithm,
    signatureValue: signatureValue ?? refuseForm('SignatureValue is not base64'),
  };
}

function demandReference(reference: XmlElement, id: string, allowSha1Digests: boolean): void {
  const uri = attributeIn(reference, 'URI');
  if (!/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(id) || uri !== `#${id}`)
    throw new SamlRefusal(
      'signature_reference',
      `The signature is over ${quoted(uri ?? '')}; the message itself, ${quoted(`#${id}`)}, was expected.`,
    );
  const [transforms, method, value, ...more] = elementsIn(reference);
  if (more.length > 0) refuseForm('Reference has more than Transforms, DigestMethod and DigestValue');
  demandTransforms(demand(transforms, 'Transforms'));
  const digestAlgorithm = attributeIn(demandEmpty(demand(method, 'DigestMethod')), 'Algorithm') ?? '';
  demandAlgorithm(digestAlgorithm, [
    ...digestAlgorithms.keys(),
    ...(allowSha1Digests ? [algorithms.sha1] : []),
  ]);
  if (!base64Bytes(trimmedTextIn(demand(value, 'DigestValue')))) refuseForm('DigestValue is not base64');
}

/** Core, section 5.4.4: the signature is taken out, then exclusive canonicalization; nothing else, in this order. */
function demandTransforms(transforms: XmlElement): void {
  const names = elementsIn(transforms).map(
    (each) => attributeIn(demandPrefixesOnly(demand(each, 'Transform')), 'Algorithm') ?? '',
  );
  const expected: string[] = [algorithms.envelopedSignature, algorithms.exclusiveC14n];
  if (names.length !== 2 || names.some((name, index) => name !== expected[index]))
    throw new SamlRefusal(
      'signature_transform',
      `The transforms are ${quoted(names.join(', '))}; ${expected.join(', ')} was expected.`,
    );
}

function demandAlgorithm(algorithm: string, known: readonly string[]): void {
  if (!known.includes(algorithm))
    throw new SamlRefusal(
      'signature_algorithm',
      `The signature uses ${quoted(algorithm)}; one of ${known.join(', ')} was expected.`,
    );
}

const isDs = (element: XmlElement, name: string): boolean => isElement(element, namespaces.signature, name);

const demand = (element: XmlElement | undefined, name: string): XmlElement =>
  element && isDs(element, name) ? element : refuseForm(`${name} is not at its place`);

const demandEmpty = (element: XmlElement): XmlElement =>
  elementsIn(element).length === 0 ? element : refuseForm(`${element.name} has parameters`);

/**
 * Exclusive canonicalization may list prefixes to keep, a few: each is looked for at each element, before the signature
 * is. No other parameter of an algorithm is known.
 */
const demandPrefixesOnly = (element: XmlElement): XmlElement =>
  elementsIn(element).every(
    (child) =>
      isElement(child, algorithms.exclusiveC14n, 'InclusiveNamespaces') &&
      (attributeIn(child, 'PrefixList') ?? '').length <= mostPrefixes,
  )
    ? element
    : refuseForm(`${element.name} has parameters`);

/** Characters of the list. */
const mostPrefixes = 256;

function refuseForm(what: string): never {
  throw new SamlRefusal('signature_form', `The signature is malformed: ${what}.`);
}

/** The canonical text that was digested. @throws SamlRefusal `signature_wrong`. */
function signedText(xml: string, form: Form, { keys, allowSha1Digests }: Verification): string {
  const signed = new (library().SignedXml)({ publicCert: keys[0], getCertFromKeyInfo: () => null });
  signed.idAttributes = ['ID'];
  const digests = new Map([
    ...digestAlgorithms,
    ...(allowSha1Digests ? [[algorithms.sha1, 'sha1'] as const] : []),
  ]);
  signed.HashAlgorithms = Object.fromEntries(
    [...digests].map(([name, hashName]) => [name, digester(name, hashName)]),
  );
  signed.SignatureAlgorithms = { [form.signatureAlgorithm]: verifier(form, keys) };
  let references: string[] = [];
  try {
    const document = new (parser().DOMParser)({
      errorHandler: (_level: string, message: string) => {
        throw new Error(message);
      },
    }).parseFromString(xml, 'text/xml');
    signed.loadSignature(document.getElementsByTagNameNS(namespaces.signature, 'Signature')[0]!);
    if (signed.checkSignature(xml)) references = signed.getSignedReferences();
  } catch {
    // It throws for a wrong signature, and returns false for a wrong digest.
  }
  const [text, ...more] = references;
  if (text === undefined || more.length > 0)
    throw new SamlRefusal(
      'signature_wrong',
      'The signature does not verify with any key of the registered metadata, or the message was changed after it was signed.',
    );
  return text;
}

const digester = (name: string, hashName: string) =>
  class {
    getAlgorithmName = () => name;
    getHash = (text: string) => hash(hashName, text, 'base64');
  };

/** Tries all keys at once, so that a message is parsed once. */
const verifier = ({ signatureAlgorithm, signatureValue }: Form, keys: readonly KeyObject[]) =>
  class {
    getAlgorithmName = () => signatureAlgorithm;
    verifySignature = (text: string) => isSignedByOneOf(keys, signatureAlgorithm, text, signatureValue);
    getSignature = (): string => {
      throw new Error('only for verifying');
    };
  };
