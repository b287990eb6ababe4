import { namespaces } from '../names.ts';
import { textOf } from '../xml/write.ts';
import type { Signer } from './sign.ts';

/** What every message that we write needs from outside. */
export interface Issuing {
  /** Ms since 1970. */
  now: number;
  random: (bytes: number) => Uint8Array;
  signer: Signer;
}

/** How a message gets to the service provider: by a form that a page submits, or by a redirect. */
export type Delivery =
  | { binding: 'post'; destination: string; fields: Record<string, string> }
  | { binding: 'redirect'; url: string };

export interface Issued {
  /** What an answer names in InResponseTo. */
  id: string;
  xml: string;
  delivery: Delivery;
}

/** 128 random bits (Core, section 1.3.4); a letter or underscore must come first. */
export const newId = (random: (bytes: number) => Uint8Array): string =>
  `_${Buffer.from(random(16)).toString('hex')}`;

/** Of a message of the protocol: the issuer declares its own prefix, as exclusive canonicalization has it. */
export const messageHead = (name: string, attributes: string, issuer: string): string =>
  `<samlp:${name} xmlns:samlp="${namespaces.protocol}"${attributes}>` +
  `<saml:Issuer xmlns:saml="${namespaces.assertion}">${textOf(issuer)}</saml:Issuer>`;
