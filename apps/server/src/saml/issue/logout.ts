import { nameIdElement, type NameId } from '../name-id.ts';
import { namespaces } from '../names.ts';
import { attributeOf, dateTimeOf, textOf } from '../xml/write.ts';
import { byPost, byRedirect } from './deliver.ts';
import { messageHead, newId, type Issued, type Issuing } from './issuing.ts';
import { signed, withoutSignature, type Unsigned } from './sign.ts';
import { statusElement, type Status } from './status.ts';

interface LogoutAddress {
  /** Our entity id. */
  issuer: string;
  /** A registered single logout service, and how it is reached. */
  destination: string;
  binding: 'post' | 'redirect';
  relayState?: string;
}

export interface LogoutRequestFacts extends LogoutAddress {
  /** As the assertion named the person. */
  nameId: NameId;
  /** Of the sessions that end; none: all. */
  sessionIndexes: readonly string[];
}

/** How long the request may be on its way. */
const lifetime = 5 * 60_000; // ms

/** Core, section 3.7.1. Signed, as Profiles, section 4.4.4.1 demands. @throws SamlRefusal `character`. */
export function issueLogoutRequest(facts: LogoutRequestFacts, issuing: Issuing): Issued {
  const { now, random } = issuing;
  const id = newId(random);
  const attributes =
    attributeOf('Destination', facts.destination) +
    attributeOf('ID', id) +
    attributeOf('IssueInstant', dateTimeOf(now)) +
    attributeOf('NotOnOrAfter', dateTimeOf(now + lifetime)) +
    attributeOf('Version', '2.0');
  const nameId = nameIdElement(facts.nameId, ` xmlns:saml="${namespaces.assertion}"`);
  const indexes = facts.sessionIndexes.map(
    (index) => `<samlp:SessionIndex>${textOf(index)}</samlp:SessionIndex>`,
  );
  const unsigned = {
    id,
    head: messageHead('LogoutRequest', attributes, facts.issuer),
    tail: `${nameId}${indexes.join('')}</samlp:LogoutRequest>`,
  };
  return deliver(unsigned, 'SAMLRequest', facts, issuing);
}

export interface LogoutResponseFacts extends LogoutAddress {
  inResponseTo: string;
  status: Status;
}

/** Core, section 3.7.2. Signed. @throws SamlRefusal `character`. */
export function issueLogoutResponse(facts: LogoutResponseFacts, issuing: Issuing): Issued {
  const id = newId(issuing.random);
  const attributes =
    attributeOf('Destination', facts.destination) +
    attributeOf('ID', id) +
    attributeOf('InResponseTo', facts.inResponseTo) +
    attributeOf('IssueInstant', dateTimeOf(issuing.now)) +
    attributeOf('Version', '2.0');
  const unsigned = {
    id,
    head: messageHead('LogoutResponse', attributes, facts.issuer),
    tail: `${statusElement(facts.status)}</samlp:LogoutResponse>`,
  };
  return deliver(unsigned, 'SAMLResponse', facts, issuing);
}

function deliver(
  unsigned: Unsigned,
  parameter: 'SAMLRequest' | 'SAMLResponse',
  { destination, binding, relayState }: LogoutAddress,
  { signer }: Issuing,
): Issued {
  const { id } = unsigned;
  if (binding === 'post') {
    const xml = signed(unsigned, signer);
    return { id, xml, delivery: byPost(destination, parameter, xml, relayState) };
  }
  const xml = withoutSignature(unsigned);
  return { id, xml, delivery: byRedirect(destination, parameter, xml, relayState, signer) };
}
