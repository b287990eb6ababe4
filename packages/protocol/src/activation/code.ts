/**
 * Activation codes: 20 characters of Crockford's base32 (100 random bits), written in groups of five. One-time
 * enrolment codes of the help desk have the same form; recovery codes are shorter.
 */

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** How many characters a code has (5 random bits each), and in which groups they are written. */
export interface CodeShape {
  length: number;
  group: number;
}
const usual: CodeShape = { length: 20, group: 5 };

/** A fresh code in its written form, `XXXXX-XXXXX-XXXXX-XXXXX`. `random` gives that many uniform bytes. */
export function generateCode(
  random: (bytes: number) => Uint8Array,
  { length, group }: CodeShape = usual,
): string {
  const characters = [...random(length)].map((byte) => alphabet[byte & 31]!).join('');
  return characters.replace(new RegExp(`.{${group}}(?=.)`, 'g'), '$&-');
}

/**
 * The one spelling under which a code is hashed: upper case, no hyphens or spaces, I and L read as 1, O as 0.
 * Undefined where what is left is not so many characters of the alphabet.
 */
export function normalizeCode(written: string, { length }: CodeShape = usual): string | undefined {
  const characters = written.replace(/[\s-]/g, '');
  // ASCII before the capitals are made: U+017F has the capital S, U+0131 the capital I.
  if (characters.length !== length || !/^[0-9A-Za-z]+$/.test(characters)) return undefined;
  const code = characters.toUpperCase().replace(/[IL]/g, '1').replace(/O/g, '0');
  return [...code].every((character) => alphabet.includes(character)) ? code : undefined;
}

/** What the QR holds. The code is in the fragment, so that no server log and no proxy ever sees it. */
export const activationUri = (issuer: string, code: string): string =>
  `${issuer}/authenticator/#/activate?code=${code}`;

/** The issuer and the code of an activation URI; undefined where the text is something else. */
export function parseActivationUri(text: string): { issuer: string; code: string } | undefined {
  const url = URL.parse(text.trim());
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) return undefined;
  if (url.pathname !== '/authenticator/' || url.username || url.password) return undefined;
  const [path, query] = url.hash.slice(1).split('?');
  const code = new URLSearchParams(query).get('code');
  if (path !== '/activate' || !code || !normalizeCode(code)) return undefined;
  return { issuer: url.origin, code };
}
