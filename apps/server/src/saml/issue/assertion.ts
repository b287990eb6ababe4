import { nameIdElement, type NameId } from '../name-id.ts';
import { namespaces } from '../names.ts';
import { attributeOf, dateTimeOf, textOf } from '../xml/write.ts';
import { newId, type Issuing } from './issuing.ts';
import type { Unsigned } from './sign.ts';

/** What is said of one person to one service provider. Texts are as they are; times are ms since 1970. */
export interface AssertionFacts {
  /** Our entity id. */
  issuer: string;
  /** The entity id of the service provider, the one audience. */
  audience: string;
  /** Where the response goes: a registered assertion consumer service. */
  acsUrl: string;
  /** The request's id; undefined where we begin (Profiles, section 4.1.5: then it must not be there). */
  inResponseTo?: string;
  nameId: NameId;
  sessionIndex: string;
  authnInstant: number;
  /** When the service provider is to end its session at the latest. */
  sessionNotOnOrAfter?: number;
  authnContextClassRef: string;
  attributes: readonly AssertionAttribute[];
}

export interface AssertionAttribute {
  name: string;
  nameFormat?: string;
  friendlyName?: string;
  values: readonly string[];
}

/** How far a service provider's clock may be behind ours. */
const clockSkew = 60_000; // ms
/** How long the browser may take to carry the assertion. */
const lifetime = 5 * 60_000; // ms

/** Profiles, section 4.1.4.2: what an assertion of the web browser profile holds. Attributes in canonical order. */
export function assertionText(facts: AssertionFacts, { now, random }: Omit<Issuing, 'signer'>): Unsigned {
  const id = newId(random);
  const end = dateTimeOf(now + lifetime);
  const confirmation =
    attributeOf('InResponseTo', facts.inResponseTo) +
    attributeOf('NotOnOrAfter', end) +
    attributeOf('Recipient', facts.acsUrl);
  const { sessionNotOnOrAfter: sessionEnd } = facts;
  const statement =
    attributeOf('AuthnInstant', dateTimeOf(facts.authnInstant)) +
    attributeOf('SessionIndex', facts.sessionIndex) +
    attributeOf('SessionNotOnOrAfter', sessionEnd === undefined ? undefined : dateTimeOf(sessionEnd));
  const head =
    `<saml:Assertion xmlns:saml="${namespaces.assertion}" ID="${id}" IssueInstant="${dateTimeOf(now)}" Version="2.0">` +
    `<saml:Issuer>${textOf(facts.issuer)}</saml:Issuer>`;
  const tail =
    `<saml:Subject>${nameIdElement(facts.nameId)}` +
    `<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">` +
    `<saml:SubjectConfirmationData${confirmation}></saml:SubjectConfirmationData>` +
    `</saml:SubjectConfirmation></saml:Subject>` +
    `<saml:Conditions NotBefore="${dateTimeOf(now - clockSkew)}" NotOnOrAfter="${end}"><saml:AudienceRestriction>` +
    `<saml:Audience>${textOf(facts.audience)}</saml:Audience></saml:AudienceRestriction></saml:Conditions>` +
    `<saml:AuthnStatement${statement}><saml:AuthnContext>` +
    `<saml:AuthnContextClassRef>${textOf(facts.authnContextClassRef)}</saml:AuthnContextClassRef>` +
    `</saml:AuthnContext></saml:AuthnStatement>${attributeStatement(facts.attributes)}</saml:Assertion>`;
  return { id, head, tail };
}

function attributeStatement(attributes: readonly AssertionAttribute[]): string {
  // Core, section 2.7.3: a statement without attributes is not allowed.
  if (attributes.length === 0) return '';
  // No xsi:type: exclusive canonicalization would drop the declaration of the prefix that only its value uses.
  const elements = attributes.map(
    ({ name, nameFormat, friendlyName, values }) =>
      `<saml:Attribute${attributeOf('FriendlyName', friendlyName)}${attributeOf('Name', name)}` +
      `${attributeOf('NameFormat', nameFormat)}>` +
      values.map((value) => `<saml:AttributeValue>${textOf(value)}</saml:AttributeValue>`).join('') +
      `</saml:Attribute>`,
  );
  return `<saml:AttributeStatement>${elements.join('')}</saml:AttributeStatement>`;
}
