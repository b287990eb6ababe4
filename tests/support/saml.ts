/** A service provider of the tests: its keys, its metadata, its requests, signed by another implementation than ours. */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  type KeyObject,
} from 'node:crypto';
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

/** RFC 7515 appendix A.2: printed, private half and all, so that what is signed is the same in each run. */
const printedKey = {
  kty: 'RSA',
  n: 'ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ',
  e: 'AQAB',
  d: 'Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgvfTeXZx9SE-7YwVol2NXOoAJe46sui395IW_GO-pWJ1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M_V51gfpRLI9JYanrC4D4qAdGcopV_0ZHHzQlBjudU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl_x_jTj3ccPDVZFD9pIuhLhBOneufuBiB4cS98l2SR_RQyGWSeWjnczT0QU91p1DhOVRuOopznQ',
  p: '4BzEEOtIpmVdVEZNCqS7baC4crd0pqnRH_5IB3jw3bcxGn6QLvnEtfdUdiYrqBdss1l58BQ3KhooKeQTa9AB0Hw_Py5PJdTJNPY8cQn7ouZ2KKDcmnPGBY5t7yLc1QlQ5xHdwW1VhvKn-nXqhJTBgIPgtldC-KDV5z-y2XDwGUc',
  q: 'uQPEfgmVtjL0Uyyx88GZFF1fOunH3-7cepKmtH4pxhtCoHqpWmT8YAmZxaewHgHAjLYsp1ZSe7zFYHj7C6ul7TjeLQeZD_YwD66t62wDmpe_HlB-TnBA-njbglfIsRLtXlnDzQkv5dTltRJ11BKBBypeeF6689rjcJIDEz9RWdc',
  dp: 'BwKfV3Akq5_MFZDFZCnW-wzl-CCo83WoZvnLQwCTeDv8uzluRSnm71I3QCLdhrqE2e9YkxvuxdBfpT_PI7Yz-FOKnu1R6HsJeDCjn12Sk3vmAktV2zb34MCdy7cpdTh_YVr7tss2u6vneTwrA86rZtu5Mbr1C1XsmvkxHQAdYo0',
  dq: 'h_96-mK1R_7glhsum81dZxjTnYynPbZpHziZjeeHcXYsXaaMwkOlODsWa7I9xXDoRwbKgB719rrmI2oKr6N3Do9U0ajaHF-NKJnwgjMd2w9cjz3_-kyNlxAr2v4IKhGNpmM5iIgOS1VZnOZ68m6_pbLBSp3nssTdlqvd0tIiTHU',
  qi: 'IYd7DHOhrWvxkwPQsRM2tOgrjbcrfvtQJipd-DlcxyVuuM9sQLdgjVk2oy26F0EmpScGLq2MowX7fhd_QJQ3ydy5cY7YIBi87w93IKLEdfnbJtoOPLUW0ITrJReOgo1cq9SbsxYawBgfp_gh6A5603k2-ZQwVK0JKSHuLFkuQ3U',
};

const year = 365 * 24 * 60 * 60_000; // ms

/** The service provider's. */
export const keys: Keys = keysOf(createPrivateKey({ key: printedKey, format: 'jwk' }));

/** Somebody else's. */
export const createKeys = (): Keys => keysOf(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);

function keysOf(privateKey: KeyObject): Keys {
  return { privateKey, publicKey: createPublicKey(privateKey), certificate: certify(privateKey) };
}

export function certify(key: KeyObject, { validFrom = now - year, validTo = now + year } = {}): string {
  const random = steadyRandom('certificate');
  return selfSignedCertificate({ key, commonName: 'test', validFrom, validTo, random });
}

export const pemOf = (certificate: string): string =>
  `-----BEGIN CERTIFICATE-----\n${certificate.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;

const keyDescriptor = (certificate: string, use = '') =>
  `<md:KeyDescriptor${use}><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>
    ${certificate.replace(/.{64}/g, '$&\n')}
  </ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`;

export interface MetadataParts {
  entityId?: string;
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
  entityId: name = entityId,
  certificates = [],
  role = '',
  entity = '',
  services = usualServices,
  before = '',
  after = '',
}: MetadataParts = {}): string =>
  `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${name}"${entity}>${before}` +
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
export function redirectQuery(
  xml: string,
  keys?: Keys,
  relayState?: string,
  algorithm = rsaSha256,
  parameter = 'SAMLRequest',
): string {
  const query = [
    `${parameter}=${deflated(xml)}`,
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
