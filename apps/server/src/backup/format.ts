import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { PlainError } from '../platform/plain-error.ts';
import type { Applied } from '../platform/store/migrate.ts';
import type { Value } from '../platform/store/store.ts';

/**
 * The format of a backup, the same for both engines: gzip'd lines of JSON (docs/backup-format.md).
 *
 *   {"format":"countersign-backup","version":1,"product":…,"created_at":…,"engine":…,"migrations":[…]}
 *   {"table":"users","columns":["id","login",…]}      before the rows of each table, those first that others refer to
 *   ["u1","ada",…]                                    a row, its values in the order of the columns
 *   {"end":{"rows":{"users":1,…},"sha256":…}}         last: how many rows each table has; the hash of every byte before
 */
export const format = 'countersign-backup';
export const formatVersion = 1;

export interface Header {
  format: typeof format;
  version: number;
  /** Of the program that made it. */
  product: string;
  /** RFC 3339 */
  created_at: string;
  engine: string;
  migrations: Applied[];
}

export interface Trailer {
  rows: Record<string, number>;
  /** Lower-case hexadecimal, of the lines before, uncompressed, each with its line feed. */
  sha256: string;
}

/** What a backup is made of, one after the other. */
export type Part =
  { header: Header } | { table: string; columns: string[] } | { row: Value[] } | { end: Trailer };

/** The lines of a backup, with the trailer that belongs to them. */
export async function* linesOf(
  header: Header,
  tables: AsyncIterable<{ table: string; columns: string[]; rows: AsyncIterable<Value[][]> }>,
): AsyncGenerator<string, Record<string, number>> {
  const hash = createHash('sha256');
  const hashed = (lines: string): string => {
    hash.update(lines);
    return lines;
  };
  const counts: Record<string, number> = {};
  yield hashed(`${JSON.stringify(header)}\n`);
  for await (const { table, columns, rows } of tables) {
    counts[table] = 0;
    yield hashed(`${JSON.stringify({ table, columns })}\n`);
    for await (const some of rows) {
      counts[table] += some.length;
      if (some.length > 0) yield hashed(some.map((row) => `${JSON.stringify(row)}\n`).join(''));
    }
  }
  const end: Trailer = { rows: counts, sha256: hash.digest('hex') };
  yield `${JSON.stringify({ end })}\n`;
  return counts;
}

/** A line that is longer is none of ours; the longest column is the body of a mail. */
const longestLine = 64 * 1024 * 1024; // bytes

const damaged = (why: string): PlainError =>
  new PlainError(`The backup is damaged: ${why}. Nothing was changed.`);

/**
 * Takes a file apart. The hash and the counts are compared when the end is reached: believe nothing before that.
 * Rejects with a PlainError where the file is none of ours, is cut short, or was changed.
 */
export async function* readParts(file: string): AsyncGenerator<Part> {
  const hash = createHash('sha256');
  const counts: Record<string, number> = {};
  let table: string | undefined;
  let ended = false;
  let isFirst = true;
  for await (const line of linesIn(file)) {
    if (ended) throw damaged('something follows after its end');
    const part = isFirst ? headerIn(line) : partIn(line);
    isFirst = false;
    if ('end' in part) {
      if (part.end.sha256 !== hash.digest('hex')) throw damaged('its SHA-256 is another one');
      if (JSON.stringify(part.end.rows) !== JSON.stringify(counts)) throw damaged('rows are missing');
      ended = true;
    } else {
      hash.update(line).update('\n');
      if ('table' in part) counts[(table = part.table)] = 0;
      if ('row' in part) {
        if (table === undefined) throw damaged('a row belongs to no table');
        counts[table]! += 1;
      }
    }
    yield part;
  }
  if (!ended) throw damaged('it ends too early');
}

function headerIn(line: Buffer): Part {
  const foreign = new PlainError('The file is no backup of Countersign. Nothing was changed.');
  let header: Partial<Header> | null;
  try {
    header = JSON.parse(line.toString('utf8')) as Partial<Header> | null;
  } catch {
    throw foreign;
  }
  if (header?.format !== format) throw foreign;
  if (typeof header.version !== 'number') throw damaged('its first line is not whole');
  if (header.version !== formatVersion) {
    throw new PlainError(
      `The backup has version ${header.version} of the format, and this program reads version ${formatVersion}. Nothing was changed.`,
    );
  }
  if (!Array.isArray(header.migrations)) throw damaged('its first line is not whole');
  return { header: header as Header };
}

function partIn(line: Buffer): Part {
  let content: unknown;
  try {
    content = JSON.parse(line.toString('utf8'));
  } catch {
    throw damaged('a line is no JSON');
  }
  if (Array.isArray(content)) {
    const isValue = (value: unknown) =>
      value === null || typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value));
    if (!content.every(isValue)) throw damaged('a row holds what is no value of a column');
    return { row: content as Value[] };
  }
  const part = content as Partial<{ table: string; columns: string[]; end: Trailer }> | null;
  if (typeof part?.table === 'string' && Array.isArray(part.columns))
    return { table: part.table, columns: part.columns };
  if (typeof part?.end?.sha256 === 'string') return { end: part.end };
  throw damaged('a line is of no known kind');
}

/** The lines, without their line feeds. */
async function* linesIn(file: string): AsyncGenerator<Buffer> {
  const source = createReadStream(file);
  const gunzip = createGunzip();
  source.on('error', (error) => gunzip.destroy(error));
  let rest: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of source.pipe(gunzip) as AsyncIterable<Buffer>) {
      let from = 0;
      for (let at: number; (at = chunk.indexOf(0x0a, from)) !== -1; from = at + 1) {
        const piece = chunk.subarray(from, at);
        yield rest.length > 0 ? Buffer.concat([...rest, piece]) : piece;
        rest = [];
        length = 0;
      }
      if (from < chunk.length) rest.push(chunk.subarray(from));
      length += chunk.length - from;
      if (length > longestLine) throw damaged('a line has no end');
    }
    if (rest.length > 0) throw damaged('its last line is cut short');
  } catch (error) {
    throw problemOfFile(error, file);
  } finally {
    source.destroy();
  }
}

function problemOfFile(error: unknown, file: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'Z_BUF_ERROR') return damaged('it is cut short');
  if (message === 'incorrect header check')
    return new PlainError(`${file} is no backup of Countersign. Nothing was changed.`);
  if (code?.startsWith('Z_')) return damaged(message);
  if (code === 'ENOENT') return new PlainError(`There is no file ${file}.`);
  if (code === 'EACCES' || code === 'EISDIR') return new PlainError(`${file} cannot be read.`);
  return error;
}
