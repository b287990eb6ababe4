import { readCertificate, validOf, type Certificate } from '../certificates/read.ts';
import { bindings, namespaces } from '../names.ts';
import { SamlRefusal, quoted } from '../refusal.ts';
import { readXml, type XmlElement, type XmlLimits } from '../xml/read.ts';
import {
  attributeIn,
  booleanIn,
  childrenOf,
  elementsIn,
  indexIn,
  isElement,
  timeIn,
  trimmedTextIn,
} from '../xml/values.ts';

/** What a service provider says of itself (Metadata, section 2.4.4), as far as it counts for us. */
export interface ServiceProviderMetadata {
  entityId: string;
  /** Of every binding; at least one is of POST. */
  assertionConsumerServices: AssertionConsumerService[];
  singleLogoutServices: SingleLogoutService[];
  signingCertificates: Certificate[];
  encryptionCertificates: Certificate[];
  authnRequestsSigned: boolean;
  wantAssertionsSigned: boolean;
  nameIdFormats: string[];
  /** Of the default attribute consuming service. */
  requestedAttributes: RequestedAttribute[];
  /** When the metadata is to be read anew, or ends. */
  validUntil: number | undefined;
}

export interface AssertionConsumerService {
  binding: string;
  location: string;
  index: number;
  /** Undefined where nothing is said, which is not the same as false (Metadata, section 2.2.3). */
  isDefault: boolean | undefined;
}

export interface SingleLogoutService {
  binding: string;
  location: string;
  /** Where responses go, when it is another address. */
  responseLocation: string;
}

export interface RequestedAttribute {
  name: string;
  nameFormat?: string;
  friendlyName?: string;
  isRequired: boolean;
}

const limits: XmlLimits = {
  characters: 512 * 1024,
  depth: 32,
  elements: 4000,
  attributes: 64,
  comments: 'between elements',
};
const mostServices = 200;
const mostCertificates = 20;

/**
 * Their metadata: an EntityDescriptor, or an EntitiesDescriptor with one service provider. Its own signature does not
 * count, for nothing says whose it would have to be: whoever registers it vouches for it.
 * @throws SamlRefusal with a reason of the first group, or `role_missing`, `value`, `url`, `expired`, `key_missing`,
 * `key_unsuitable`, `certificate_unreadable`, `certificate_expired`.
 */
export function readServiceProvider(text: string, now: number): ServiceProviderMetadata {
  const root = readXml(text.replace(/^\uFEFF/, ''), limits);
  const entity = theEntity(root);
  const role = roleOf(entity)!;
  const until = [root, entity, role].flatMap((element) => timeIn(element, 'validUntil') ?? []);
  const validUntil = until.length > 0 ? Math.min(...until) : undefined;
  if (validUntil !== undefined && validUntil <= now)
    throw new SamlRefusal('expired', `The metadata was valid until ${new Date(validUntil).toISOString()}.`);
  const authnRequestsSigned = booleanIn(role, 'AuthnRequestsSigned') ?? false;
  const { signing, encryption } = readKeys(role, now);
  if (authnRequestsSigned && signing.length === 0)
    throw new SamlRefusal(
      'key_missing',
      'AuthnRequestsSigned is true, but there is no certificate for signing.',
    );
  return {
    entityId: readEntityId(entity),
    assertionConsumerServices: readConsumers(role),
    singleLogoutServices: several(role, 'SingleLogoutService').map((service) => {
      const location = readLocation(service, 'Location');
      const hasOther = attributeIn(service, 'ResponseLocation') !== undefined;
      const responseLocation = hasOther ? readLocation(service, 'ResponseLocation') : location;
      return { binding: attributeIn(service, 'Binding') ?? '', location, responseLocation };
    }),
    signingCertificates: signing,
    encryptionCertificates: encryption,
    authnRequestsSigned,
    wantAssertionsSigned: booleanIn(role, 'WantAssertionsSigned') ?? false,
    nameIdFormats: several(role, 'NameIDFormat').map(trimmedTextIn),
    requestedAttributes: readAttributes(role),
    validUntil,
  };
}

function theEntity(root: XmlElement): XmlElement {
  const isEntity = isMetadata(root, 'EntityDescriptor');
  if (!isEntity && !isMetadata(root, 'EntitiesDescriptor'))
    throw new SamlRefusal(
      'role_missing',
      `The root is ${quoted(root.name)} of ${quoted(root.namespace)}; EntityDescriptor of ${namespaces.metadata} was expected.`,
    );
  const [entity, ...more] = (isEntity ? [root] : entitiesIn(root)).filter(roleOf);
  if (!entity)
    throw new SamlRefusal(
      'role_missing',
      'The metadata has no SPSSODescriptor for SAML 2.0: it is not of a service provider.',
    );
  if (more.length > 0)
    throw new SamlRefusal(
      'role_missing',
      `The metadata is of ${more.length + 1} service providers; one was expected.`,
    );
  return entity;
}

/** EntitiesDescriptor may hold further ones. */
const entitiesIn = (group: XmlElement): XmlElement[] =>
  elementsIn(group).flatMap((child) => {
    if (isMetadata(child, 'EntitiesDescriptor')) return entitiesIn(child);
    return isMetadata(child, 'EntityDescriptor') ? [child] : [];
  });

/** The first SPSSODescriptor that speaks SAML 2.0; other roles may stand beside it. */
const roleOf = (entity: XmlElement): XmlElement | undefined =>
  childrenOf(entity, namespaces.metadata, 'SPSSODescriptor').find((role) =>
    (attributeIn(role, 'protocolSupportEnumeration') ?? '').split(/[ \t\r\n]+/).includes(namespaces.protocol),
  );

const isMetadata = (element: XmlElement, name: string): boolean =>
  isElement(element, namespaces.metadata, name);

function several(role: XmlElement, name: string): XmlElement[] {
  const found = childrenOf(role, namespaces.metadata, name);
  if (found.length > mostServices)
    throw new SamlRefusal(
      'too_large',
      `There are ${found.length} elements ${name}; at most ${mostServices} are read.`,
    );
  return found;
}

/** Core, section 8.3.6: at most 1,024 characters. */
function readEntityId(entity: XmlElement): string {
  const entityId = (attributeIn(entity, 'entityID') ?? '').trim();
  if (entityId === '' || entityId.length > 1024)
    throw new SamlRefusal('value', `entityID has ${entityId.length} characters; 1 to 1024 were expected.`);
  return entityId;
}

function readConsumers(role: XmlElement): AssertionConsumerService[] {
  const services = several(role, 'AssertionConsumerService').map((service, place) => ({
    binding: attributeIn(service, 'Binding') ?? '',
    location: readLocation(service, 'Location'),
    index: indexIn(service, 'index') ?? place,
    isDefault: booleanIn(service, 'isDefault'),
  }));
  if (!services.some(({ binding }) => binding === bindings.post))
    throw new SamlRefusal(
      'acs_unregistered',
      'The metadata has no AssertionConsumerService for the POST binding.',
    );
  return services;
}

/** An address that browsers are sent to; RFC 3986 knows visible ASCII only, and no header carries anything else. */
function readLocation(service: XmlElement, name: string): string {
  const location = (attributeIn(service, name) ?? '').trim();
  const url = URL.parse(location);
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:';
  const isVisible = /^[!-~]{1,2048}$/.test(location);
  if (!url || !isWeb || url.username || url.password || location.includes('#') || !isVisible)
    throw new SamlRefusal(
      'url',
      `${name} of ${service.name} is ${quoted(location)}; an address with https in ASCII, without a user, a fragment and blanks was expected.`,
    );
  return location;
}

function readKeys(role: XmlElement, now: number): { signing: Certificate[]; encryption: Certificate[] } {
  const descriptors = several(role, 'KeyDescriptor');
  const forUse = (use: 'signing' | 'encryption') => {
    const certificates = descriptors
      // Metadata, section 2.4.1.1: without a use it is for both.
      .filter((descriptor) =>
        [undefined, use].includes(attributeIn(descriptor, 'use') as typeof use | undefined),
      )
      .flatMap(certificatesIn);
    if (certificates.length > mostCertificates)
      throw new SamlRefusal(
        'too_large',
        `There are ${certificates.length} certificates for ${use}; at most ${mostCertificates} are read.`,
      );
    // With keys being rotated some may have ended, or not begun; with none that counts nothing would work.
    validOf(certificates, now);
    return certificates;
  };
  return { signing: forUse('signing'), encryption: forUse('encryption') };
}

/** Of a key that is there by its name or value alone nothing is known; it does not count. */
const certificatesIn = (descriptor: XmlElement): Certificate[] =>
  childrenOf(descriptor, namespaces.signature, 'KeyInfo')
    .flatMap((info) => childrenOf(info, namespaces.signature, 'X509Data'))
    .flatMap((data) => childrenOf(data, namespaces.signature, 'X509Certificate'))
    .map((certificate) => readCertificate(trimmedTextIn(certificate)));

function readAttributes(role: XmlElement): RequestedAttribute[] {
  const services = several(role, 'AttributeConsumingService');
  const service = services.find((each) => booleanIn(each, 'isDefault')) ?? services[0];
  if (!service) return [];
  return several(service, 'RequestedAttribute').map((attribute) => ({
    name: attributeIn(attribute, 'Name') ?? '',
    nameFormat: attributeIn(attribute, 'NameFormat'),
    friendlyName: attributeIn(attribute, 'FriendlyName'),
    isRequired: booleanIn(attribute, 'isRequired') ?? false,
  }));
}
