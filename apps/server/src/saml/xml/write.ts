import { SamlRefusal, quoted } from '../refusal.ts';

/**
 * Values as Canonical XML 1.0 writes them (section 2.3), so that what we write needs no canonicalization before it is
 * signed.
 */

// XML 1.0, section 2.2: what stands in no document, not even as a reference.
const noCharacter = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

const inText: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#xD;' };
const inAttribute: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
};

/** Whether a document can hold it. */
export const isXmlText = (value: string): boolean => !noCharacter.test(value);

/** @throws SamlRefusal `character`: to leave one out could make two people's names the same. */
function demandCharacters(value: string): void {
  if (!isXmlText(value))
    throw new SamlRefusal('character', `The value ${quoted(value)} has a character that no XML can hold.`);
}

/** @throws SamlRefusal `character`. */
export function textOf(value: string): string {
  demandCharacters(value);
  return value.replace(/[&<>\r]/g, (character) => inText[character]!);
}

/** ` name="value"`, or nothing for undefined. @throws SamlRefusal `character`. */
export function attributeOf(name: string, value: string | undefined): string {
  if (value === undefined) return '';
  demandCharacters(value);
  return ` ${name}="${value.replace(/[&<"\t\n\r]/g, (character) => inAttribute[character]!)}"`;
}

/** xs:dateTime in UTC (Core, section 1.3.3). */
export const dateTimeOf = (ms: number): string => new Date(ms).toISOString();
