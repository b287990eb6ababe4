/** A service provider of the tests: its keys, its metadata, its requests, signed by another implementation than ours. */
import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { SignedXml } from 'xml-crypto';
import { selfSignedCertificate } from '../../apps/server/src/saml/certificates/self-signed.ts';
import { readServiceProvider } from '../../apps/server/src/saml/metadata/service-provider.ts';
import type { Circumstances, RegisteredServiceProvider } from '../../apps/server/src/saml/receive/admit.ts';

export const now = Date.UTC(2026, 2, 1, 12);
export const entityId = 'https://sp.example.com/metadata';
export const acsUrl = 'https://sp.example.com/acs';
export const ssoUrl = 'https://id.example.com/saml/sso';
export const sloUrl = 'https://id.example.com/saml/slo';

export interface Keys {
  privateKey: KeyObject;
  publicKey: KeyObject;
  /** DER in base64. */
  certificate: string;
}

const year = 365 * 24 * 60 * 60_000; // ms

export function createKeys(validity: { validFrom?: number; validTo?: number } = {}): Keys {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...pair, certificate: certify(pair.privateKey, validity) };
}

export const certify = (key: KeyObject, { validFrom = now - year, validTo = now + year } = {}): string =>
  selfSignedCertificate({ key, commonName: 'test', validFrom, validTo, random: randomBytes });

export const pemOf = (certificate: string): string =>
  `-----BEGIN CERTIFICATE-----\n${certificate.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;

const keyDescriptor = (certificate: string, use = '') =>
  `<md:KeyDescriptor${use}><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>
    ${certificate.replace(/.{64}/g, '$&\n')}
  </ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`;

export interface MetadataParts {
  certificates?: readonly string[];
  /** Attributes of the role. */
  role?: string;
  /** Attributes of the entity. */
  entity?: string;
  services?: string;
  before?: string;
  after?: string;
}

export const post = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';
export const usualServices = `
  <md:SingleLogoutService Binding="${post}" Location="https://sp.example.com/slo" ResponseLocation="https://sp.example.com/slo/done"/>
  <md:AssertionConsumerService Binding="${post}" Location="${acsUrl}" index="0" isDefault="true"/>
  <md:AssertionConsumerService Binding="${post}" Location="${acsUrl}/second" index="7"/>
  <md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact" Location="${acsUrl}/artifact" index="2"/>`;

export const metadataText = ({
  certificates = [],
  role = '',
  entity = '',
  services = usualServices,
  before = '',
  after = '',
}: MetadataParts = {}): string =>
  `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityId}"${entity}>${before}` +
  `<md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"${role}>` +
  `${certificates.map((each) => keyDescriptor(each)).join('')}${services}</md:SPSSODescriptor>${after}</md:EntityDescriptor>`;

export const registered = (
  keys: Keys | undefined,
  more: Partial<RegisteredServiceProvider> = {},
): RegisteredServiceProvider => ({
  ...readServiceProvider(metadataText({ certificates: keys ? [keys.certificate] : [] }), now),
  ...more,
});

/** Circumstances in which a message is good, with a memory of their own. */
export function circumstances(more: Partial<Circumstances> = {}): Circumstances {
  const taken = new Set<string>();
  return {
    now,
    destination: ssoUrl,
    takeOnce: (key) => {
      const isFirst = !taken.has(key);
      taken.add(key);
      return Promise.resolve(isFirst);
    },
    ...more,
  };
}

export interface RequestParts {
  id?: string;
  issuer?: string;
  destination?: string;
  issueInstant?: string;
  /** Further attributes, each with a space in front. */
  attributes?: string;
  content?: string;
  version?: string;
}

const protocol =
  'xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"';

const message = (
  name: string,
  {
    id = '_request',
    issuer = entityId,
    destination,
    issueInstant,
    attributes,
    content,
    version,
  }: RequestParts,
): string =>
  `<samlp:${name} ${protocol} ID="${id}" Version="${version ?? '2.0'}"` +
  ` IssueInstant="${issueInstant ?? new Date(now).toISOString()}" Destination="${destination ?? ssoUrl}"${attributes ?? ''}>` +
  `<saml:Issuer>${issuer}</saml:Issuer>${content ?? ''}</samlp:${name}>`;

export const authnRequest = (parts: RequestParts = {}): string => message('AuthnRequest', parts);

export const logoutRequest = (parts: RequestParts = {}): string =>
  message('LogoutRequest', {
    destination: sloUrl,
    content: '<saml:NameID>ada</saml:NameID><samlp:SessionIndex>one</samlp:SessionIndex>',
    ...parts,
  });

export const logoutResponse = (parts: RequestParts = {}): string =>
  message('LogoutResponse', {
    destination: sloUrl,
    attributes: ' InResponseTo="_ours"',
    content:
      '<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>',
    ...parts,
  });

export interface SignatureParts {
  signatureAlgorithm?: string;
  digestAlgorithm?: string;
  transforms?: string[];
  /** Of KeyInfo, where another than the signer's is to be shown. */
  shown?: string;
  references?: string[];
}

export const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#';
export const enveloped = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';
export const rsaSha256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';

/** With xml-crypto, right after Issuer. */
export function signedBy(keys: Keys, xml: string, parts: SignatureParts = {}): string {
  const signer = new SignedXml({
    privateKey: keys.privateKey,
    publicCert: pemOf(parts.shown ?? keys.certificate),
    signatureAlgorithm: parts.signatureAlgorithm ?? rsaSha256,
    canonicalizationAlgorithm: exclusive,
  });
  for (const reference of parts.references ?? ['/*']) {
    signer.addReference({
      xpath: reference,
      digestAlgorithm: parts.digestAlgorithm ?? 'http://www.w3.org/2001/04/xmlenc#sha256',
      transforms: parts.transforms ?? [enveloped, exclusive],
    });
  }
  signer.computeSignature(xml, {
    prefix: 'ds',
    location: { reference: "/*/*[local-name()='Issuer']", action: 'after' },
  });
  return signer.getSignedXml();
}

export const base64 = (text: string): string => Buffer.from(text).toString('base64');

export const postForm = (xml: string, relayState?: string): Record<string, string> => ({
  SAMLRequest: base64(xml),
  ...(relayState === undefined ? {} : { RelayState: relayState }),
});

export const deflated = (xml: string): string => encodeURIComponent(deflateRawSync(xml).toString('base64'));

/** A query; signed where keys are given. */
export function redirectQuery(xml: string, keys?: Keys, relayState?: string, algorithm = rsaSha256): string {
  const query = [
    `SAMLRequest=${deflated(xml)}`,
    ...(relayState === undefined ? [] : [`RelayState=${encodeURIComponent(relayState)}`]),
    ...(keys ? [`SigAlg=${encodeURIComponent(algorithm)}`] : []),
  ].join('&');
  if (!keys) return query;
  const hash = algorithm.endsWith('sha1') ? 'sha1' : 'sha256';
  const signature = sign(hash, Buffer.from(query), keys.privateKey).toString('base64');
  return `${query}&Signature=${encodeURIComponent(signature)}`;
}

/** The same bytes each time, without end. */
export function steadyRandom(seed: string): (bytes: number) => Uint8Array {
  let calls = 0;
  return (bytes) => {
    calls += 1;
    return createHash('shake256', { outputLength: bytes }).update(`${seed} ${calls}`).digest();
  };
}
