/** What a cell of our CSV files holds, and how it is written so that a spreadsheet takes it for text. */

/** Before the first cell: spreadsheets read UTF-8 for what it is only with this. */
export const mark = '\uFEFF';

/**
 * A spreadsheet calculates what begins so, whatever quotes stand around it (OWASP, CSV Injection). An apostrophe before it
 * makes it text; one that was there already gets another, so that reading takes away exactly what writing added.
 */
const formula = /^'*[=+\-@\t\r]/;

/** One cell as it stands in a file (RFC 4180, section 2). */
export function writeCell(text: string): string {
  const safe = formula.test(text) ? `'${text}` : text;
  return /[",;\t\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** What a cell says, after the parser took its quotes away. */
export const readCell = (cell: string): string =>
  cell.startsWith("'") && formula.test(cell) ? cell.slice(1) : cell;

export const writeLine = (cells: readonly string[]): string => `${cells.map(writeCell).join(',')}\r\n`;

/** Several names in one cell, with a bar between them; a bar or a backslash of their own has a backslash before it. */
export const writeNames = (names: readonly string[]): string =>
  names.map((name) => name.replace(/[\\|]/g, '\\$&')).join('|');

export const readNames = (cell: string): string[] =>
  [...cell.matchAll(/(?:[^\\|]|\\.|\\$)+/gs)]
    .map(([name]) => name.replace(/\\([\\|])/g, '$1').trim())
    .filter(Boolean);
