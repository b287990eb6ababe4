import type { RequestedAuthnContext } from '../authn-context.ts';
import { readNameId, type NameId } from '../name-id.ts';
import { bindings, namespaces } from '../names.ts';
import { SamlRefusal, quoted } from '../refusal.ts';
import type { XmlElement } from '../xml/read.ts';
import { attributeIn, booleanIn, childOf, childrenOf, indexIn, trimmedTextIn } from '../xml/values.ts';
import { chooseAcs } from './acs.ts';
import { admit, type AdmittedMessage, type Circumstances, type RegisteredServiceProvider } from './admit.ts';
import type { OpenedMessage } from './open.ts';

export interface AuthnRequest extends AdmittedMessage {
  /** A registered one. */
  acsUrl: string;
  forceAuthn: boolean;
  isPassive: boolean;
  /** Undefined where any format will do. */
  nameIdPolicy: { format?: string; spNameQualifier?: string; allowCreate: boolean } | undefined;
  requestedAuthnContext: RequestedAuthnContext | undefined;
  /** Whom the service provider wants to have authenticated; nobody else may be (Core, section 3.4.1). */
  subject: NameId | undefined;
}

/** Core, section 3.4.1. @throws SamlRefusal. */
export const admitAuthnRequest = (
  opened: OpenedMessage,
  serviceProvider: RegisteredServiceProvider,
  circumstances: Circumstances,
): Promise<AuthnRequest> =>
  admit(opened, 'AuthnRequest', serviceProvider, circumstances, (root) => ({
    acsUrl: readAcs(root, serviceProvider),
    forceAuthn: booleanIn(root, 'ForceAuthn') ?? false,
    isPassive: booleanIn(root, 'IsPassive') ?? false,
    nameIdPolicy: readNameIdPolicy(childOf(root, namespaces.protocol, 'NameIDPolicy')),
    requestedAuthnContext: readContext(childOf(root, namespaces.protocol, 'RequestedAuthnContext')),
    subject: readSubject(childOf(root, namespaces.assertion, 'Subject')),
  }));

function readAcs(root: XmlElement, serviceProvider: RegisteredServiceProvider): string {
  const binding = attributeIn(root, 'ProtocolBinding');
  if (binding !== undefined && binding !== bindings.post)
    throw new SamlRefusal(
      'binding_unsupported',
      `ProtocolBinding is ${quoted(binding)}; ${bindings.post} was expected.`,
    );
  return chooseAcs(serviceProvider, {
    url: attributeIn(root, 'AssertionConsumerServiceURL'),
    index: indexIn(root, 'AssertionConsumerServiceIndex'),
  });
}

function readNameIdPolicy(policy: XmlElement | undefined): AuthnRequest['nameIdPolicy'] {
  if (!policy) return undefined;
  return {
    format: attributeIn(policy, 'Format'),
    spNameQualifier: attributeIn(policy, 'SPNameQualifier'),
    allowCreate: booleanIn(policy, 'AllowCreate') ?? false,
  };
}

const comparisons = ['exact', 'minimum', 'maximum', 'better'] as const;

function readContext(requested: XmlElement | undefined): RequestedAuthnContext | undefined {
  if (!requested) return undefined;
  const written = attributeIn(requested, 'Comparison') ?? 'exact';
  const comparison = comparisons.find((each) => each === written);
  if (!comparison)
    throw new SamlRefusal(
      'value',
      `Comparison is ${quoted(written)}; one of ${comparisons.join(', ')} was expected.`,
    );
  // Declarations (AuthnContextDeclRef) are none of ours: without a class nothing satisfies the request.
  const classRefs = childrenOf(requested, namespaces.assertion, 'AuthnContextClassRef').map(trimmedTextIn);
  return { comparison, classRefs };
}

function readSubject(subject: XmlElement | undefined): NameId | undefined {
  if (!subject) return undefined;
  if (childOf(subject, namespaces.assertion, 'EncryptedID'))
    throw new SamlRefusal('value', 'Subject is encrypted; a NameID that can be read was expected.');
  const nameId = childOf(subject, namespaces.assertion, 'NameID');
  return nameId && readNameId(nameId);
}
