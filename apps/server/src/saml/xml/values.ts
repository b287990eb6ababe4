import { SamlRefusal, quoted } from '../refusal.ts';
import type { XmlElement } from './read.ts';

/** What elements hold, read without leniency: a value that is not of its type is refused by name. */

export const isElement = (element: XmlElement, namespace: string, name: string): boolean =>
  element.namespace === namespace && element.name === name;

export const elementsIn = (element: XmlElement): XmlElement[] =>
  element.children.filter((child) => typeof child !== 'string');

export const childrenOf = (element: XmlElement, namespace: string, name: string): XmlElement[] =>
  elementsIn(element).filter((child) => isElement(child, namespace, name));

/** The only child of that name, or undefined where there is none. @throws SamlRefusal `value` where there are more. */
export function childOf(element: XmlElement, namespace: string, name: string): XmlElement | undefined {
  const found = childrenOf(element, namespace, name);
  if (found.length > 1)
    throw new SamlRefusal(
      'value',
      `${element.name} has ${found.length} elements ${name}; at most one may be there.`,
    );
  return found[0];
}

/** Of an attribute without a namespace, as all of SAML's are. */
export const attributeIn = (element: XmlElement, name: string): string | undefined =>
  element.attributes.find((attribute) => attribute.namespace === '' && attribute.name === name)?.value;

/** The element itself and all in it. */
export function* everyElementOf(element: XmlElement): Generator<XmlElement> {
  yield element;
  for (const child of elementsIn(element)) yield* everyElementOf(child);
}

/** The text as it stands. @throws SamlRefusal `value` where there are elements in it. */
export function textIn(element: XmlElement): string {
  if (elementsIn(element).length > 0)
    throw new SamlRefusal('value', `${element.name} holds elements; a text was expected.`);
  return element.children.filter((child) => typeof child === 'string').join('');
}

/**
 * Of names and addresses, around which pretty-printers put white space. By hand: a regular expression for the end tries
 * each of many blanks within the text as if it were there, which takes seconds.
 */
export function trimmedTextIn(element: XmlElement): string {
  const text = textIn(element);
  let [from, to] = [0, text.length];
  while (from < to && blanks.includes(text[from]!)) from += 1;
  while (from < to && blanks.includes(text[to - 1]!)) to -= 1;
  return text.slice(from, to);
}

const blanks = ' \t\r\n';

/** xs:boolean. @throws SamlRefusal `value`. */
export function booleanIn(element: XmlElement, name: string): boolean | undefined {
  const value = attributeIn(element, name);
  if (value === undefined) return undefined;
  if (value === 'true' || value === '1') return true;
  if (value === 'false' || value === '0') return false;
  throw new SamlRefusal('value', `${name} is ${quoted(value)}; true or false was expected.`);
}

/** xs:unsignedShort, as all of SAML's indexes are. @throws SamlRefusal `value`. */
export function indexIn(element: XmlElement, name: string): number | undefined {
  const value = attributeIn(element, name);
  if (value === undefined) return undefined;
  if (!/^[0-9]{1,5}$/.test(value) || Number(value) > 65_535)
    throw new SamlRefusal('value', `${name} is ${quoted(value)}; a number up to 65535 was expected.`);
  return Number(value);
}

/** A time in UTC (Core, section 1.3.3), in ms since 1970. @throws SamlRefusal `value`. */
export function timeIn(element: XmlElement, name: string): number | undefined {
  const value = attributeIn(element, name);
  if (value === undefined) return undefined;
  const isForm = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?Z$/.test(value);
  const time = isForm ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time))
    throw new SamlRefusal('value', `${name} is ${quoted(value)}; a time in UTC was expected.`);
  return time;
}

/** The bytes of strict base64; undefined for anything else. Line breaks and spaces do not count. */
export function base64Bytes(text: string): Buffer | undefined {
  const dense = text.replace(/[ \t\r\n]+/g, '');
  if (dense.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(dense)) return undefined;
  const bytes = Buffer.from(dense, 'base64');
  return bytes.toString('base64') === dense ? bytes : undefined;
}

/** @throws SamlRefusal `encoding`. */
export function utf8Of(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new SamlRefusal('encoding', 'What came is not UTF-8.');
  }
}
