import { attributeOf, dateTimeOf } from '../xml/write.ts';
import { assertionText, type AssertionFacts } from './assertion.ts';
import { byPost } from './deliver.ts';
import { encryptedAssertion, type Encryption } from './encrypt.ts';
import { messageHead, newId, type Issued, type Issuing } from './issuing.ts';
import { signed, withoutSignature, type Unsigned } from './sign.ts';
import { statusElement, type FailureStatus } from './status.ts';

export interface ResponseOptions {
  /** What carries a signature; both where nothing is said. */
  sign?: 'both' | 'assertion' | 'response';
  /** Given where the assertion is to be readable by the service provider alone. */
  encryption?: Encryption;
  /** Of the request, untouched. */
  relayState?: string;
}

/**
 * A Response with one assertion, for the POST binding (Profiles, section 4.1.4). The assertion is signed, then
 * encrypted, and then the response is signed.
 * @throws SamlRefusal `character` where a value cannot be written, `key_unsuitable`.
 */
export function issueResponse(
  facts: AssertionFacts,
  issuing: Issuing,
  { sign = 'both', encryption, relayState }: ResponseOptions = {},
): Issued & { assertionId: string } {
  const { random, signer } = issuing;
  const unsigned = assertionText(facts, issuing);
  const assertion = sign === 'response' ? withoutSignature(unsigned) : signed(unsigned, signer);
  const content = encryption ? encryptedAssertion(assertion, encryption, random) : assertion;
  const response = responseText(facts, `${statusElement('Success')}${content}`, issuing);
  const xml = sign === 'assertion' ? withoutSignature(response) : signed(response, signer);
  return {
    id: response.id,
    assertionId: unsigned.id,
    xml,
    delivery: byPost(facts.acsUrl, 'SAMLResponse', xml, relayState),
  };
}

export interface FailureFacts {
  issuer: string;
  acsUrl: string;
  inResponseTo?: string;
  status: FailureStatus;
  /** For people who read it there; it must tell nothing of a person. */
  message?: string;
  relayState?: string;
}

/** A signed Response that says why there is no assertion. @throws SamlRefusal `character`. */
export function issueFailure(facts: FailureFacts, issuing: Issuing): Issued {
  const unsigned = responseText(facts, statusElement(facts.status, facts.message), issuing);
  const xml = signed(unsigned, issuing.signer);
  return { id: unsigned.id, xml, delivery: byPost(facts.acsUrl, 'SAMLResponse', xml, facts.relayState) };
}

function responseText(
  { issuer, acsUrl, inResponseTo }: Pick<AssertionFacts, 'issuer' | 'acsUrl' | 'inResponseTo'>,
  content: string,
  { now, random }: Issuing,
): Unsigned {
  const id = newId(random);
  const attributes =
    attributeOf('Destination', acsUrl) +
    attributeOf('ID', id) +
    attributeOf('InResponseTo', inResponseTo) +
    attributeOf('IssueInstant', dateTimeOf(now)) +
    attributeOf('Version', '2.0');
  return { id, head: messageHead('Response', attributes, issuer), tail: `${content}</samlp:Response>` };
}
