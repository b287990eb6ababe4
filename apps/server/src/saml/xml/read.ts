import { SamlRefusal, quoted, type SamlReason } from '../refusal.ts';

/**
 * A reader for the part of XML that SAML needs: elements, attributes, namespaces, text, character references. Whatever
 * has been used to make two readers see two things is refused by name: document types, entities, processing
 * instructions, CDATA, comments (in metadata they may stand between elements, never within a value).
 */
export interface XmlElement {
  namespace: string;
  /** Without its prefix. */
  name: string;
  attributes: XmlAttribute[];
  children: (XmlElement | string)[];
}

export interface XmlAttribute {
  /** '' without a prefix: the default namespace is not for attributes. */
  namespace: string;
  name: string;
  value: string;
}

export interface XmlLimits {
  /** Of the whole text. */
  characters: number;
  depth: number;
  elements: number;
  /** Of one element, declarations of namespaces among them. */
  attributes: number;
  comments: 'refused' | 'between elements';
}

/** Prefix ('' for the default) to namespace; the prototype is the scope around it. */
type Scope = Record<string, string>;

interface Open {
  element: XmlElement;
  tag: string;
  scope: Scope;
  commented: boolean;
}

const space = '[ \\t\\r\\n]';
const ncName = '[A-Za-z_][A-Za-z0-9_.-]*';
const qName = `(?:(${ncName}):)?(${ncName})`;
// Each is tried at one place of the text only, and none can be matched in two ways: the time is linear.
const openTag = new RegExp(`<${qName}`, 'y');
const oneAttribute = new RegExp(`${space}+${qName}${space}*=${space}*(?:"([^"<]*)"|'([^'<]*)')`, 'y');
const endOfTag = new RegExp(`${space}*(/?)>`, 'y');
const closeTag = new RegExp(`</(?:${ncName}:)?${ncName}${space}*>`, 'y');
const declaration = new RegExp(
  `<\\?xml${space}+version=["']1\\.0["'](?:${space}+encoding=["']([A-Za-z0-9._-]+)["'])?(?:${space}+standalone=["'](?:yes|no)["'])?${space}*\\?>`,
  'y',
);
const noCharacter = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;
const xmlNamespace = 'http://www.w3.org/XML/1998/namespace';
/** Without a prototype, so that `__proto__` and `constructor` are prefixes like any other. */
const outermost: Scope = Object.assign(Object.create(null) as Scope, { '': '', xml: xmlNamespace });

/** The root. @throws SamlRefusal with a reason of the first group, or `not_well_formed`. */
export function readXml(text: string, limits: XmlLimits): XmlElement {
  if (text.length > limits.characters)
    throw new SamlRefusal(
      'too_large',
      `The XML has ${text.length} characters; at most ${limits.characters} are read.`,
    );
  const odd = noCharacter.exec(text);
  if (odd) refuse('character', 'a character that no XML may have', odd.index);

  let at = skipDeclaration(text);
  let root: XmlElement | undefined;
  let elements = 0;
  const open: Open[] = [];
  while (at < text.length) {
    const inside = open.at(-1);
    if (text[at] !== '<') {
      const end = text.indexOf('<', at);
      const piece = text.slice(at, end === -1 ? text.length : end);
      if (inside) inside.element.children.push(decodeText(piece, at));
      else if (!isSpace(piece)) refuse('not_well_formed', 'text outside of the root element', at);
      at += piece.length;
    } else if (text[at + 1] === '!') {
      at = skipComment(text, at, limits);
      if (inside) inside.commented = true;
    } else if (text[at + 1] === '?') {
      refuse('processing_instruction', 'a processing instruction', at);
    } else if (text[at + 1] === '/') {
      closeTag.lastIndex = at;
      const [tag] = closeTag.exec(text) ?? refuse('not_well_formed', 'a tag that cannot be read', at);
      if (tag.slice(2, -1).trimEnd() !== inside?.tag)
        refuse('not_well_formed', `${quoted(tag)}, which closes no open element`, at);
      close(open.pop()!, at);
      at += tag.length;
    } else {
      elements += 1;
      if (elements > limits.elements)
        refuse('too_large', `more than the ${limits.elements} elements that are read`, at);
      if (open.length >= limits.depth)
        refuse('too_deep', `more than the ${limits.depth} levels of elements that are read`, at);
      if (!inside && root) refuse('several_roots', 'a second root element', at);
      const opened = readOpenTag(text, at, inside?.scope, limits.attributes);
      if (inside) inside.element.children.push(opened.element);
      else root = opened.element;
      if (!opened.empty) open.push({ ...opened, commented: false });
      at = opened.end;
    }
  }
  if (open.length > 0) refuse('not_well_formed', `an end where ${quoted(open.at(-1)!.tag)} is open`, at);
  return root ?? refuse('not_well_formed', 'no element', at);
}

function skipDeclaration(text: string): number {
  if (!text.startsWith('<?xml')) return 0;
  declaration.lastIndex = 0;
  const found = declaration.exec(text);
  // Something like <?xml-stylesheet …?> is an instruction and not the declaration.
  if (!found)
    refuse('processing_instruction', 'a processing instruction, or an XML declaration not of 1.0', 0);
  const [whole, encoding] = found;
  if (encoding !== undefined && !/^(?:utf-8|us-ascii)$/i.test(encoding))
    throw new SamlRefusal('encoding', `The XML says that it is ${quoted(encoding)}; it must be UTF-8.`);
  return whole.length;
}

/** Of what begins with `<!` only comments are known at all. Returns where it ends. */
function skipComment(text: string, at: number, { comments }: XmlLimits): number {
  if (text.startsWith('<![CDATA[', at)) refuse('cdata', 'a CDATA section', at);
  if (!text.startsWith('<!--', at)) refuse('dtd', 'a document type or another declaration', at);
  if (comments === 'refused') refuse('comment', 'a comment', at);
  const end = text.indexOf('--', at + 4);
  if (end === -1 || text[end + 2] !== '>') refuse('not_well_formed', 'a comment that does not end', at);
  return end + 3;
}

function close({ element, commented }: Open, at: number): void {
  // A reader that takes the first piece of text only would see another value than one that joins them.
  if (commented && element.children.some((child) => typeof child === 'string' && !isSpace(child)))
    refuse('comment', `a comment within the value of ${element.name}`, at);
}

function readOpenTag(text: string, at: number, around: Scope | undefined, most: number) {
  openTag.lastIndex = at;
  const [tag, prefix, name] =
    openTag.exec(text) ?? refuse('not_well_formed', 'a tag that cannot be read', at);
  let end = at + tag.length;
  const scope = Object.create(around ?? outermost) as Scope;
  const written: { prefix?: string; name: string; value: string }[] = [];
  for (;;) {
    oneAttribute.lastIndex = end;
    const found = oneAttribute.exec(text);
    if (!found) break;
    const [whole, prefixOf, nameOf, double, single] = found;
    const value = decodeAttribute(double ?? single!, end);
    if (prefixOf === 'xmlns' || (prefixOf === undefined && nameOf === 'xmlns'))
      declare(scope, prefixOf === undefined ? '' : nameOf!, value, end);
    else written.push({ prefix: prefixOf, name: nameOf!, value });
    if (written.length + Object.keys(scope).length > most)
      refuse('too_large', `more than the ${most} attributes of one element that are read`, end);
    end += whole.length;
  }
  endOfTag.lastIndex = end;
  const [rest, slash] = endOfTag.exec(text) ?? refuse('not_well_formed', 'a tag that cannot be read', end);
  const attributes = written.map((each) => ({
    namespace: each.prefix === undefined ? '' : resolve(scope, each.prefix, at),
    name: each.name,
    value: each.value,
  }));
  const distinct = new Set(attributes.map((each) => `${each.namespace} ${each.name}`));
  if (distinct.size < attributes.length) refuse('not_well_formed', 'an element with an attribute twice', at);
  const element: XmlElement = {
    namespace: resolve(scope, prefix ?? '', at),
    name: name!,
    attributes,
    children: [],
  };
  return { element, tag: tag.slice(1), scope, empty: slash === '/', end: end + rest.length };
}

/** Namespaces in XML 1.0, section 3, and that no prefix is declared twice in a tag. */
function declare(scope: Scope, prefix: string, namespace: string, at: number): void {
  const isKept = prefix === 'xml' || prefix === 'xmlns' || namespace === xmlNamespace;
  if (isKept || (prefix !== '' && namespace === '') || Object.hasOwn(scope, prefix))
    refuse('not_well_formed', `a declaration of the prefix ${quoted(prefix)} that may not be made`, at);
  scope[prefix] = namespace;
}

function resolve(scope: Scope, prefix: string, at: number): string {
  const namespace = scope[prefix];
  return namespace ?? refuse('not_well_formed', `the prefix ${quoted(prefix)}, which is not declared`, at);
}

function decodeText(piece: string, at: number): string {
  if (piece.includes(']]>')) refuse('not_well_formed', 'the end of a CDATA section', at);
  // XML 1.0, section 2.11: line ends.
  return decodeReferences(piece.replace(/\r\n?/g, '\n'), at);
}

/** XML 1.0, section 3.3.3: white space in attributes. */
const decodeAttribute = (piece: string, at: number): string =>
  decodeReferences(piece.replace(/\r\n|[\r\n\t]/g, ' '), at);

const named: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

const decodeReferences = (piece: string, at: number): string =>
  piece.includes('&')
    ? piece.replace(
        /&(?:#([0-9]{1,7});|#x([0-9A-Fa-f]{1,6});|(lt|gt|amp|quot|apos);)?/g,
        (_whole, decimal?: string, hexadecimal?: string, entity?: string) => {
          if (entity !== undefined) return named[entity]!;
          const code = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal);
          if (!(code <= 0x10ffff)) refuse('entity', 'an entity of its own, or an & that is none', at);
          const character = String.fromCodePoint(code);
          return noCharacter.test(character)
            ? refuse('character', 'a reference to a character that no XML may have', at)
            : character;
        },
      )
    : piece;

const isSpace = (text: string): boolean => /^[ \t\r\n]*$/.test(text);

function refuse(reason: SamlReason, what: string, at: number): never {
  throw new SamlRefusal(reason, `The XML has ${what}, at character ${at}.`);
}
