/**
 * The parts of an `otpauth://` URI as it is found. Not by `URL`, which engines do not agree on for such schemes, and
 * which refuses or loses what people scan: a `#` or an `&` in a name, `&amp;` for `&`, a `%` that encodes nothing.
 */
import { splitName } from './name.ts';

export interface OtpauthParts {
  /** In lower case. */
  type: string;
  issuer: string;
  label: string;
  /** By name in lower case, decoded; never empty. Where a name is there twice, the first that is not empty. */
  parameters: ReadonlyMap<string, string>;
}

/** Undefined where the text is no `otpauth:` URI. */
export function otpauthParts(text: string): OtpauthParts | undefined {
  const [, rest] = /^otpauth:\/*(.*)$/is.exec(text.trim()) ?? [];
  if (rest === undefined) return undefined;
  // A separator is one only where a name and = follow: in AT&T, in C# and in Who? it is part of a name.
  const [path, ...pairs] = rest.replace(/&amp;/gi, '&').split(/[?#&](?=\s*[a-z_-]+\s*=)/i);
  const parameters = new Map<string, string>();
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    const name = pair.slice(0, equals).trim().toLowerCase();
    const value = readValue(name, pair.slice(equals + 1));
    if (value !== '' && !parameters.has(name)) parameters.set(name, value);
  }
  const [type = '', ...segments] = path!.replace(/[?&]+$/, '').split('/');
  const name = percentDecode(segments.join('/').replace(/^\/+/, ''));
  return { type: type.trim().toLowerCase(), ...splitName(name, parameters.get('issuer')), parameters };
}

function readValue(name: string, raw: string): string {
  // Only the issuer is a text of any characters. For the rest, what follows a separator is not of the value.
  const own = name === 'issuer' ? raw.replace(/&+$/, '') : raw.replace(/[&?#].*$/s, '');
  return percentDecode(own.replaceAll('+', ' ')).trim();
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** What does not encode UTF-8 is taken as it stands. A plus stays a plus: in a path it is one. */
export const percentDecode = (text: string): string =>
  text.replace(/(?:%[0-9a-f]{2})+/gi, (encoded) => {
    const bytes = Uint8Array.from(encoded.slice(1).split('%'), (hex) => Number.parseInt(hex, 16));
    try {
      return utf8.decode(bytes);
    } catch {
      return encoded;
    }
  });
