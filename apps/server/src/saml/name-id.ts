import { attributeOf, textOf } from './xml/write.ts';
import type { XmlElement } from './xml/read.ts';
import { attributeIn, textIn } from './xml/values.ts';

/** Who somebody is to a service provider (Core, section 2.2.3): written and read. */
export interface NameId {
  /** Undefined is as good as unspecified. */
  format?: string;
  value: string;
  nameQualifier?: string;
  spNameQualifier?: string;
}

/** `declaration` of the prefix, where nothing around it has one. @throws SamlRefusal `character`. */
export const nameIdElement = (
  { format, value, nameQualifier, spNameQualifier }: NameId,
  declaration = '',
): string =>
  `<saml:NameID${declaration}${attributeOf('Format', format)}${attributeOf('NameQualifier', nameQualifier)}` +
  `${attributeOf('SPNameQualifier', spNameQualifier)}>${textOf(value)}</saml:NameID>`;

/** @throws SamlRefusal `value`. */
export const readNameId = (element: XmlElement): NameId => ({
  format: attributeIn(element, 'Format'),
  value: textIn(element),
  nameQualifier: attributeIn(element, 'NameQualifier'),
  spNameQualifier: attributeIn(element, 'SPNameQualifier'),
});
