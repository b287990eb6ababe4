import { attributeOf, textOf } from '../xml/write.ts';

/** Core, section 3.2.2.2: whose fault it is first, then what it is. */
const codes = {
  Success: ['Success'],
  PartialLogout: ['Success', 'PartialLogout'],
  AuthnFailed: ['Responder', 'AuthnFailed'],
  NoPassive: ['Responder', 'NoPassive'],
  NoAuthnContext: ['Responder', 'NoAuthnContext'],
  RequestDenied: ['Responder', 'RequestDenied'],
  Responder: ['Responder'],
  InvalidNameIDPolicy: ['Requester', 'InvalidNameIDPolicy'],
  RequestUnsupported: ['Requester', 'RequestUnsupported'],
  UnsupportedBinding: ['Requester', 'UnsupportedBinding'],
  UnknownPrincipal: ['Requester', 'UnknownPrincipal'],
  Requester: ['Requester'],
  VersionMismatch: ['VersionMismatch'],
} as const;

export type Status = keyof typeof codes;
/** Those that say that nobody was signed in. */
export type FailureStatus = Exclude<Status, 'Success' | 'PartialLogout'>;

/** Within an element that declares the prefix. */
export function statusElement(status: Status, message?: string): string {
  const [first, second] = codes[status];
  const value = (code: string) => attributeOf('Value', `urn:oasis:names:tc:SAML:2.0:status:${code}`);
  const inner = second ? `<samlp:StatusCode${value(second)}></samlp:StatusCode>` : '';
  const told = message === undefined ? '' : `<samlp:StatusMessage>${textOf(message)}</samlp:StatusMessage>`;
  return `<samlp:Status><samlp:StatusCode${value(first)}>${inner}</samlp:StatusCode>${told}</samlp:Status>`;
}
