import { readNameId, type NameId } from '../name-id.ts';
import { namespaces } from '../names.ts';
import { SamlRefusal } from '../refusal.ts';
import { attributeIn, childOf, childrenOf, timeIn, trimmedTextIn } from '../xml/values.ts';
import { admit, type AdmittedMessage, type Circumstances, type RegisteredServiceProvider } from './admit.ts';
import type { OpenedMessage } from './open.ts';

export interface LogoutRequest extends AdmittedMessage {
  nameId: NameId;
  /** Of the sessions that are to end; none: all that the person has at this service provider. */
  sessionIndexes: string[];
}

/** Core, section 3.7.1. It must be signed. @throws SamlRefusal. */
export const admitLogoutRequest = (
  opened: OpenedMessage,
  serviceProvider: RegisteredServiceProvider,
  circumstances: Circumstances,
): Promise<LogoutRequest> =>
  admit(opened, 'LogoutRequest', serviceProvider, circumstances, (root) => {
    const end = timeIn(root, 'NotOnOrAfter');
    if (end !== undefined && end <= circumstances.now)
      throw new SamlRefusal(
        'expired',
        `The LogoutRequest was to be taken before ${new Date(end).toISOString()}.`,
      );
    const nameId = childOf(root, namespaces.assertion, 'NameID');
    if (!nameId)
      throw new SamlRefusal('value', 'The LogoutRequest has no NameID; encrypted ones cannot be read.');
    return {
      nameId: readNameId(nameId),
      sessionIndexes: childrenOf(root, namespaces.protocol, 'SessionIndex').map(trimmedTextIn),
    };
  });

export interface LogoutResponse extends AdmittedMessage {
  /** The id of our LogoutRequest. */
  inResponseTo: string;
  success: boolean;
  /** For the event: the status codes, the first one first. */
  statusCodes: string[];
}

/** Core, section 3.7.2. It must be signed. @throws SamlRefusal. */
export const admitLogoutResponse = (
  opened: OpenedMessage,
  serviceProvider: RegisteredServiceProvider,
  circumstances: Circumstances,
): Promise<LogoutResponse> =>
  admit(opened, 'LogoutResponse', serviceProvider, circumstances, (root) => {
    const inResponseTo = attributeIn(root, 'InResponseTo');
    const status = childOf(root, namespaces.protocol, 'Status');
    const first = status && childOf(status, namespaces.protocol, 'StatusCode');
    const second = first && childOf(first, namespaces.protocol, 'StatusCode');
    if (inResponseTo === undefined || !first)
      throw new SamlRefusal('value', 'The LogoutResponse has no InResponseTo or no StatusCode.');
    const statusCodes = [first, second].flatMap((code) => (code ? [attributeIn(code, 'Value') ?? ''] : []));
    return {
      inResponseTo,
      statusCodes,
      success: statusCodes.length === 1 && statusCodes[0] === 'urn:oasis:names:tc:SAML:2.0:status:Success',
    };
  });
