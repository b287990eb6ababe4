import assert from 'node:assert/strict';
import { SignedXml } from 'xml-crypto';
import { namespaces } from '../../apps/server/src/saml/names.ts';
import { messageLimits } from '../../apps/server/src/saml/receive/open.ts';
import { readXml, type XmlElement } from '../../apps/server/src/saml/xml/read.ts';
import {
  attributeIn,
  childOf,
  childrenOf,
  textIn,
  trimmedTextIn,
} from '../../apps/server/src/saml/xml/values.ts';
import type { Browser } from './browser.ts';
import * as saml from './saml.ts';

/** A service provider that the tests are: it asks, and takes the answers that a browser brings. */
export interface ServiceProvider {
  readonly entityId: string;
  readonly metadata: string;
  readonly acsUrl: string;
  /** The path and query of a request by redirect, signed where it signs. */
  redirect(request?: Asking): string;
  /** The fields of a request by a form. */
  form(request?: Asking): Record<string, string>;
  logout(request: { nameId: string; sessionIndexes: string[]; id?: string }): string;
  logoutResponse(inResponseTo: string, status?: string): string;
}

export interface Asking extends saml.RequestParts {
  relayState?: string;
}

let made = 0;
let ids = 0;
export const newRequestId = (): string => `_request${ids++}`;

/** `issuer`: our URL. `now`: as the server takes the time to be. */
export function createServiceProvider(
  issuer: string,
  now: () => number,
  {
    signs = false,
    keys = saml.keys,
    slo = true,
    host = `https://sp${made++}.example.com`,
    lasting = 365,
    ...parts
  }: Partial<saml.MetadataParts> & {
    signs?: boolean;
    keys?: saml.Keys;
    slo?: boolean;
    host?: string;
    /** How many days its certificate is valid for. */
    lasting?: number;
  } = {},
): ServiceProvider {
  const { entityId = `${host}/metadata`, ...otherParts } = parts;
  const acsUrl = `${host}/acs`;
  const certificate = saml.certify(keys.privateKey, {
    validFrom: now() - 90 * 86_400_000,
    validTo: now() + lasting * 86_400_000,
  });
  const services =
    (slo ? `<md:SingleLogoutService Binding="${redirectBinding}" Location="${host}/slo"/>` : '') +
    `<md:AssertionConsumerService Binding="${saml.post}" Location="${acsUrl}" index="0" isDefault="true"/>` +
    `<md:AssertionConsumerService Binding="${saml.post}" Location="${acsUrl}/second" index="7"/>`;
  const role = signs ? ' AuthnRequestsSigned="true"' : '';
  const metadata = saml.metadataText({
    entityId,
    certificates: [certificate],
    services,
    role,
    ...otherParts,
  });
  const about = (more: saml.RequestParts, destination: string): saml.RequestParts => ({
    id: newRequestId(),
    issuer: entityId,
    issueInstant: new Date(now()).toISOString(),
    destination: `${issuer}${destination}`,
    ...more,
  });
  const ask = (xml: string, path: string, relayState?: string, by?: saml.Keys) =>
    `${path}?${saml.redirectQuery(xml, by, relayState)}`;
  return {
    entityId,
    metadata,
    acsUrl,
    redirect: ({ relayState, ...more } = {}) =>
      ask(saml.authnRequest(about(more, '/saml/sso')), '/saml/sso', relayState, signs ? keys : undefined),
    form({ relayState, ...more } = {}) {
      const xml = saml.authnRequest(about(more, '/saml/sso'));
      return saml.postForm(signs ? saml.signedBy(keys, xml) : xml, relayState);
    },
    logout({ nameId, sessionIndexes, id = newRequestId() }) {
      const indexes = sessionIndexes
        .map((index) => `<samlp:SessionIndex>${index}</samlp:SessionIndex>`)
        .join('');
      const content = `<saml:NameID>${nameId}</saml:NameID>${indexes}`;
      return ask(saml.logoutRequest({ ...about({ id }, '/saml/slo'), content }), '/saml/slo', 'state', keys);
    },
    logoutResponse(inResponseTo, status = 'Success') {
      const code = `<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:${status}"/>`;
      const xml = saml.logoutResponse({
        ...about({}, '/saml/slo'),
        attributes: ` InResponseTo="${inResponseTo}"`,
        content: `<samlp:Status>${code}</samlp:Status>`,
      });
      return `/saml/slo?${saml.redirectQuery(xml, keys, undefined, saml.rsaSha256, 'SAMLResponse')}`;
    },
  };
}

const redirectBinding = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect';

/** What a page would send on. */
export interface SentForm {
  action: string;
  fields: Record<string, string>;
}

function formIn(html: string): SentForm {
  const text = (value: string) =>
    value.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
  const action = /<form method="post" action="([^"]*)"/.exec(html)?.[1];
  assert.ok(action !== undefined, html);
  const fields = [...html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)];
  return {
    action: text(action),
    fields: Object.fromEntries(fields.map(([, name, value]) => [name!, text(value!)])),
  };
}

export interface Told {
  action: string;
  relayState: string | undefined;
  /** Of the Response: the status codes, without what they all begin with. */
  status: string[];
  inResponseTo: string | undefined;
  /** Undefined where there is none that can be read. */
  assertion: ToldAssertion | undefined;
  xml: string;
}
export interface ToldAssertion {
  nameId: { format: string | undefined; value: string };
  audience: string;
  recipient: string;
  inResponseTo: string | undefined;
  sessionIndex: string;
  classRef: string;
  authnInstant: number;
  sessionNotOnOrAfter: number;
  attributes: Record<string, string[]>;
}

/** Takes a Response apart, whose signature one of our certificates must have made; and that of its assertion, if any. */
export const readResponse = (html: string, certificates: readonly string[]): Told =>
  readForm(formIn(html), certificates);

export function readForm({ action, fields }: SentForm, certificates: readonly string[]): Told {
  const xml = Buffer.from(fields['SAMLResponse']!, 'base64').toString('utf8');
  const root = readXml(signedIn(xml, certificates), messageLimits);
  assert.equal(attributeIn(root, 'Destination'), action);
  const codes: string[] = [];
  for (let at: XmlElement | undefined = childOf(root, namespaces.protocol, 'Status'); at;) {
    at = childOf(at, namespaces.protocol, 'StatusCode');
    if (at) codes.push(attributeIn(at, 'Value')!.replace('urn:oasis:names:tc:SAML:2.0:status:', ''));
  }
  const assertion = childOf(root, namespaces.assertion, 'Assertion');
  return {
    action,
    relayState: fields['RelayState'],
    status: codes,
    inResponseTo: attributeIn(root, 'InResponseTo'),
    assertion: assertion && readAssertion(assertion),
    xml,
  };
}

/** What the first signature of `xml` covers, which one of the certificates must have made. */
function signedIn(xml: string, certificates: readonly string[]): string {
  const signature = /<ds:Signature [^]*?<\/ds:Signature>/.exec(xml)![0];
  for (const certificate of certificates) {
    const verifier = new SignedXml({ publicCert: saml.pemOf(certificate) });
    verifier.loadSignature(signature);
    try {
      if (verifier.checkSignature(xml)) return verifier.getSignedReferences()[0]!;
    } catch {
      // Of another key.
    }
  }
  throw new Error(`signed with none of ${certificates.length} keys: ${xml}`);
}

function readAssertion(assertion: XmlElement): ToldAssertion {
  const one = (from: XmlElement, ...names: string[]): XmlElement =>
    names.reduce((at, name) => childOf(at, namespaces.assertion, name)!, from);
  const nameId = one(assertion, 'Subject', 'NameID');
  const confirmation = one(assertion, 'Subject', 'SubjectConfirmation', 'SubjectConfirmationData');
  const statement = one(assertion, 'AuthnStatement');
  const attributes = childOf(assertion, namespaces.assertion, 'AttributeStatement');
  return {
    nameId: { format: attributeIn(nameId, 'Format'), value: textIn(nameId) },
    audience: textIn(one(assertion, 'Conditions', 'AudienceRestriction', 'Audience')),
    recipient: attributeIn(confirmation, 'Recipient')!,
    inResponseTo: attributeIn(confirmation, 'InResponseTo'),
    sessionIndex: attributeIn(statement, 'SessionIndex')!,
    classRef: trimmedTextIn(one(statement, 'AuthnContext', 'AuthnContextClassRef')),
    authnInstant: Date.parse(attributeIn(statement, 'AuthnInstant')!),
    sessionNotOnOrAfter: Date.parse(attributeIn(statement, 'SessionNotOnOrAfter')!),
    attributes: Object.fromEntries(
      (attributes ? childrenOf(attributes, namespaces.assertion, 'Attribute') : []).map((attribute) => [
        attributeIn(attribute, 'Name')!,
        childrenOf(attribute, namespaces.assertion, 'AttributeValue').map(textIn),
      ]),
    ),
  };
}

/** Those in our metadata, as a service provider reads them. */
export async function certificatesIn(browser: Browser): Promise<string[]> {
  const { status, body } = await browser.get('/saml/metadata');
  assert.equal(status, 200);
  return [...String(body).matchAll(/<ds:X509Certificate>([^<]*)</g)].map((found) => found[1]!);
}
