import { bindings, namespaces } from '../names.ts';
import { attributeOf, textOf } from '../xml/write.ts';

/** What we say of ourselves (Metadata, section 2.4.3). */
export interface IdentityProviderFacts {
  entityId: string;
  /** The same address for both bindings. */
  ssoUrl: string;
  sloUrl: string;
  /** DER in base64, the one in use first; several while keys are rotated, so that service providers know the next one. */
  signingCertificates: readonly string[];
  nameIdFormats: readonly string[];
  wantAuthnRequestsSigned: boolean;
  /** Ms since 1970. */
  validUntil?: number;
}

/** An EntityDescriptor. @throws SamlRefusal `character`. */
export function identityProviderMetadata(facts: IdentityProviderFacts): string {
  const { validUntil } = facts;
  const keys = facts.signingCertificates.map(
    (certificate) =>
      `<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="${namespaces.signature}"><ds:X509Data>` +
      `<ds:X509Certificate>${textOf(certificate)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`,
  );
  const service = (name: string, url: string) =>
    [bindings.redirect, bindings.post].map(
      (binding) => `<md:${name}${attributeOf('Binding', binding)}${attributeOf('Location', url)}/>`,
    );
  // The order of the schema.
  const role = [
    ...keys,
    ...service('SingleLogoutService', facts.sloUrl),
    ...facts.nameIdFormats.map((format) => `<md:NameIDFormat>${textOf(format)}</md:NameIDFormat>`),
    ...service('SingleSignOnService', facts.ssoUrl),
  ];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<md:EntityDescriptor xmlns:md="${namespaces.metadata}"${attributeOf('entityID', facts.entityId)}${attributeOf('validUntil', validUntil === undefined ? undefined : new Date(validUntil).toISOString())}>`,
    `  <md:IDPSSODescriptor WantAuthnRequestsSigned="${facts.wantAuthnRequestsSigned}" protocolSupportEnumeration="${namespaces.protocol}">`,
    ...role.map((line) => `    ${line}`),
    '  </md:IDPSSODescriptor>',
    '</md:EntityDescriptor>',
    '',
  ].join('\n');
}
