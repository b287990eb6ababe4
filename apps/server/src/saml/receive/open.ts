import { inflateRawSync } from 'node:zlib';
import { namespaces } from '../names.ts';
import { SamlRefusal, quoted } from '../refusal.ts';
import { readXml, type XmlElement, type XmlLimits } from '../xml/read.ts';
import {
  attributeIn,
  base64Bytes,
  childOf,
  everyElementOf,
  isElement,
  trimmedTextIn,
  utf8Of,
} from '../xml/values.ts';

/**
 * The first half of receiving: what came by the POST or the Redirect binding, decoded and read, and believed in
 * nothing. The claimed issuer says whose registered metadata the second half verifies it with.
 */
export interface OpenedMessage {
  kind: MessageKind;
  /** Only to look up the registered service provider. */
  claimedIssuer: string;
  binding: 'post' | 'redirect';
  /** Goes back as it came; never an address to go to. */
  relayState: string | undefined;
  /** For the second half only. */
  unverified: Unverified;
}

export interface Unverified {
  xml: string;
  root: XmlElement;
  /** Of the Redirect binding. */
  querySignature: QuerySignature | undefined;
}

export interface QuerySignature {
  /** The octets that were signed, as they came. */
  signed: string;
  algorithm: string;
  signature: Buffer;
}

export type MessageKind = 'AuthnRequest' | 'LogoutRequest' | 'LogoutResponse';

const kinds: Record<Parameter, readonly MessageKind[]> = {
  SAMLRequest: ['AuthnRequest', 'LogoutRequest'],
  SAMLResponse: ['LogoutResponse'],
};
type Parameter = 'SAMLRequest' | 'SAMLResponse';

/** A signed request with a certificate has some 5,000 bytes. */
const mostBytes = 64 * 1024;
const mostBase64 = Math.ceil(mostBytes / 3) * 4 + 4096; // with line breaks
export const messageLimits: XmlLimits = {
  characters: mostBytes,
  depth: 24,
  elements: 500,
  attributes: 40,
  comments: 'refused',
};
/** Bindings, section 3.4.3, says 80 bytes; service providers put whole addresses there. */
const mostRelayState = 1024;

/**
 * A form of the POST binding (Bindings, section 3.5): its fields, each as often as it came.
 * @throws SamlRefusal with a reason of the first two groups, or `kind`, `value`.
 */
export function openPost(
  form: Readonly<Record<string, string | readonly string[] | undefined>>,
): OpenedMessage {
  const field = (name: string): string | undefined => {
    const value = form[name];
    if (value === undefined || typeof value === 'string') return value;
    throw new SamlRefusal('parameter_repeated', `The form has the field ${name} ${value.length} times.`);
  };
  const { parameter, value } = theMessage(field);
  return openMessage('post', parameter, utf8Of(decodeBase64(value, parameter)), field('RelayState'));
}

/**
 * The query of a Redirect (Bindings, section 3.4), raw as the browser sent it, without `?`.
 * @throws SamlRefusal with a reason of the first two groups, or `kind`, `value`, `signature_form`.
 */
export function openRedirect(rawQuery: string): OpenedMessage {
  const raw = readQuery(rawQuery);
  const field = (name: string): string | undefined => {
    const value = raw.get(name);
    return value === undefined ? undefined : decodeParameter(name, value);
  };
  const { parameter, value } = theMessage(field);
  const encoding = field('SAMLEncoding');
  if (encoding !== undefined && encoding !== 'urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE')
    throw new SamlRefusal('encoding', `SAMLEncoding is ${quoted(encoding)}; only DEFLATE is known.`);
  const xml = utf8Of(inflate(decodeBase64(value, parameter), parameter));
  const opened = openMessage('redirect', parameter, xml, field('RelayState'));
  return {
    ...opened,
    unverified: { ...opened.unverified, querySignature: querySignatureOf(raw, parameter, field) },
  };
}

/** Section 3.4.4.1: message, RelayState, SigAlg, in this order, whatever the order in the query; each as it was encoded. */
function querySignatureOf(
  raw: ReadonlyMap<string, string>,
  parameter: Parameter,
  field: (name: string) => string | undefined,
): QuerySignature | undefined {
  const [algorithm, signature] = [field('SigAlg'), field('Signature')];
  if (algorithm === undefined && signature === undefined) return undefined;
  const bytes = signature === undefined ? undefined : base64Bytes(signature);
  if (algorithm === undefined || !bytes)
    throw new SamlRefusal(
      'signature_form',
      'Of SigAlg and Signature there must be both or none, and Signature must be base64.',
    );
  const signed = [parameter, 'RelayState', 'SigAlg']
    .filter((name) => raw.has(name))
    .map((name) => `${name}=${raw.get(name)}`)
    .join('&');
  return { signed, algorithm, signature: bytes };
}

/** Names to values, both as they came. Two ways to read a query are one too many: what has two is refused. */
function readQuery(rawQuery: string): Map<string, string> {
  if (rawQuery.length > mostBase64 * 2)
    throw new SamlRefusal(
      'too_large',
      `The query has ${rawQuery.length} characters; at most ${mostBase64 * 2} are read.`,
    );
  const raw = new Map<string, string>();
  for (const pair of rawQuery.split('&')) {
    if (pair === '') continue;
    const cut = pair.indexOf('=');
    const [name, value] = cut === -1 ? [pair, ''] : [pair.slice(0, cut), pair.slice(cut + 1)];
    if (!/^[A-Za-z0-9_.~-]+$/.test(name))
      throw new SamlRefusal(
        'parameter_encoded',
        `The query has a parameter named ${quoted(name)}; names must be plain letters.`,
      );
    if (raw.has(name))
      throw new SamlRefusal('parameter_repeated', `The query has the parameter ${name} twice.`);
    raw.set(name, value);
  }
  return raw;
}

function decodeParameter(name: string, value: string): string {
  try {
    return decodeURIComponent(value.replaceAll('+', '%20'));
  } catch {
    throw new SamlRefusal('encoding', `The parameter ${name} is not percent-encoded UTF-8.`);
  }
}

function theMessage(field: (name: string) => string | undefined): { parameter: Parameter; value: string } {
  const [request, response] = [field('SAMLRequest'), field('SAMLResponse')];
  if (request !== undefined && response !== undefined)
    throw new SamlRefusal(
      'parameter_repeated',
      'There are both SAMLRequest and SAMLResponse; one may be there.',
    );
  if (request !== undefined) return { parameter: 'SAMLRequest', value: request };
  if (response !== undefined) return { parameter: 'SAMLResponse', value: response };
  throw new SamlRefusal('parameter_missing', 'There is neither SAMLRequest nor SAMLResponse.');
}

function decodeBase64(text: string, parameter: Parameter): Buffer {
  if (text.length > mostBase64)
    throw new SamlRefusal(
      'too_large',
      `${parameter} has ${text.length} characters; at most ${mostBase64} are read.`,
    );
  const bytes = base64Bytes(text);
  if (!bytes) throw new SamlRefusal('encoding', `${parameter} is not base64.`);
  return bytes;
}

function inflate(bytes: Buffer, parameter: Parameter): Buffer {
  try {
    return inflateRawSync(bytes, { maxOutputLength: mostBytes });
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE')
      throw new SamlRefusal(
        'too_large',
        `${parameter} inflates to more than the ${mostBytes} bytes that are read.`,
      );
    throw new SamlRefusal('encoding', `${parameter} is not compressed with DEFLATE.`);
  }
}

function openMessage(
  binding: 'post' | 'redirect',
  parameter: Parameter,
  xml: string,
  relayState: string | undefined,
): OpenedMessage {
  if (relayState !== undefined && relayState.length > mostRelayState)
    throw new SamlRefusal(
      'relay_state_too_long',
      `RelayState has ${relayState.length} characters; at most ${mostRelayState} are kept.`,
    );
  const root = readXml(xml, messageLimits);
  const kind = kinds[parameter].find((name) => isElement(root, namespaces.protocol, name));
  if (!kind)
    throw new SamlRefusal(
      'kind',
      `${parameter} holds ${quoted(root.name)} of ${quoted(root.namespace)}; ${kinds[parameter].join(' or ')} of ${namespaces.protocol} was expected.`,
    );
  demandUniqueIds(root);
  return {
    kind,
    claimedIssuer: issuerOf(root),
    binding,
    relayState,
    unverified: { xml, root, querySignature: undefined },
  };
}

/** Under whatever name a reader may look for them. @throws SamlRefusal `duplicate_id`. */
function demandUniqueIds(root: XmlElement): void {
  const seen = new Set<string>();
  for (const element of everyElementOf(root)) {
    for (const { name, value } of element.attributes) {
      if (name.toLowerCase() !== 'id') continue;
      if (seen.has(value)) throw new SamlRefusal('duplicate_id', `The id ${quoted(value)} is there twice.`);
      seen.add(value);
    }
  }
}

/** Profiles, section 4.1.4.1: it must be there, and name an entity. @throws SamlRefusal `issuer`, `value`. */
export function issuerOf(root: XmlElement): string {
  const issuer = childOf(root, namespaces.assertion, 'Issuer');
  const format = issuer && attributeIn(issuer, 'Format');
  if (!issuer || (format !== undefined && format !== 'urn:oasis:names:tc:SAML:2.0:nameid-format:entity'))
    throw new SamlRefusal('issuer', `${root.name} has no Issuer that names an entity.`);
  return trimmedTextIn(issuer);
}
