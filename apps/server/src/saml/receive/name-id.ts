import type { XmlElement } from '../xml/read.ts';
import { attributeIn, textIn } from '../xml/values.ts';

export interface ReceivedNameId {
  format?: string;
  value: string;
  nameQualifier?: string;
  spNameQualifier?: string;
}

/** Core, section 2.2.3. */
export const readNameId = (element: XmlElement): ReceivedNameId => ({
  format: attributeIn(element, 'Format'),
  value: textIn(element),
  nameQualifier: attributeIn(element, 'NameQualifier'),
  spNameQualifier: attributeIn(element, 'SPNameQualifier'),
});
