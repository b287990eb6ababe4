import { validOf } from '../certificates/read.ts';
import type { ServiceProviderMetadata } from '../metadata/service-provider.ts';
import { SamlRefusal, quoted } from '../refusal.ts';
import type { XmlElement } from '../xml/read.ts';
import { attributeIn, timeIn } from '../xml/values.ts';
import { isSignedByOneOf, signatureAlgorithmNames } from './algorithms.ts';
import { issuerOf, type MessageKind, type OpenedMessage } from './open.ts';
import { hasSignature, verifyEnveloped } from './signature.ts';

/** The second half of receiving: an opened message, and the registered metadata of who it claims to be from. */

export interface RegisteredServiceProvider extends ServiceProviderMetadata {
  /** Demand signed requests though the metadata does not promise them. */
  demandSignedRequests?: boolean;
  /** The one concession, for a service provider that can make no other digests; its signatures are SHA-256 all the same. */
  allowSha1Digests?: boolean;
}

export interface Circumstances {
  /** Ms since 1970. */
  now: number;
  /** Our URL at which the message came. */
  destination: string;
  /** Whether `key` is taken for the first time; it has to be kept until then. Nodes share it. */
  takeOnce: (key: string, until: number) => Promise<boolean>;
}

export interface AdmittedMessage {
  id: string;
  /** The entity id of the service provider. */
  issuer: string;
  signed: boolean;
  binding: 'post' | 'redirect';
  relayState: string | undefined;
}

/** How old a message may be, and how far the clock of a service provider may be ahead. */
const mostAge = 5 * 60_000; // ms
const mostAhead = 3 * 60_000; // ms

/**
 * What holds for every message. Returns what `read` makes of the root element as it was signed, or as it came where no
 * signature was demanded and none is there. The id is spent last, so that only what is admitted spends it.
 */
export async function admit<Content>(
  opened: OpenedMessage,
  kind: MessageKind,
  serviceProvider: RegisteredServiceProvider,
  { now, destination, takeOnce }: Circumstances,
  read: (root: XmlElement) => Content,
): Promise<AdmittedMessage & Content> {
  if (opened.kind !== kind)
    throw new SamlRefusal('kind', `The message is of the kind ${opened.kind}; ${kind} was expected.`);
  const { root, signed } = verify(opened, kind, serviceProvider, now);
  const version = attributeIn(root, 'Version');
  if (version !== '2.0')
    throw new SamlRefusal('version', `Version is ${quoted(version ?? '')}; 2.0 was expected.`);
  const issuer = issuerOf(root);
  if (issuer !== serviceProvider.entityId)
    throw new SamlRefusal(
      'issuer',
      `Issuer is ${quoted(issuer)}; ${quoted(serviceProvider.entityId)} was expected.`,
    );
  demandDestination(attributeIn(root, 'Destination'), destination, signed);
  const issued = timeIn(root, 'IssueInstant');
  if (issued === undefined || issued < now - mostAge || issued > now + mostAhead)
    throw new SamlRefusal(
      'issue_instant',
      `IssueInstant is ${quoted(attributeIn(root, 'IssueInstant') ?? '')}; it may be at most ${mostAge / 60_000} minutes before and ${mostAhead / 60_000} after ${new Date(now).toISOString()}.`,
    );
  const id = attributeIn(root, 'ID') ?? '';
  if (!/^[A-Za-z_][A-Za-z0-9_.-]{0,255}$/.test(id))
    throw new SamlRefusal(
      'value',
      `ID is ${quoted(id)}; an XML name of at most 256 characters was expected.`,
    );
  const content = read(root);
  if (!(await takeOnce(`saml ${issuer} ${id}`, issued + mostAge + 1)))
    throw new SamlRefusal('replayed', `The message ${quoted(id)} came before.`);
  return { id, issuer, signed, binding: opened.binding, relayState: opened.relayState, ...content };
}

/** Bindings, sections 3.4.5.2 and 3.5.5.2: what is signed must say where it goes. */
function demandDestination(found: string | undefined, expected: string, signed: boolean): void {
  if (found === expected || (found === undefined && !signed)) return;
  throw new SamlRefusal(
    'destination',
    `Destination is ${quoted(found ?? '')}; ${quoted(expected)} was expected.`,
  );
}

function verify(
  { binding, unverified: { xml, root, querySignature } }: OpenedMessage,
  kind: MessageKind,
  serviceProvider: RegisteredServiceProvider,
  now: number,
): { root: XmlElement; signed: boolean } {
  const { authnRequestsSigned, demandSignedRequests = false, allowSha1Digests = false } = serviceProvider;
  const isEmbedded = hasSignature(root);
  // Bindings, section 3.4.4.1: a signature in the XML is taken out before it is compressed.
  if (binding === 'redirect' && isEmbedded)
    throw new SamlRefusal('signature_misplaced', 'A message by redirect has a signature in its XML.');
  if (!isEmbedded && !querySignature) {
    // Profiles, section 4.4.4: messages of a logout are authenticated, whatever the metadata says.
    if (kind === 'AuthnRequest' && !authnRequestsSigned && !demandSignedRequests)
      return { root, signed: false };
    throw new SamlRefusal('signature_missing', `${kind} is not signed, and has to be.`);
  }
  const certificates = validOf(serviceProvider.signingCertificates, now);
  if (certificates.length === 0)
    throw new SamlRefusal(
      'key_missing',
      `${kind} is signed, but the registered metadata has no key to verify it.`,
    );
  const keys = certificates.map(({ key }) => key);
  if (!querySignature) return { root: verifyEnveloped(xml, root, { keys, allowSha1Digests }), signed: true };
  const { signed, algorithm, signature } = querySignature;
  if (!signatureAlgorithmNames.includes(algorithm))
    throw new SamlRefusal(
      'signature_algorithm',
      `SigAlg is ${quoted(algorithm)}; one of ${signatureAlgorithmNames.join(', ')} was expected.`,
    );
  if (!isSignedByOneOf(keys, algorithm, signed, signature))
    throw new SamlRefusal(
      'signature_wrong',
      'The signature of the query does not verify with any key of the registered metadata, or the query was changed after it was signed.',
    );
  return { root, signed: true };
}
