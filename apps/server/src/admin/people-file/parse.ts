import { CsvError, parse } from 'csv-parse';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Refusal } from '../../platform/http/refusal.ts';
import { readCell } from '../files/cells.ts';
import { decoded, encodingOf, type Encoding } from './decode.ts';

/** A file of people, taken apart: its lines by the names of their columns. Nothing of it is judged yet but its form. */

export const columns = ['login', 'email', 'name', 'role', 'groups', 'state'] as const;
export type Column = (typeof columns)[number];
const needed: readonly Column[] = ['login', 'email', 'name'];

export interface FileLine {
  /** Where it ends in the file, from 1. */
  line: number;
  /** Undefined where it has not as many cells as the header. */
  cells: Partial<Record<Column, string>> | undefined;
}

export interface PeopleFile {
  encoding: Encoding;
  lines: FileLine[];
}

export const mostLines = 100_000;
/** Characters of one line. */
const longestLine = 64 * 1024;

/** @throws Refusal 400 `malformed` for what is no CSV, has another header, or too many lines. */
export async function parsePeople(bytes: Uint8Array): Promise<PeopleFile> {
  const encoding = encodingOf(bytes);
  const chunks = decoded(bytes, encoding);
  const first = (await chunks.next()).value ?? '';
  const parser = parse({
    delimiter: delimiterOf(first),
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: longestLine,
  });
  const feeding = pipeline(Readable.from(withoutLongLines(again(first, chunks))), parser);
  // It fails with the reading below, which tells.
  feeding.catch(() => {});
  const lines: FileLine[] = [];
  let header: Column[] | undefined;
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      if (!header) header = readHeader(record);
      else if (lines.length === mostLines)
        throw new Refusal('malformed', { detail: 'The file has more than 100,000 people.' });
      else lines.push({ line: info.lines, cells: cellsOf(record, header) });
    }
  } catch (error) {
    throw error instanceof CsvError ? refusalOf(error) : error;
  }
  if (!header) readHeader([]);
  return { encoding, lines };
}

async function* again(first: string, rest: AsyncIterable<string>): AsyncGenerator<string> {
  yield first;
  yield* rest;
}

/** The parser counts what is in cells; a line of nothing but empty ones is found here. @throws Refusal 400 `malformed` */
async function* withoutLongLines(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let length = 0;
  for await (const text of chunks) {
    const end = Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r'));
    length = end < 0 ? length + text.length : text.length - end - 1;
    if (length > longestLine) throw tooLong();
    yield text;
  }
}

const tooLong = () => new Refusal('malformed', { detail: 'A line of the file is longer than 64 KiB.' });

/** Spreadsheets of half of Europe write a semicolon, since the comma is theirs for decimals. */
const delimiterOf = (text: string): string =>
  [',', ';', '\t'].find((each) => /^[^\r\n]*/.exec(text)![0].includes(each)) ?? ',';

function readHeader(record: readonly string[]): Column[] {
  const names = record.map((name) => name.trim().toLowerCase());
  const errors = [
    ...names
      .filter(
        (name, index) => !(columns as readonly string[]).includes(name) || names.indexOf(name) !== index,
      )
      .slice(0, 20)
      .map((name) => ({
        path: `/${name.slice(0, 100)}`,
        message: 'is no column of this file, or is one twice',
      })),
    ...needed
      .filter((name) => !names.includes(name))
      .map((name) => ({ path: `/${name}`, message: 'is missing' })),
  ];
  if (errors.length === 0) return names as Column[];
  throw new Refusal('malformed', {
    detail: 'The first line must name the columns: login, email, name, and where wanted role, groups, state.',
    errors,
  });
}

const cellsOf = (record: readonly string[], header: readonly Column[]): FileLine['cells'] =>
  record.length === header.length
    ? Object.fromEntries(header.map((name, index) => [name, readCell(record[index]!.trim())]))
    : undefined;

function refusalOf({ code, lines }: CsvError & { lines?: number }): Refusal {
  if (code === 'CSV_MAX_RECORD_SIZE') return tooLong();
  return new Refusal('malformed', { detail: `The quotes in line ${lines} of the file do not match.` });
}
