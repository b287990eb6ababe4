/** What a search by the beginnings of words looks through: lower case, each word with a space before it. */
export const searchTextOf = (...texts: string[]): string =>
  ` ${texts.join(' ')}`.normalize('NFC').toLowerCase().replace(/\s+/g, ' ');
