/** The names of accounts as one text, `issuer:label`, which is how QR codes hold them. */

/** Apart again: what `joinName` made of an issuer and a label without white space around them. */
export function splitName(name: string, issuer = ''): { issuer: string; label: string } {
  const known = tidyName(issuer);
  // Names may hold colons themselves, so the issuer that is known goes first.
  if (known !== '' && name.startsWith(`${known}:`)) {
    return { issuer: known, label: tidyName(name.slice(known.length + 1)) };
  }
  const colon = name.indexOf(':');
  if (colon === -1) return { issuer: known, label: tidyName(name) };
  return { issuer: known || tidyName(name.slice(0, colon)), label: tidyName(name.slice(colon + 1)) };
}

/**
 * As `splitName`, for files that keep the issuer by itself as well. Where the name does not begin with it, what stands
 * before a colon is nobody's second opinion but a part of the label.
 */
export function splitStoredName(name: string, issuer: string): { issuer: string; label: string } {
  const known = tidyName(issuer);
  return known === '' || name.startsWith(`${known}:`)
    ? splitName(name, known)
    : { issuer: known, label: tidyName(name) };
}

/**
 * The two in one. `encode` is for each of them, where the colon between them is to stay. A label with a colon and
 * without an issuer gets a colon before it, so that its beginning is not taken for one.
 */
export const joinName = (issuer: string, label: string, encode = (text: string) => text): string =>
  issuer !== '' || label.includes(':') ? `${encode(issuer)}:${encode(label)}` : encode(label);

/** A name as we keep it: without white space around it, and without lone surrogates, which no text format holds. */
export const tidyName = (name: string): string => name.toWellFormed().trim();

/** For lists of what was left out, where a person is to find it again. */
export const shownName = (issuer: string, label: string): string =>
  [issuer, label].filter((part) => part !== '').join(': ');
